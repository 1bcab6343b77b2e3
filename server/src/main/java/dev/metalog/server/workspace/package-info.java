/** The conductor: owns documents, views and peers, and turns one {@code Input} into new state and {@code Effect}s. */
package dev.metalog.server.workspace;
