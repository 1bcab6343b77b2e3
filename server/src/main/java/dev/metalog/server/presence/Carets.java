package dev.metalog.server.presence;

import dev.metalog.protocol.Caret;
import dev.metalog.protocol.TextEdit;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Carets of one person in one text, and what becomes of them when the text changes.
 *
 * <p>What is inserted right at a caret goes before it, as if its owner had typed it: most of the time it is the owner who
 * did. What is inserted right at an edge of a selection stays outside of it. Both clients and all peers move carets by this
 * rule, so whoever's caret is where the rule says has nothing to tell.
 */
public record Carets(List<Caret> all) {
    public static final Carets NONE = new Carets(List.of());

    public Carets {
        all = List.copyOf(all);
    }

    /** Where they are after the text was edited. */
    public Carets after(List<TextEdit> edits) {
        if (all.isEmpty() || edits.isEmpty()) {
            return this;
        }
        return each(caret -> {
            int start = caret.start();
            int end = caret.end();
            boolean selects = start < end;
            for (TextEdit edit : edits) {
                int inserted = edit.inserted().length();
                start = moved(start, edit, inserted, true);
                end = moved(end, edit, inserted, !selects);
                // A selection whose text was deleted is a caret from then on.
                end = Math.max(start, end);
                selects = start < end;
            }
            return directed(caret, start, end);
        });
    }

    /** Where they were before the text was edited; what was inserted then is where it came to be. */
    public Carets before(List<TextEdit> edits) {
        if (all.isEmpty() || edits.isEmpty()) {
            return this;
        }
        return each(caret -> {
            int start = caret.start();
            int end = caret.end();
            for (int i = edits.size() - 1; i >= 0; i--) {
                start = unmoved(start, edits.get(i));
                end = unmoved(end, edits.get(i));
            }
            return directed(caret, start, end);
        });
    }

    /** The same, but inside of a text and not inside of one of its characters. */
    public Carets within(Text text) {
        return each(caret -> new Caret(within(text, caret.anchor()), within(text, caret.head())));
    }

    private static int within(Text text, int position) {
        int inside = Math.min(position, text.length());
        return text.splitsPair(inside) ? inside - 1 : inside;
    }

    /** What is replaced goes first, and then comes what is there instead. */
    private static int moved(int position, TextEdit edit, int inserted, boolean afterInserted) {
        int at = edit.position();
        int left = position <= at ? position : Math.max(at, position - edit.deleted());
        return left > at || (left == at && afterInserted) ? left + inserted : left;
    }

    private static int unmoved(int position, TextEdit edit) {
        int at = edit.position();
        int insertedUpTo = at + edit.inserted().length();
        if (position < at) {
            return position;
        }
        return position >= insertedUpTo ? position - edit.inserted().length() + edit.deleted() : at;
    }

    private Carets each(UnaryOperator<Caret> move) {
        List<Caret> moved = new ArrayList<>(all.size());
        for (Caret caret : all) {
            moved.add(move.apply(caret));
        }
        return new Carets(moved);
    }

    private static Caret directed(Caret like, int start, int end) {
        return like.anchor() <= like.head() ? new Caret(start, end) : new Caret(end, start);
    }
}
