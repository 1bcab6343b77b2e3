package dev.metalog.protocol.membership;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Limits;
import java.util.List;

/** What every record is held to, whatever stands before it. */
final class Shape {
    private Shape() {}

    static void certificate(Chunk certificate) {
        int bytes = MembershipChange.CERTIFICATE_BYTES;
        demand(certificate.length() == bytes, "A certificate has " + bytes + " bytes.");
    }

    static void keyCheck(Chunk check) {
        int bytes = MembershipChange.KEY_CHECK_BYTES;
        demand(check.length() == bytes, "The check of a key has " + bytes + " bytes.");
    }

    static void wrap(Chunk sealed) {
        demand(sealed.length() == KeyWrap.SEALED_BYTES, "A sealed key has " + KeyWrap.SEALED_BYTES + " bytes.");
    }

    /** @return a copy */
    static List<Pin> pins(List<Pin> pins) {
        demand(
                pins.size() <= Limits.MEMBERSHIP_PINS && isAscending(pins),
                "A record has at most " + Limits.MEMBERSHIP_PINS + " pins, in their order.");
        return List.copyOf(pins);
    }

    static <T extends Comparable<T>> boolean isAscending(List<T> items) {
        for (int i = 1; i < items.size(); i++) {
            if (items.get(i - 1).compareTo(items.get(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
