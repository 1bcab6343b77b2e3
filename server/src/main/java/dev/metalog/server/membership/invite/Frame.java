package dev.metalog.server.membership.invite;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One message between who invites and who asks, from the outside. What is in it is sound or sealed, or it is ignored.
 *
 * <pre>version (1) │ kind (1) │ session (16) │ body</pre>
 *
 * @param session which attempt of the asker's it belongs to
 */
@SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
record Frame(int kind, byte[] session, byte[] body) {
    /** The asker's first round about a code's words. */
    static final int ASKER_MEETS = 1;
    /** The inviter's first and second. */
    static final int INVITER_MEETS = 2;
    /** The asker's second and third. */
    static final int ASKER_PROVES = 3;
    /** The inviter's third. */
    static final int INVITER_PROVES = 4;
    /** Sealed: {@link Sealing}. */
    static final int ASKER_SAYS = 5;
    /** Sealed: {@link Sealing}. */
    static final int INVITER_SAYS = 6;

    static final int SESSION_BYTES = 16;
    static final int HEADER_BYTES = 2 + SESSION_BYTES;

    private static final int VERSION = 1;

    static byte[] bytes(int kind, byte[] session, byte[]... bodies) {
        int length = HEADER_BYTES;
        for (byte[] body : bodies) {
            length += body.length;
        }
        ByteBuffer out =
                ByteBuffer.allocate(length).put((byte) VERSION).put((byte) kind).put(session);
        for (byte[] body : bodies) {
            out.put(body);
        }
        return out.array();
    }

    /** {@code null} when it is none of this version. */
    static Frame read(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || bytes[0] != VERSION || bytes[1] < ASKER_MEETS || bytes[1] > INVITER_SAYS) {
            return null;
        }
        return new Frame(
                bytes[1],
                Arrays.copyOfRange(bytes, 2, HEADER_BYTES),
                Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length));
    }
}
