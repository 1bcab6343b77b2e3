package dev.metalog.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * One workspace that people are members of: 26 base32 characters of the first 16 bytes of SHA-256 over
 * {@code "meta-log/workspace/1"}, the owner's address (20 bytes) and 32 random bytes. So an id names its owner, and nobody
 * else can begin a list of members under it.
 */
public record WorkspaceId(String value) implements Comparable<WorkspaceId> {
    /** How many bytes it stands for. */
    public static final int BYTES = 16;

    /** How many random bytes make one. */
    public static final int NONCE_BYTES = 32;

    private static final Pattern SHAPE = Pattern.compile("[a-z2-7]{26}");

    public WorkspaceId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("A workspace id is 26 base32 characters.");
        }
        Base32.decode(value); // Two bits are spare; an id has one text.
    }

    /** The workspace that this owner begins with these random bytes. */
    public static WorkspaceId of(PeerId owner, byte[] nonce) {
        if (nonce.length != NONCE_BYTES) {
            throw new IllegalArgumentException("A workspace id is made of " + NONCE_BYTES + " random bytes.");
        }
        MessageDigest hash;
        try {
            hash = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
        hash.update("meta-log/workspace/1".getBytes(StandardCharsets.US_ASCII));
        hash.update(HexFormat.of().parseHex(owner.value().substring("peer-".length())));
        hash.update(nonce);
        return fromBytes(Arrays.copyOf(hash.digest(), BYTES));
    }

    /** The id that {@link #bytes} gave these bytes for. */
    public static WorkspaceId fromBytes(byte[] sixteen) {
        if (sixteen.length != BYTES) {
            throw new IllegalArgumentException("A workspace id stands for " + BYTES + " bytes.");
        }
        return new WorkspaceId(Base32.encode(sixteen));
    }

    public byte[] bytes() {
        return Base32.decode(value);
    }

    @Override
    public int compareTo(WorkspaceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
