package dev.metalog.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * The link by which one person asks to be let into another's workspace. It lets nobody in by itself: the owner is asked. It
 * serves once, and for {@value #VALID_MILLIS} milliseconds.
 *
 * <p>Written as {@code metalog2-} and base32 of: workspace id (16 bytes), secret (32 bytes), the broker's URL and a path
 * (each a length of two bytes and UTF-8), CRC32C of all before it. The checksum is there to tell a mistyped or cut-off
 * link from a wrong one; it protects nothing.
 *
 * @param secret 32 random bytes, which the two who meet prove to each other
 * @param broker where the owner is met; empty when there is none to name
 * @param path what to open first; {@code null} for nothing
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, and compared by content
public record WorkspaceInvitation(WorkspaceId workspace, byte[] secret, String broker, DocumentPath path) {
    /** How long it can be used. */
    public static final long VALID_MILLIS = 24 * 60 * 60 * 1_000L;

    /** What one begins with. */
    public static final String PREFIX = "metalog2-";

    public WorkspaceInvitation {
        secret = secret.clone();
        InvitationText.check(secret, broker);
    }

    @Override
    public byte[] secret() {
        return secret.clone();
    }

    public String encode() {
        return new InvitationText(workspace.bytes(), secret, broker, path == null ? "" : path.value()).encode(PREFIX);
    }

    /**
     * Reads what {@link #encode} wrote; white space around it is passed over.
     *
     * @throws IllegalArgumentException with a message for the person who pasted it
     */
    public static WorkspaceInvitation decode(String text) {
        InvitationText read = InvitationText.decode(PREFIX, text);
        return new WorkspaceInvitation(
                WorkspaceId.fromBytes(read.id()),
                read.secret(),
                read.broker(),
                read.path().isEmpty() ? null : new DocumentPath(read.path()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WorkspaceInvitation that
                && workspace.equals(that.workspace)
                && Arrays.equals(secret, that.secret)
                && broker.equals(that.broker)
                && Objects.equals(path, that.path);
    }

    @Override
    public int hashCode() {
        return workspace.hashCode();
    }

    /** Without the secret, so that a log line never holds it. */
    @Override
    public String toString() {
        return "WorkspaceInvitation[" + workspace + ", " + path + "]";
    }
}
