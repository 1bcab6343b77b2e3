package dev.metalog.protocol;

import java.util.regex.Pattern;

/**
 * One device of a peer: 26 base32 characters of the first 16 bytes of a hash over the peer's id and the device's public keys.
 * A machine that the identity is restored on is another device.
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z2-7]{26}");
    private static final int GROUP = 5;
    private static final int GROUPS = 4;

    public DeviceId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("A device id is 26 base32 characters.");
        }
        Base32.decode(value); // Two bits are spare; an id has one text.
    }

    /** What two people read to each other: the first twenty characters (100 bits) in groups of five. */
    public String fingerprint() {
        StringBuilder groups = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            groups.append(i == 0 ? "" : "-").append(value, i * GROUP, (i + 1) * GROUP);
        }
        return groups.toString();
    }

    @Override
    public int compareTo(DeviceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
