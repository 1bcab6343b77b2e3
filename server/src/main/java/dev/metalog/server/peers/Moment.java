package dev.metalog.server.peers;

/**
 * When something happened.
 *
 * @param millis on a timeline that only goes forward, for what is waited for; it begins anew with each run
 * @param wallMillis what the clock said, in ms since 1970, for what is kept and shown
 */
public record Moment(long millis, long wallMillis) {}
