/** What all editors share: the transcripts every client must pass, and the headless editor. */
package dev.metalog.editorclients;
