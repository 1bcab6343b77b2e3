/** Keeps where devices of peers can be reached without a broker, who was told where we are, and to whom links are up. */
package dev.metalog.server.reach;
