/** Plays the conformance transcripts against the headless editor. */
package dev.metalog.editorclients.transcript;
