package dev.metalog.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

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
    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final int BROKER_BYTES = 256;

    public Invitation {
        secret = secret.clone();
        if (secret.length != SECRET_BYTES) {
            throw new IllegalArgumentException("The secret of an invitation has 32 bytes.");
        }
        if (broker.getBytes(StandardCharsets.UTF_8).length > BROKER_BYTES) {
            throw new IllegalArgumentException("The broker's URL is longer than 256 bytes.");
        }
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
        byte[] brokerBytes = broker.getBytes(StandardCharsets.UTF_8);
        byte[] pathBytes = path.value().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(ID_BYTES + SECRET_BYTES + 2 + brokerBytes.length + 2 + pathBytes.length + 4);
        bytes.put(Base32.decode(document.value())).put(secret);
        bytes.putShort((short) brokerBytes.length).put(brokerBytes);
        bytes.putShort((short) pathBytes.length).put(pathBytes);
        bytes.putInt(checksum(bytes.array(), bytes.position()));
        return PREFIX + Base32.encode(bytes.array());
    }

    /**
     * Reads what {@link #encode} wrote; white space around it is passed over.
     *
     * @throws IllegalArgumentException with a message for the person who pasted it
     */
    public static Invitation decode(String text) {
        String trimmed = text.strip();
        if (!trimmed.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "This is not an invitation: one begins with '" + PREFIX + "'. Ask for it again.");
        }
        if (trimmed.length() > 2_048) {
            throw cutOff();
        }
        try {
            byte[] all = Base32.decode(trimmed.substring(PREFIX.length()));
            if (all.length < 4
                    || checksum(all, all.length - 4) != ByteBuffer.wrap(all).getInt(all.length - 4)) {
                throw cutOff();
            }
            ByteBuffer bytes = ByteBuffer.wrap(all, 0, all.length - 4);
            byte[] id = take(bytes, ID_BYTES);
            byte[] secret = take(bytes, SECRET_BYTES);
            String broker = utf8(take(bytes, bytes.getShort() & 0xffff));
            String path = utf8(take(bytes, bytes.getShort() & 0xffff));
            if (bytes.hasRemaining()) {
                throw cutOff();
            }
            return new Invitation(DocumentId.fromRandom(id), secret, broker, new DocumentPath(path));
        } catch (BufferUnderflowException | CharacterCodingException e) {
            throw cutOff();
        }
    }

    private static IllegalArgumentException cutOff() {
        return new IllegalArgumentException(
                "The invitation is cut off or mistyped. Copy all of it, from 'metalog1-' to its end, and try again.");
    }

    private static byte[] take(ByteBuffer bytes, int count) {
        if (count > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] taken = new byte[count];
        bytes.get(taken);
        return taken;
    }

    private static String utf8(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
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
