/** Hosts an MQTT broker inside this process: Apache Artemis in memory, behind a gate that bounds what may come in. */
package dev.metalog.server.link.broker;
