package dev.metalog.integration;

import dev.metalog.editorclients.drive.EditorRefusal;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Seeded random edits in one editor while others type as well. Every insertion begins with a sign that occurs nowhere
 * else, so that a text can be searched for keys that are there twice.
 */
final class RandomTyping {
    private static final int FIRST_SIGN = 0x4E00;
    static final int SIGNS_A_SIDE = 5_000;
    /** One, two, three and four bytes in UTF-8; line ends; a combining accent; right to left; a character that ends no line. */
    private static final List<String> PIECES = List.of(
            "a",
            "word ",
            "\n",
            "é",
            "e\u0301",
            "☕",
            "😀",
            "👩‍🚀",
            "שלום",
            "\u2028",
            "{\"id\": \"a→b\"}\n",
            "\t",
            "0.50",
            "𝔘");

    private final Driven editor;
    private final SplittableRandom random;
    private int nextSign;
    private int length;

    /** @param side 0 or 1: the sides use different signs */
    RandomTyping(Driven editor, long seed, int side) {
        this(editor, new SplittableRandom(seed * 2 + side), FIRST_SIGN + side * SIGNS_A_SIDE);
    }

    private RandomTyping(Driven editor, SplittableRandom random, int nextSign) {
        this.editor = editor;
        this.random = random;
        this.nextSign = nextSign;
        this.length = editor.text().length();
    }

    /** The same typist in another editor, which begins with the signs that were not used yet. */
    RandomTyping goOnIn(Driven other) {
        return new RandomTyping(other, random.split(), nextSign);
    }

    static boolean isSign(int character) {
        return character >= FIRST_SIGN && character < FIRST_SIGN + 2 * SIGNS_A_SIDE;
    }

    /** Insertions, deletions and replacements. */
    void edit(int count) throws InterruptedException, TimeoutException {
        for (int done = 0; done < count; ) {
            if (once()) {
                done++;
            }
        }
    }

    /** Insertions only, each a sign alone: all of them have to be there in the end. Returns them. */
    String insert(int count) throws InterruptedException, TimeoutException {
        StringBuilder typed = new StringBuilder();
        while (typed.length() < count) {
            String sign = Character.toString(nextSign);
            if (carriedOut(editor.raw().insert(at(), sign))) {
                typed.append(sign);
                nextSign++;
            }
        }
        return typed.toString();
    }

    private boolean once() throws InterruptedException, TimeoutException {
        int at = at();
        int kind = random.nextInt(10);
        if (kind < 6 || length - at < 1) {
            return carriedOut(editor.raw().insert(at, typed()));
        }
        int removed = 1 + random.nextInt(Math.min(8, length - at));
        return carriedOut(
                kind < 9 ? editor.raw().delete(at, removed) : editor.raw().replace(at, removed, typed()));
    }

    private int at() {
        return random.nextInt(length + 1);
    }

    private String typed() {
        return Character.toString(nextSign++) + PIECES.get(random.nextInt(PIECES.size()));
    }

    /** A place that is not there any more, or that would split a character, is refused; then another is tried. */
    private boolean carriedOut(CompletableFuture<Integer> edit) throws InterruptedException, TimeoutException {
        try {
            length = edit.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof EditorRefusal)) {
                throw new IllegalStateException(e.getCause());
            }
            length = editor.call("digest", Map.of()).get("length").getAsInt();
            return false;
        }
    }
}
