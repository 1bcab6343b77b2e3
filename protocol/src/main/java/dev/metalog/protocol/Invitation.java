package dev.metalog.protocol;

import java.util.Arrays;

/**
 * What one person hands another so that both have the same document, or the same blackboard: who holds the text can read
 * and write.
 *
 * <p>Written as {@code metalog1-} and base32 of: document id (16 bytes), secret (32 bytes), the broker's URL and the path
 * (each a length of two bytes and UTF-8), CRC32C of all before it. The checksum is there to tell a mistyped or cut-off
 * invitation from a wrong one; it protects nothing.
 *
 * @param secret 32 random bytes; everything that is sent for this document is sealed under keys made of it
 * @param broker where the inviter is met; empty when there is none to name
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, and compared by content
public record Invitation(DocumentId document, byte[] secret, String broker, DocumentPath path) {
    /** Where the path of a document stands, an invitation to a blackboard has this; no document is called so. */
    public static final DocumentPath BLACKBOARD = new DocumentPath("meta-log.blackboard");

    private static final String PREFIX = "metalog1-";

    public Invitation {
        secret = secret.clone();
        InvitationText.check(secret, broker);
    }

    @Override
    public byte[] secret() {
        return secret.clone();
    }

    /** Whether it is one to a workspace's blackboard, and not to a document. */
    public boolean isToBlackboard() {
        return path.equals(BLACKBOARD);
    }

    public String encode() {
        return new InvitationText(Base32.decode(document.value()), secret, broker, path.value()).encode(PREFIX);
    }

    /**
     * Reads what {@link #encode} wrote; white space around it is passed over.
     *
     * @throws IllegalArgumentException with a message for the person who pasted it
     */
    public static Invitation decode(String text) {
        InvitationText read = InvitationText.decode(PREFIX, text);
        return new Invitation(
                DocumentId.fromRandom(read.id()), read.secret(), read.broker(), new DocumentPath(read.path()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Invitation that
                && document.equals(that.document)
                && Arrays.equals(secret, that.secret)
                && broker.equals(that.broker)
                && path.equals(that.path);
    }

    @Override
    public int hashCode() {
        return document.hashCode();
    }

    /** Without the secret, so that a log line never holds it. */
    @Override
    public String toString() {
        return "Invitation[" + document + ", " + path + "]";
    }
}
