/** A buffer's text as an editor keeps it: positions in three encodings, line ends, and the file it came from. */
package dev.metalog.editorclients.text;
