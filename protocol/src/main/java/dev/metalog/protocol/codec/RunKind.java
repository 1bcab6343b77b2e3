package dev.metalog.protocol.codec;

/**
 * What a run of units does. The numbers are part of the byte form.
 *
 * <p>In every kind each unit has the unit before it as its only parent. A run of {@code length} units at
 * {@code position}, its units counted by k from 0:
 *
 * <ul>
 *   <li>{@link #INSERTION}: unit k inserts one code unit at {@code position + k}; units typed one after another. Another
 *       event may follow any unit that is not the first half of a surrogate pair.
 *   <li>{@link #DELETION}: one atomic event that deletes {@code length} code units from {@code position} on. Another event
 *       may follow its last unit only.
 *   <li>{@link #DELETE_KEYS}: unit k is an event of its own and deletes one code unit at {@code position}, where the next
 *       one has moved to: the Del key. Two units or more.
 *   <li>{@link #BACKSPACES}: unit k is an event of its own and deletes one code unit at {@code position - k}. Two units or
 *       more.
 * </ul>
 */
public enum RunKind {
    INSERTION(0),
    DELETION(1),
    DELETE_KEYS(2),
    BACKSPACES(3);

    private static final RunKind[] BY_NUMBER = values();

    private final int number;

    RunKind(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** @param number 0 to 3 */
    static RunKind of(int number) {
        return BY_NUMBER[number];
    }

    /** Where the next edit is likely: the place of the cursor after a run of this kind. */
    static int cursorAfter(int kindNumber, int position, int length) {
        if (kindNumber == 0) {
            return position + length;
        }
        return kindNumber == 3 ? position - length + 1 : position;
    }
}
