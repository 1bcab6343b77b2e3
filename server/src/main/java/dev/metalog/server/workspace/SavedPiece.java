package dev.metalog.server.workspace;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A saved document (docs/format-events.md) in records of a log: one byte that is 0 in the last one and else 1, then a piece
 * of the file. The pieces of one document follow one another.
 */
final class SavedPiece {
    static final int PIECE_BYTES = 512 << 10;

    private static final byte MORE = 1;
    private static final byte LAST = 0;

    private SavedPiece() {}

    static List<byte[]> cut(byte[] saved) {
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        do {
            int to = Math.min(saved.length, from + PIECE_BYTES);
            byte[] piece = new byte[1 + to - from];
            piece[0] = to < saved.length ? MORE : LAST;
            System.arraycopy(saved, from, piece, 1, to - from);
            pieces.add(piece);
            from = to;
        } while (from < saved.length);
        return pieces;
    }

    /** Puts pieces together again, in their order. */
    static final class Joiner {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        /** Returns the whole file when this was its last piece, else {@code null}. */
        byte[] add(byte[] piece) throws IOException {
            if (piece.length == 0 || (piece[0] != MORE && piece[0] != LAST)) {
                throw new IOException("Not a piece of a saved document.");
            }
            bytes.writeBytes(Arrays.copyOfRange(piece, 1, piece.length));
            if (piece[0] == MORE) {
                return null;
            }
            byte[] whole = bytes.toByteArray();
            bytes.reset();
            return whole;
        }
    }
}
