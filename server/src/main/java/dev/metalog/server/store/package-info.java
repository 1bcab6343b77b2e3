/** Keeps bytes safe inside one folder that only its owner can read: keys, the lock of a workspace, the log of each document, and which file is which document. */
package dev.metalog.server.store;
