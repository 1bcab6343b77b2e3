/** Cuts a byte stream into JSON-RPC messages and tells what each one is, whatever the other side sends. */
package dev.metalog.server.editor.frame;
