package dev.metalog.server.eventgraph;

import dev.metalog.protocol.TextEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random edits as people and editors make them, with the characters that are hard: astral and combining ones, CR LF, CR. */
final class RandomText {
    private static final List<String> CHARACTERS = List.of(
            "a",
            "b",
            "c",
            "d",
            "e",
            " ",
            "\n",
            "\r\n",
            "\r",
            "é",
            "e\u0301",
            "\u0301",
            "ß",
            "漢",
            "\uD83D\uDE00",
            "\uD83C\uDF0D",
            "\u200D");

    private RandomText() {}

    static String text(Random random, int characters) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < characters; i++) {
            text.append(CHARACTERS.get(random.nextInt(CHARACTERS.size())));
        }
        return text.toString();
    }

    /** One to three sequential edits of the text, which never split a surrogate pair. */
    static List<TextEdit> edits(Random random, String before) {
        List<TextEdit> edits = new ArrayList<>();
        String text = before;
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            TextEdit edit = edit(random, text);
            edits.add(edit);
            text = Texts.apply(text, List.of(edit));
        }
        return edits;
    }

    private static TextEdit edit(Random random, String text) {
        // Mostly near a few places, so that concurrent edits meet.
        int place = random.nextInt(3) == 0 ? random.nextInt(text.length() + 1) : text.length() * random.nextInt(4) / 3;
        int from = boundary(text, place);
        int kind = random.nextInt(10);
        int deleted = kind < 4 && text.length() > 0 ? random.nextInt(Math.min(8, text.length() + 1 - from) + 1) : 0;
        int to = boundary(text, Math.min(text.length(), from + deleted));
        String inserted = kind < 3 ? "" : text(random, 1 + random.nextInt(random.nextInt(4) == 0 ? 6 : 2));
        return new TextEdit(from, to - from, inserted);
    }

    private static int boundary(String text, int place) {
        boolean splits = place > 0
                && place < text.length()
                && Character.isLowSurrogate(text.charAt(place))
                && Character.isHighSurrogate(text.charAt(place - 1));
        return splits ? place + 1 : place;
    }
}
