/** Carries bytes to and from an MQTT relay, and hosts one on this machine when nobody else does. */
package dev.metalog.server.link;
