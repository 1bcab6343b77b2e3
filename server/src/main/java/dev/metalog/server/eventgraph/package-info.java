/** Keeps the events of one document, compares versions, and walks the graph to turn one version's text into another's. */
package dev.metalog.server.eventgraph;
