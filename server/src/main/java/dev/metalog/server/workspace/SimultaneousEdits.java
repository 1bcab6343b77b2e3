package dev.metalog.server.workspace;

import dev.metalog.protocol.TextEdit;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns edits that apply one after the other into replacements that all speak of the text before the first: LSP wants a
 * list of the second kind, the event graph yields the first.
 *
 * <p>The new text is kept as a list of pieces, each either a stretch of the old text or an inserted string. An edit cuts
 * pieces and puts one in; what is left of the old text, in order, tells what was replaced in between.
 */
final class SimultaneousEdits {
    /** {@code inserted == null}: units {@code start} to {@code end} of the old text. */
    private record Piece(int start, int end, String inserted) {
        int length() {
            return inserted == null ? end - start : inserted.length();
        }

        Piece part(int from, int to) {
            return inserted == null
                    ? new Piece(start + from, start + to, null)
                    : new Piece(0, 0, inserted.substring(from, to));
        }
    }

    private SimultaneousEdits() {}

    /** The replacements, ascending, not overlapping, for a text of {@code length} units. */
    static List<Replacement> of(int length, List<TextEdit> edits) {
        List<Piece> pieces = new ArrayList<>();
        if (length > 0) {
            pieces.add(new Piece(0, length, null));
        }
        for (TextEdit edit : edits) {
            apply(pieces, edit);
        }
        return replacements(pieces, length);
    }

    private static void apply(List<Piece> pieces, TextEdit edit) {
        int first = cut(pieces, edit.position());
        int end = cut(pieces, edit.position() + edit.deleted());
        pieces.subList(first, end).clear();
        if (!edit.inserted().isEmpty()) {
            pieces.add(first, new Piece(0, 0, edit.inserted()));
        }
    }

    /** Makes a piece begin at {@code position} and tells its index. */
    private static int cut(List<Piece> pieces, int position) {
        int before = 0;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (before == position) {
                return i;
            }
            if (position < before + piece.length()) {
                pieces.set(i, piece.part(position - before, piece.length()));
                pieces.add(i, piece.part(0, position - before));
                return i + 1;
            }
            before += piece.length();
        }
        if (before != position) {
            throw new IllegalArgumentException("An edit reaches past the end of the text.");
        }
        return pieces.size();
    }

    private static List<Replacement> replacements(List<Piece> pieces, int length) {
        List<Replacement> result = new ArrayList<>();
        StringBuilder inserted = new StringBuilder();
        int replacedFrom = 0;
        for (Piece piece : pieces) {
            if (piece.inserted() != null) {
                inserted.append(piece.inserted());
                continue;
            }
            flush(result, replacedFrom, piece.start(), inserted);
            replacedFrom = piece.end();
        }
        flush(result, replacedFrom, length, inserted);
        return result;
    }

    private static void flush(List<Replacement> result, int replacedFrom, int replacedTo, StringBuilder inserted) {
        if (replacedFrom < replacedTo || inserted.length() > 0) {
            result.add(new Replacement(replacedFrom, replacedTo, inserted.toString()));
            inserted.setLength(0);
        }
    }
}
