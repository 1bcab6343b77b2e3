/** The root: {@code main}, the command line, settings, the loop thread, and what joins shells to the conductor. */
package dev.metalog.server.app;
