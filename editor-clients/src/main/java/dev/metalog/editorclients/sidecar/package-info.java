/** The way to one sidecar process: started, spoken to in order, watched, and ended. */
package dev.metalog.editorclients.sidecar;
