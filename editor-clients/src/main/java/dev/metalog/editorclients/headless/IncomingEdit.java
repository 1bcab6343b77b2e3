package dev.metalog.editorclients.headless;

import dev.metalog.editorclients.text.BadTextException;
import dev.metalog.editorclients.text.PositionEncoding;
import dev.metalog.editorclients.text.TextBuffer;
import dev.metalog.editorclients.text.TextChange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.eclipse.lsp4j.TextEdit;

/** Turns the edits of a request, which all speak of one text, into changes that can be made one after the other. */
final class IncomingEdit {
    private IncomingEdit() {}

    /**
     * From the back to the front, so that no change moves the place of another. Insertions at one place stand in the
     * request in the order in which they shall be read (LSP 3.17, {@code TextEdit[]}).
     *
     * @throws BadTextException when an edit does not fit the text, or two overlap
     */
    static List<TextChange> plan(TextBuffer buffer, List<TextEdit> edits, PositionEncoding encoding) {
        List<TextChange> changes = new ArrayList<>(edits.size());
        for (TextEdit edit : edits) {
            int start = buffer.offsetOf(edit.getRange().getStart(), encoding);
            int end = buffer.offsetOf(edit.getRange().getEnd(), encoding);
            if (end < start) {
                throw new BadTextException("the range " + edit.getRange() + " ends before it starts");
            }
            TextChange change = new TextChange(start, end - start, edit.getNewText());
            buffer.check(change);
            changes.add(change);
        }
        // The sort is stable; an insertion stands before the deletion that starts at the same place.
        changes.sort(Comparator.comparingInt(TextChange::at).thenComparing(change -> change.length() > 0));
        for (int i = 1; i < changes.size(); i++) {
            TextChange before = changes.get(i - 1);
            if (before.at() + before.length() > changes.get(i).at()) {
                throw new BadTextException("two edits of one request overlap at offset "
                        + changes.get(i).at());
            }
        }
        Collections.reverse(changes);
        return changes;
    }
}
