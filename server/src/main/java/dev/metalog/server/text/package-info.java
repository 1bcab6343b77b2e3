/** Keeps a long text so that an edit, a snapshot and a conversion of a position cost about the same in any length. */
package dev.metalog.server.text;
