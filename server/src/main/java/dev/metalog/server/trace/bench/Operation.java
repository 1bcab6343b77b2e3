package dev.metalog.server.trace.bench;

import java.util.Arrays;
import java.util.Optional;

/** What is measured. Each has a fresh document in every round; making the input ready is not part of it. */
enum Operation {
    LOCAL("local", "all edits typed here", Unit.MILLIS, Scope.SEQUENTIAL),
    LOCAL_UPDATES("localUpdates", "typed, an encoded update each", Unit.MILLIS, Scope.SEQUENTIAL),
    MERGE("merge", "full history into a fresh replica, text ready", Unit.MILLIS, Scope.ALL),
    SINGLY("singly", "every update applied singly", Unit.MILLIS, Scope.ALL),
    KEYSTROKE("keystroke", "one remote key while both type, encode and apply", Unit.MICROS, Scope.ALL),
    FILE("file", "file with full history", Unit.BYTES, Scope.ALL),
    OPEN("open", "saved document to text", Unit.MILLIS, Scope.ALL),
    FIRST_OPEN("firstOpen", "the same, first in a fresh process", Unit.MILLIS, Scope.ALL),
    HEAP("heap", "heap after opening, history not decoded", Unit.BYTES, Scope.OURS),
    HEAP_DECODED("heapDecoded", "heap after opening, history decoded", Unit.BYTES, Scope.OURS),
    GROWTH_TYPED("growthTyped", "25 times as many edits typed: time", Unit.TIMES, Scope.OURS_SEQUENTIAL),
    GROWTH_MERGED("growthMerged", "25 times the history merged: time", Unit.TIMES, Scope.OURS),
    GROWTH_OPENED("growthOpened", "25 times the document opened: time", Unit.TIMES, Scope.OURS),
    KEY_BY_LENGTH("keyByLength", "a key in 25 times the text: time", Unit.TIMES, Scope.OURS),
    KEY_BY_HISTORY("keyByHistory", "a key after 25 times the history: time", Unit.TIMES, Scope.OURS);

    /** Whom and what it is for. */
    private enum Scope {
        ALL,
        /** Nobody can type a history with branches at one place. */
        SEQUENTIAL,
        /** Only ours is looked at. */
        OURS,
        OURS_SEQUENTIAL
    }

    /** Of a reading. */
    enum Unit {
        MILLIS("ms"),
        MICROS("µs"),
        BYTES("B"),
        TIMES("×");

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
    private final Scope scope;

    Operation(String word, String title, Unit unit, Scope scope) {
        this.word = word;
        this.title = title;
        this.unit = unit;
        this.scope = scope;
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

    /** Whether it makes sense for a history with branches. */
    boolean appliesTo(boolean sequential) {
        return sequential || (scope != Scope.SEQUENTIAL && scope != Scope.OURS_SEQUENTIAL);
    }

    /** Whether others can be measured beside ours. */
    boolean isForPeers() {
        return scope == Scope.ALL || scope == Scope.SEQUENTIAL;
    }

    /** Whether another round would say the same. */
    boolean isExact() {
        return this == FILE;
    }

    /** Whether what ran before makes a difference to it. */
    boolean warmsUp() {
        return unit != Unit.BYTES && this != FIRST_OPEN;
    }

    static Optional<Operation> ofWord(String word) {
        return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
    }
}
