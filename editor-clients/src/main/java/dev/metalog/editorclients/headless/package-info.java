/** The headless editor: buffers without a screen, kept in step with a sidecar by the editor protocol. */
package dev.metalog.editorclients.headless;
