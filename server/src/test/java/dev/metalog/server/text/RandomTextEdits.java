package dev.metalog.server.text;

import java.util.List;
import java.util.Random;

/** Random edits of a text as people, editors and merges make them; none parts a surrogate pair, many part a CR LF. */
final class RandomTextEdits {
    private static final List<String> CHARACTERS = List.of(
            "a",
            "b",
            " ",
            "\n",
            "\r",
            "\r\n",
            "\r",
            "\n",
            "e\u0301",
            "\u0301",
            "ß",
            "漢",
            "\uD83D\uDE00",
            "\uD83C\uDF0D\u200D");

    /** {@code deleted} units at {@code position} give way to {@code inserted}. */
    record Edit(int position, int deleted, String inserted) {}

    private final Random random;
    /** The longest text that is made. */
    private final int most;

    private int typedAt;

    RandomTextEdits(Random random, int most) {
        this.random = random;
        this.most = most;
    }

    String text(int characters) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < characters; i++) {
            text.append(CHARACTERS.get(random.nextInt(CHARACTERS.size())));
        }
        return text.toString();
    }

    Edit next(CharSequence text) {
        boolean tooLong = text.length() > most;
        return switch (random.nextInt(tooLong ? 13 : 12)) {
            case 0, 1, 2, 3 -> typing(text);
            case 4, 5 -> backspace(text);
            case 6 -> edit(text, anywhere(text), random.nextInt(4), text(random.nextInt(3)));
            case 7 -> edit(text, anywhere(text), random.nextInt(40), "");
            case 8 -> edit(text, anywhere(text), random.nextInt(3_000), text(random.nextInt(10)));
            case 9 -> edit(text, anywhere(text), 0, text(random.nextInt(tooLong ? 2 : 2_500)));
            case 10 -> nearReturn(text);
            case 11 -> edit(text, anywhere(text), 0, "\r\n".repeat(random.nextInt(400)));
            default -> edit(text, anywhere(text), random.nextInt(text.length()), "");
        };
    }

    private Edit typing(CharSequence text) {
        Edit edit = edit(text, Math.min(typedAt, text.length()), 0, text(1));
        typedAt = edit.position() + edit.inserted().length();
        return edit;
    }

    private Edit backspace(CharSequence text) {
        int end = Math.min(typedAt, text.length());
        return edit(text, Math.max(0, end - 1 - random.nextInt(3)), 1, "");
    }

    /** What parts a CR LF, or joins the halves of one. */
    private Edit nearReturn(CharSequence text) {
        int from = anywhere(text);
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '\r') {
                return switch (random.nextInt(3)) {
                    case 0 -> edit(text, i + 1, 0, text(1));
                    case 1 -> edit(text, i + 1, 1, "");
                    default -> edit(text, i, 1, "");
                };
            }
        }
        return edit(text, from, 0, "\r");
    }

    private int anywhere(CharSequence text) {
        typedAt = random.nextInt(8) == 0 ? 0 : random.nextInt(text.length() + 1);
        return typedAt;
    }

    private static Edit edit(CharSequence text, int position, int deleted, String inserted) {
        int from = edge(text, position);
        int to = edge(text, Math.min(text.length(), from + deleted));
        return new Edit(from, to - from, inserted);
    }

    static int edge(CharSequence text, int offset) {
        boolean inside = offset > 0
                && offset < text.length()
                && Character.isSurrogatePair(text.charAt(offset - 1), text.charAt(offset));
        return inside ? offset + 1 : offset;
    }
}
