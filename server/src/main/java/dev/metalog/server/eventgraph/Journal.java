package dev.metalog.server.eventgraph;

import dev.metalog.server.text.TextBuffer;
import java.util.Arrays;

/**
 * Edits the tip's text and remembers how: to take everything back, so that a bundle whose last event is bad leaves no
 * trace; and to tell a view that showed the text before what to do.
 */
final class Journal implements EditSink {
    private final EventLog log;
    private final TextBuffer text;

    /** Of each edit: the position, how many units it has inserted and deleted, and from where in which text. */
    private final IntList positions = new IntList();

    private final IntList insertedUnits = new IntList();
    private final IntList contentStarts = new IntList();
    private final IntList deletedUnits = new IntList();
    private char[] deletedText = {};
    private int deletedLength;

    Journal(EventLog log, TextBuffer text) {
        this.log = log;
        this.text = text;
    }

    /** @param source the log's content */
    @Override
    public void insert(int position, char[] source, int from, int length) {
        remember(position, length, from, 0);
        text.insert(position, source, from, length);
    }

    @Override
    public void delete(int position, int length) {
        remember(position, 0, 0, length);
        if (deletedText.length - deletedLength < length) {
            deletedText = Arrays.copyOf(deletedText, Math.max(2 * deletedText.length, deletedLength + length));
        }
        for (int i = 0; i < length; i++) {
            deletedText[deletedLength++] = text.charAt(position + i);
        }
        text.delete(position, length);
    }

    private void remember(int position, int inserted, int contentStart, int deleted) {
        positions.add(position);
        insertedUnits.add(inserted);
        contentStarts.add(contentStart);
        deletedUnits.add(deleted);
    }

    /** Takes all edits back, the last one first. */
    void revert() {
        for (int i = positions.size() - 1; i >= 0; i--) {
            int position = positions.get(i);
            int deleted = deletedUnits.get(i);
            if (deleted > 0) {
                deletedLength -= deleted;
                text.insert(position, deletedText, deletedLength, deleted);
            } else {
                text.delete(position, insertedUnits.get(i));
            }
        }
    }

    /** Roughly what the journal occupies, in ints. */
    int size() {
        return 4 * positions.size() + deletedLength / 2;
    }

    /** Tells all edits, in order. */
    void tell(EditSink sink) {
        for (int i = 0; i < positions.size(); i++) {
            if (deletedUnits.get(i) > 0) {
                sink.delete(positions.get(i), deletedUnits.get(i));
            } else {
                sink.insert(positions.get(i), log.content(), contentStarts.get(i), insertedUnits.get(i));
            }
        }
    }
}
