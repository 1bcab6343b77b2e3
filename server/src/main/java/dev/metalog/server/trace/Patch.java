package dev.metalog.server.trace;

/**
 * One replacement as it stands in a trace, applied after the ones before it in its transaction.
 *
 * @param position in Unicode code points
 * @param deleted in Unicode code points
 */
record Patch(int position, int deleted, String inserted) {}
