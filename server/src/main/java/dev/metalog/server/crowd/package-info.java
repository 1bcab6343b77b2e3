/** Runs many light peers in one process against a real broker, and measures how they find each other: a tool, not the sidecar. */
package dev.metalog.server.crowd;
