package dev.metalog.server.link.direct;

/**
 * One link, as it is shown to a person.
 *
 * @param where the other end
 * @param dialled whether we dialled
 * @param sinceMillis when it came up, in milliseconds since 1970
 * @param messagesIn since then
 * @param bytesIn of messages and their topics, since then
 * @param framesOut messages and what is about the link itself, since then
 * @param bytesOut of those
 * @param queuedMessages waiting to be sent
 * @param queuedBytes of those
 * @param unwantedMessages that came on topics we do not want and were dropped
 * @param roundTripMicros of the last ping that was answered; below 0 before the first
 */
public record DirectLinkView(
        RemoteDevice who,
        DirectAddress where,
        boolean dialled,
        long sinceMillis,
        long messagesIn,
        long bytesIn,
        long framesOut,
        long bytesOut,
        int queuedMessages,
        int queuedBytes,
        long unwantedMessages,
        long roundTripMicros) {}
