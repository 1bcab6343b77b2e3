package dev.metalog.server.link;

/**
 * What went over a link to a broker since it was made.
 *
 * @param up whether it is up now
 * @param messagesOut given to a connection; again over the next one when it was not acknowledged
 * @param refused messages that were not taken, as the outbox was full or they broke a limit, and those given up
 * @param connections how often it came up
 * @param waiting messages in the outbox
 * @param mostWaiting at one time
 * @param waitingBytes of those in the outbox
 */
public record RelayTraffic(
        boolean up,
        long messagesIn,
        long bytesIn,
        long messagesOut,
        long bytesOut,
        long refused,
        long connections,
        int waiting,
        int mostWaiting,
        long waitingBytes) {}
