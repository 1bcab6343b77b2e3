/** The port to the file system: everything that the store wants of one, the real one, and files that only their owner can read. */
package dev.metalog.server.store.file;
