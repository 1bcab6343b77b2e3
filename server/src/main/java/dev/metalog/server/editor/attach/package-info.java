/** The local socket over which a second sidecar of a workspace reaches the first. */
package dev.metalog.server.editor.attach;
