package dev.metalog.server.workspace;

/** Puts {@code text} in place of the UTF-16 units from {@code start} up to {@code end} of a text. */
record Replacement(int start, int end, String text) {}
