package dev.metalog.server.workspace;

import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.List;

/** Reads an editor's changes against the text they were made in. */
final class ChangeReader {
    private ChangeReader() {}

    static List<Flight.Heard> read(Text before, List<RangeChange> changes, PositionEncoding encoding) throws BadChange {
        List<Flight.Heard> heard = new ArrayList<>();
        Text text = before;
        for (RangeChange change : changes) {
            String inserted = wellFormed(LineEnds.shared(change.text()));
            if (change.isWhole()) {
                text = Text.of(inserted);
                heard.add(new Flight.Heard(null, text));
                continue;
            }
            PositionMap positions = new PositionMap(text, encoding);
            int start = positions.offset(change.start());
            int end = positions.offset(change.end());
            if (end < start) {
                throw new BadChange("A range ends before it starts.");
            }
            if (text.splitsPair(start) || text.splitsPair(end)) {
                throw new BadChange("A range splits a surrogate pair.");
            }
            text = text.replace(start, end, inserted);
            boolean isChange = end > start || !inserted.isEmpty();
            heard.add(
                    new Flight.Heard(isChange ? List.of(new TextEdit(start, end - start, inserted)) : List.of(), text));
        }
        return heard;
    }

    private static String wellFormed(String text) throws BadChange {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(unit)) {
                throw new BadChange(
                        "The text holds half of a surrogate pair at unit " + i + ", which is no character.");
            }
        }
        return text;
    }
}
