package dev.metalog.server.workspace;

/** A place in a text as LSP says it; what {@code character} counts is negotiated with each editor. Both from 0. */
public record TextPosition(int line, int character) {}
