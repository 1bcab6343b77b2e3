package dev.metalog.server.eventgraph;

import dev.metalog.server.text.TextBuffer;
import java.util.Arrays;

/**
 * Edits the tip's text and remembers how: to take everything back, so that a bundle whose last event is bad leaves no
 * trace; and to tell a view that showed the text before what to do.
 */
final class Journal implements EditSink {
    private static final int EDIT = 4;
    /** So few units are sooner read one by one, as keys are typed. */
    private static final int KEYS = 16;

    private final EventLog log;
    private final TextBuffer text;

    /** Of each edit: the position, how many units it has inserted, from where in the log's content, how many deleted. */
    private int[] edits = new int[EDIT];

    private int ints;
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
        if (length > KEYS) {
            text.substring(position, position + length).getChars(0, length, deletedText, deletedLength);
            deletedLength += length;
        } else {
            for (int i = 0; i < length; i++) {
                deletedText[deletedLength++] = text.charAt(position + i);
            }
        }
        text.delete(position, length);
    }

    private void remember(int position, int inserted, int contentStart, int deleted) {
        if (ints == edits.length) {
            edits = Arrays.copyOf(edits, 2 * ints);
        }
        edits[ints] = position;
        edits[ints + 1] = inserted;
        edits[ints + 2] = contentStart;
        edits[ints + 3] = deleted;
        ints += EDIT;
    }

    /** Takes all edits back, the last one first. */
    void revert() {
        for (int at = ints - EDIT; at >= 0; at -= EDIT) {
            int deleted = edits[at + 3];
            if (deleted > 0) {
                deletedLength -= deleted;
                text.insert(edits[at], deletedText, deletedLength, deleted);
            } else {
                text.delete(edits[at], edits[at + 1]);
            }
        }
    }

    /** Roughly what the journal occupies, in ints. */
    int size() {
        return ints + deletedLength / 2;
    }

    /** Tells all edits, in order. */
    void tell(EditSink sink) {
        for (int at = 0; at < ints; at += EDIT) {
            if (edits[at + 3] > 0) {
                sink.delete(edits[at], edits[at + 3]);
            } else {
                sink.insert(edits[at], log.content(), edits[at + 2], edits[at + 1]);
            }
        }
    }
}
