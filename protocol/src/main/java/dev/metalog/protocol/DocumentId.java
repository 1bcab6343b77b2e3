package dev.metalog.protocol;

import java.util.regex.Pattern;

/** One shared text. Survives renames; 26 base32 characters of 16 random bytes. */
public record DocumentId(String value) implements Comparable<DocumentId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z2-7]{26}");

    public DocumentId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("A document id is 26 base32 characters.");
        }
    }

    /** A fresh id out of sixteen random bytes, which the caller draws. */
    public static DocumentId fromRandom(byte[] sixteenRandomBytes) {
        if (sixteenRandomBytes.length != 16) {
            throw new IllegalArgumentException("A document id is made of sixteen random bytes.");
        }
        return new DocumentId(Base32.encode(sixteenRandomBytes));
    }

    @Override
    public int compareTo(DocumentId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
