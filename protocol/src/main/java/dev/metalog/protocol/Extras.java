package dev.metalog.protocol;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Fields of a message that a newer sidecar added and this one does not know: they may be missed without harm, and they are
 * kept, so that the message still is the bytes it came in. At most {@value #MOST} of at most {@value #MOST_BYTES} bytes.
 */
public final class Extras {
    public static final int MOST = 16;
    public static final int MOST_BYTES = 1_024;

    public static final Extras NONE = new Extras(new TreeMap<>());

    private final SortedMap<Integer, byte[]> byNumber;

    /** @throws IllegalArgumentException when they are too many, one is too long, or a number is below 0 */
    public Extras(SortedMap<Integer, byte[]> byNumber) {
        SortedMap<Integer, byte[]> copy = new TreeMap<>();
        for (Map.Entry<Integer, byte[]> extra : byNumber.entrySet()) {
            if (extra.getKey() < 0 || extra.getValue().length > MOST_BYTES) {
                throw new IllegalArgumentException(
                        "An added field has a number from 0 on and at most " + MOST_BYTES + " bytes.");
            }
            copy.put(extra.getKey(), extra.getValue().clone());
        }
        if (copy.size() > MOST) {
            throw new IllegalArgumentException("A message has at most " + MOST + " added fields.");
        }
        this.byNumber = Collections.unmodifiableSortedMap(copy);
    }

    /** Ascending; the arrays are to be read only. */
    public SortedMap<Integer, byte[]> byNumber() {
        return byNumber;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Extras that
                && byNumber.keySet().equals(that.byNumber.keySet())
                && byNumber.entrySet().stream()
                        .allMatch(extra -> Arrays.equals(extra.getValue(), that.byNumber.get(extra.getKey())));
    }

    @Override
    public int hashCode() {
        return byNumber.keySet().hashCode();
    }

    @Override
    public String toString() {
        return byNumber.keySet().toString();
    }
}
