package dev.metalog.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The text of an invitation: a prefix that says what to, and base32 of an id (16 bytes), a secret (32 bytes), a broker's URL and
 * a path (each a length of two bytes and UTF-8), and CRC32C of all before it. The checksum is there to tell a mistyped or
 * cut-off invitation from a wrong one; it protects nothing.
 */
@SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
record InvitationText(byte[] id, byte[] secret, String broker, String path) {
    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final int BROKER_BYTES = 256;
    private static final int MOST_CHARS = 2_048;

    /** @throws IllegalArgumentException for what no invitation holds */
    static void check(byte[] secret, String broker) {
        if (secret.length != SECRET_BYTES) {
            throw new IllegalArgumentException("The secret of an invitation has 32 bytes.");
        }
        if (broker.getBytes(StandardCharsets.UTF_8).length > BROKER_BYTES) {
            throw new IllegalArgumentException("The broker's URL is longer than 256 bytes.");
        }
    }

    String encode(String prefix) {
        byte[] brokerBytes = broker.getBytes(StandardCharsets.UTF_8);
        byte[] pathBytes = path.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(ID_BYTES + SECRET_BYTES + 2 + brokerBytes.length + 2 + pathBytes.length + 4);
        bytes.put(id).put(secret);
        bytes.putShort((short) brokerBytes.length).put(brokerBytes);
        bytes.putShort((short) pathBytes.length).put(pathBytes);
        bytes.putInt(checksum(bytes.array(), bytes.position()));
        return prefix + Base32.encode(bytes.array());
    }

    /**
     * Reads what {@link #encode} wrote; white space around it is passed over.
     *
     * @throws IllegalArgumentException with a message for the person who pasted it
     */
    static InvitationText decode(String prefix, String text) {
        String trimmed = text.strip();
        if (!trimmed.startsWith(prefix)) {
            throw new IllegalArgumentException(
                    "This is not an invitation: one begins with '" + prefix + "'. Ask for it again.");
        }
        if (trimmed.length() > MOST_CHARS) {
            throw cutOff(prefix);
        }
        try {
            byte[] all = Base32.decode(trimmed.substring(prefix.length()));
            if (all.length < 4
                    || checksum(all, all.length - 4) != ByteBuffer.wrap(all).getInt(all.length - 4)) {
                throw cutOff(prefix);
            }
            ByteBuffer bytes = ByteBuffer.wrap(all, 0, all.length - 4);
            byte[] id = take(bytes, ID_BYTES);
            byte[] secret = take(bytes, SECRET_BYTES);
            String broker = utf8(take(bytes, bytes.getShort() & 0xffff));
            String path = utf8(take(bytes, bytes.getShort() & 0xffff));
            if (bytes.hasRemaining()) {
                throw cutOff(prefix);
            }
            return new InvitationText(id, secret, broker, path);
        } catch (BufferUnderflowException | CharacterCodingException e) {
            throw cutOff(prefix);
        }
    }

    private static IllegalArgumentException cutOff(String prefix) {
        return new IllegalArgumentException("The invitation is cut off or mistyped. Copy all of it, from '" + prefix
                + "' to its end, and try again.");
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

    /** Never the secret. */
    @Override
    public String toString() {
        return "InvitationText[" + path + "]";
    }
}
