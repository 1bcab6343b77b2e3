package dev.metalog.server.trace.bench;

import java.util.Arrays;
import java.util.Optional;

/** What is measured. Each has a fresh document in every round; making the input ready is not part of it. */
enum Operation {
    LOCAL("local", "all edits typed here", Unit.MILLIS, true),
    LOCAL_UPDATES("localUpdates", "typed, an encoded update each", Unit.MILLIS, true),
    MERGE("merge", "full history into a fresh replica, text ready", Unit.MILLIS, false),
    SINGLY("singly", "every update applied singly", Unit.MILLIS, false),
    KEYSTROKE("keystroke", "one remote key while both type, encode and apply", Unit.MICROS, false),
    FILE("file", "file with full history", Unit.BYTES, false),
    OPEN("open", "saved document to text", Unit.MILLIS, false);

    /** Of a reading. */
    enum Unit {
        MILLIS("ms"),
        MICROS("µs"),
        BYTES("B");

        private final String sign;

        Unit(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }
    }

    private final String word;
    private final String title;
    private final Unit unit;
    private final boolean sequentialOnly;

    Operation(String word, String title, Unit unit, boolean sequentialOnly) {
        this.word = word;
        this.title = title;
        this.unit = unit;
        this.sequentialOnly = sequentialOnly;
    }

    /** Its name on the command line, in the JSON, and on the wire to the peers. */
    String word() {
        return word;
    }

    String title() {
        return title;
    }

    Unit unit() {
        return unit;
    }

    /** Whether it makes sense for a history with branches: nobody can type one at one place. */
    boolean appliesTo(boolean sequential) {
        return sequential || !sequentialOnly;
    }

    /** Whether another round would say the same. */
    boolean isExact() {
        return unit == Unit.BYTES;
    }

    static Optional<Operation> ofWord(String word) {
        return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
    }
}
