package dev.metalog.protocol.editor;

/** Parameters and results of the messages about what peers send each other in public. Times are UTC, ISO 8601. */
public final class FederationMessages {
    private FederationMessages() {}

    /**
     * {@code meta-log/sendFile}: to everybody at the broker, who can all read it.
     *
     * @param file what it is called there: a path of names divided by {@code /}
     * @param content its text
     */
    public record SendFileParams(String file, String content) {}

    /**
     * {@code meta-log/sendMessage}: for one peer; everybody at the broker can read it.
     *
     * @param peerId the whole id
     * @param payload JSON text, of any value
     */
    public record SendMessageParams(String peerId, String payload) {}

    /** The broker has acknowledged it. Whether anybody has received it is not known. */
    public record Sent(String broker, String timestamp) {}

    /**
     * {@code meta-log/fileReceived}: a file that a peer signed.
     *
     * @param file what the peer calls it
     * @param uri where it lies now, or where it would; absent when the workspace has no folder
     * @param kept whether it is on disk
     * @param explanation why it is not, or why it lies beside the one of its name; absent when it is as one would expect
     * @param timestamp when it was sent, by the peer's clock
     */
    public record FileReceived(
            String peerId, String file, String uri, boolean kept, String explanation, String timestamp) {}

    /**
     * {@code meta-log/peerMessage}: what a peer signed for this installation.
     *
     * @param payload JSON text, of any value
     * @param timestamp when it was sent, by the peer's clock
     */
    public record PeerMessage(String from, String to, String payload, String timestamp, String signature) {}

    /**
     * How often something on a public topic was refused since the sidecar started.
     *
     * @param kind {@code announcement}, {@code file} or {@code message}
     * @param reason such as {@code forged}; see {@code docs/public-topics.md}
     */
    public record Refusals(String kind, String reason, int count) {}
}
