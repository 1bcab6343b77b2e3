/** Keeps the shared named entries of one workspace and decides which write wins. */
package dev.metalog.server.blackboard;
