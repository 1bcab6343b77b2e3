package dev.metalog.server.text;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Encodes chunks as UTF-8, also where one of them ends between the halves of a surrogate pair. A surrogate without its
 * other half becomes a question mark, as with {@link String#getBytes}.
 */
final class Utf8Encoder implements Text.ChunkConsumer {
    private static final int MOST_BYTES_A_UNIT = 3;

    private final Consumer<ByteBuffer> consumer;
    private final byte[] bytes = new byte[MOST_BYTES_A_UNIT * (Node.LEAF_MAX + 1)];
    private int size;
    /** The first half of a pair, at the end of the chunk before; or 0. */
    private char high;

    Utf8Encoder(Consumer<ByteBuffer> consumer) {
        this.consumer = consumer;
    }

    @Override
    public void take(char[] units, int length) {
        size = 0;
        for (int i = 0; i < length; i++) {
            char unit = units[i];
            if (high != 0) {
                encodeAfterHigh(unit);
            } else if (Character.isHighSurrogate(unit)) {
                high = unit;
            } else {
                encode(unit);
            }
        }
        consumer.accept(ByteBuffer.wrap(bytes, 0, size));
    }

    void finish() {
        if (high != 0) {
            consumer.accept(ByteBuffer.wrap(new byte[] {'?'}));
            high = 0;
        }
    }

    private void encodeAfterHigh(char unit) {
        if (Character.isLowSurrogate(unit)) {
            int character = Character.toCodePoint(high, unit);
            high = 0;
            put(0xF0 | (character >> 18));
            put(0x80 | ((character >> 12) & 0x3F));
            put(0x80 | ((character >> 6) & 0x3F));
            put(0x80 | (character & 0x3F));
            return;
        }
        put('?');
        high = 0;
        if (Character.isHighSurrogate(unit)) {
            high = unit;
        } else {
            encode(unit);
        }
    }

    /** Any unit but a high surrogate. */
    private void encode(char unit) {
        if (unit < 0x80) {
            put(unit);
        } else if (unit < 0x800) {
            put(0xC0 | (unit >> 6));
            put(0x80 | (unit & 0x3F));
        } else if (Character.isLowSurrogate(unit)) {
            put('?');
        } else {
            put(0xE0 | (unit >> 12));
            put(0x80 | ((unit >> 6) & 0x3F));
            put(0x80 | (unit & 0x3F));
        }
    }

    private void put(int value) {
        bytes[size++] = (byte) value;
    }
}
