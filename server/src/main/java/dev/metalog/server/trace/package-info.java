/** Reads recorded histories, replays them through the event graph, and measures it with them: tools, not the sidecar. */
package dev.metalog.server.trace;
