package dev.metalog.protocol.codec;

import java.util.Arrays;

/** Bytes that grow at the end. */
final class ByteSink {
    private byte[] bytes;
    private int size;

    ByteSink(int expectedBytes) {
        bytes = new byte[Math.max(16, expectedBytes)];
    }

    void put(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    void put(byte[] source) {
        put(source, 0, source.length);
    }

    void put(byte[] source, int from, int length) {
        reserve(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    /** Seven bits a byte, the lowest first; the highest bit says that more follows. At most five bytes. */
    void varint(long value) {
        reserve(5);
        long rest = value;
        while (rest > 0x7f) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** A signed difference: 0, -1, 1, -2, … as 0, 1, 2, 3, … */
    void zigzag(int value) {
        varint(((value << 1) ^ (value >> 31)) & 0xffff_ffffL);
    }

    /** UTF-8 of text without lone surrogates. */
    void utf8(char[] text, int from, int length) {
        reserve(3 * length);
        int at = size;
        int end = from + length;
        for (int i = from; i < end; i++) {
            char unit = text[i];
            if (unit < 0x80) {
                bytes[at++] = (byte) unit;
            } else if (unit < 0x800) {
                bytes[at++] = (byte) (0xc0 | (unit >> 6));
                bytes[at++] = trailing(unit);
            } else if (Character.isHighSurrogate(unit)) {
                int codePoint = Character.toCodePoint(unit, text[++i]);
                bytes[at++] = (byte) (0xf0 | (codePoint >> 18));
                bytes[at++] = trailing(codePoint >> 12);
                bytes[at++] = trailing(codePoint >> 6);
                bytes[at++] = trailing(codePoint);
            } else {
                bytes[at++] = (byte) (0xe0 | (unit >> 12));
                bytes[at++] = trailing(unit >> 6);
                bytes[at++] = trailing(unit);
            }
        }
        size = at;
    }

    private static byte trailing(int bits) {
        return (byte) (0x80 | (bits & 0x3f));
    }

    int size() {
        return size;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length + (bytes.length >> 1), size + more));
        }
    }
}
