/** What an editor and its sidecar say to each other beyond plain LSP, declared once. */
package dev.metalog.protocol.editor;
