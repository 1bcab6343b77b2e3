package dev.metalog.protocol.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads a stretch of bytes from its start to its end and refuses what it is not. */
final class ByteSource {
    private final byte[] bytes;
    private final int end;
    private int at;

    ByteSource(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    int at() {
        return at;
    }

    int remaining() {
        return end - at;
    }

    int next() throws MalformedColumnsException {
        if (at == end) {
            throw endsTooSoon();
        }
        return bytes[at++] & 0xff;
    }

    byte[] take(int length) throws MalformedColumnsException {
        if (length > remaining()) {
            throw endsTooSoon();
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    /** Passes over bytes that somebody else reads; there are so many. */
    void skip(int length) {
        at += length;
    }

    /** A number from 0 to 2^31 - 1. */
    int varint() throws MalformedColumnsException {
        if (at < end && bytes[at] >= 0) {
            return bytes[at++];
        }
        return (int) longVarint(Integer.MAX_VALUE);
    }

    int zigzag() throws MalformedColumnsException {
        int value = at < end && bytes[at] >= 0 ? bytes[at++] : (int) longVarint(0xffff_ffffL);
        return (value >>> 1) ^ -(value & 1);
    }

    /** A number from 0 to {@code most}, in the fewest bytes that hold it. */
    long longVarint(long most) throws MalformedColumnsException {
        int start = at;
        long value = 0;
        int shift = 0;
        int next;
        do {
            next = next();
            value |= (long) (next & 0x7f) << shift;
            shift += 7;
        } while (next >= 0x80 && shift < 35);
        if (next >= 0x80 || value > most) {
            throw new MalformedColumnsException(start, "a number is too large");
        }
        if (next == 0 && at - start > 1) {
            throw new MalformedColumnsException(start, "a number is written in more bytes than it needs");
        }
        return value;
    }

    /** The rest as text. */
    String utf8() throws MalformedColumnsException {
        int start = at;
        at = end;
        String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
        // The fast decoder puts U+FFFD where the bytes are not UTF-8; only then is a second look needed.
        if (text.indexOf('\uFFFD') >= 0 && !encodesTo(text, start)) {
            throw new MalformedColumnsException(start, "the text is not UTF-8");
        }
        return text;
    }

    private boolean encodesTo(String text, int start) {
        byte[] again = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(again, 0, again.length, bytes, start, end);
    }

    private MalformedColumnsException endsTooSoon() {
        return new MalformedColumnsException(at, "the bytes end too soon");
    }
}
