package dev.metalog.protocol.codec;

import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A stretch of bytes as it stands in a file: plain, or deflated (RFC 1951) where that makes it shorter.
 *
 * <p>What is unpacked may be so long, or so many times longer than what is packed, no more, so that a small hostile file
 * cannot take much memory. What would pack better than that is packed by the Huffman code alone, which never takes less than
 * a bit for a byte, or left plain.
 */
enum Section {
    /** Text takes up to four times its bytes in memory until it is UTF-16. */
    TEXT(512 << 10, 16),
    /** A run in the columns takes two bytes at least, and about thirty in memory. */
    COLUMNS(128 << 10, 4);

    private final int alwaysAllowedBytes;
    private final int mostRatio;

    Section(int alwaysAllowedBytes, int mostRatio) {
        this.alwaysAllowedBytes = alwaysAllowedBytes;
        this.mostRatio = mostRatio;
    }

    long mostPlainBytes(int packedBytes) {
        return Math.max(alwaysAllowedBytes, (long) mostRatio * packedBytes);
    }

    /** The packed bytes, or the same array if packing does not help. */
    byte[] pack(byte[] plain) {
        byte[] packed = deflate(plain, Deflater.DEFAULT_STRATEGY);
        if (plain.length > mostPlainBytes(packed.length)) {
            packed = deflate(plain, Deflater.HUFFMAN_ONLY);
        }
        return packed.length < plain.length && plain.length <= mostPlainBytes(packed.length) ? packed : plain;
    }

    private static byte[] deflate(byte[] plain, int strategy) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setStrategy(strategy);
            deflater.setInput(plain);
            deflater.finish();
            ByteSink out = new ByteSink(plain.length / 2);
            byte[] chunk = new byte[8 << 10];
            while (!deflater.finished()) {
                out.put(chunk, 0, deflater.deflate(chunk));
            }
            return out.toArray();
        } finally {
            deflater.end();
        }
    }

    /**
     * The plain bytes of a packed stretch.
     *
     * @param plainLength how many there have to be, which is checked before any memory is taken
     */
    byte[] unpack(byte[] file, int from, int length, int plainLength) throws MalformedDocumentException {
        if (plainLength <= length || plainLength > mostPlainBytes(length)) {
            throw new MalformedDocumentException(
                    length + " packed bytes cannot stand for " + plainLength + ", which is too few or too many");
        }
        byte[] plain = new byte[plainLength];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(file, from, length);
            int filled = 0;
            int more;
            do {
                more = inflater.inflate(plain, filled, plainLength - filled);
                filled += more;
            } while (more > 0 && filled < plainLength);
            // The end of the stream may be seen only when one more byte is asked for.
            boolean longer = !inflater.finished() && inflater.inflate(new byte[1]) > 0;
            if (longer || filled < plainLength || !inflater.finished() || inflater.getRemaining() > 0) {
                throw new MalformedDocumentException("the packed bytes do not end where they should");
            }
            return plain;
        } catch (DataFormatException e) {
            throw new MalformedDocumentException("the packed bytes are damaged");
        } finally {
            inflater.end();
        }
    }
}
