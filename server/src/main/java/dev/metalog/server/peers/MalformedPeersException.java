package dev.metalog.server.peers;

/** What was kept of the peers is not what {@link PeerBookCodec} writes. */
public final class MalformedPeersException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedPeersException(String message) {
        super(message);
    }
}
