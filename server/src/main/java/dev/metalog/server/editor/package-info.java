/** Speaks JSON-RPC with one editor over a pair of streams and hands over typed requests; knows nothing of documents. */
package dev.metalog.server.editor;
