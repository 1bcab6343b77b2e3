/** Leaves out of a document what was signed twice over and what follows on it, in the same way on every replica. */
package dev.metalog.server.quarantine;
