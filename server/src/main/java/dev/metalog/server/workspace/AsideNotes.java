package dev.metalog.server.workspace;

import dev.metalog.protocol.TextEdit;
import dev.metalog.server.text.Text;
import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Writes down what is typed in one editor where the person may only read, as they would read it: keys that follow each other
 * are one piece.
 *
 * <p>Bound: after {@link Aside#MOST_UNITS} another file begins, so no more is kept here than that and one change.
 */
final class AsideNotes {
    private final EditorId editor;
    private final SharedDocument shared;
    private final LongSupplier numbers;
    private final StringBuilder notes = new StringBuilder();
    private long sinceMillis;
    private long number;
    /** Where the last piece was inserted, and where the next key of it may be; nowhere after a deletion. */
    private int pieceStart = -1;

    private int pieceEnd = -1;

    /** @param numbers each another one */
    AsideNotes(EditorId editor, SharedDocument shared, LongSupplier numbers) {
        this.numbers = numbers;
        this.editor = editor;
        this.shared = shared;
    }

    /** @param edits in sequence, the first one on this text */
    Aside add(Text before, List<TextEdit> edits, long wallMillis) {
        boolean isFirst = notes.length() == 0 || notes.length() >= Aside.MOST_UNITS;
        if (isFirst) {
            begin(wallMillis);
        }
        Text at = before;
        for (TextEdit edit : edits) {
            add(at, edit, wallMillis);
            at = at.replace(edit.position(), edit.position() + edit.deleted(), edit.inserted());
        }
        return new Aside(editor, shared.id(), shared.path().value(), sinceMillis, number, notes.toString(), isFirst);
    }

    private void begin(long wallMillis) {
        sinceMillis = wallMillis;
        number = numbers.getAsLong();
        notes.setLength(0);
        notes.append("What was typed in ")
                .append(shared.path())
                .append(", which you may only read. It was set back there, and nobody was sent it.\n");
        pieceEnd = -1;
    }

    private void add(Text at, TextEdit edit, long wallMillis) {
        // While a key is not set back the next one stands behind it, and in its place afterwards.
        boolean goesOn = edit.deleted() == 0 && edit.position() >= pieceStart && edit.position() <= pieceEnd;
        if (!goesOn) {
            notes.append("\n\n--- ")
                    .append(Instant.ofEpochMilli(wallMillis))
                    .append(", line ")
                    .append(at.lineAt(edit.position()) + 1)
                    .append('\n');
            pieceStart = edit.position();
            pieceEnd = pieceStart;
        }
        if (edit.deleted() > 0) {
            notes.append("deleted: ")
                    .append(at.substring(edit.position(), edit.position() + edit.deleted()))
                    .append(edit.inserted().isEmpty() ? "" : "\ninserted: ");
        }
        notes.append(edit.inserted());
        pieceEnd = edit.deleted() > 0 ? -1 : pieceEnd + edit.inserted().length();
    }
}
