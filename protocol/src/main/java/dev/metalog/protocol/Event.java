package dev.metalog.protocol;

import java.util.List;

/**
 * One immutable run: a piece of text inserted, or a stretch of text deleted, at one place in one version.
 *
 * <p>A run of n code units is n numbered units, {@code id.seq()} to {@code id.seq() + n - 1}, so that runs can be
 * joined and cut without renaming anything. Unit k of an insertion puts one code unit at {@code position + k}; unit k
 * of a deletion deletes one code unit at {@code position}, where the next one has moved to.
 *
 * @param id the name of the first unit
 * @param parents the last unit of each event that this one directly follows, sorted; empty at the start of a document
 * @param kind insertion or deletion
 * @param position in UTF-16 code units, in the text of the version that the parents name
 * @param length in UTF-16 code units, 1 or more
 * @param inserted the text of an insertion ({@code length} units, no lone surrogate); empty for a deletion
 * @param stampMinutes when it was written, see {@link Stamp}; {@link Stamp#AS_BEFORE} for a writer's event of the same
 *     minute as the one before
 */
public record Event(
        EventId id, List<EventId> parents, Kind kind, int position, int length, String inserted, int stampMinutes) {
    /** What an event does. */
    public enum Kind {
        INSERTION,
        DELETION
    }

    public Event {
        parents = SortedEventIds.of(parents);
        if (parents.size() > Limits.EVENT_PARENTS) {
            throw new IllegalArgumentException(
                    id + " has " + parents.size() + " parents; at most " + Limits.EVENT_PARENTS + " are allowed.");
        }
        if (position < 0) {
            throw new IllegalArgumentException(id + " is at the negative position " + position + ".");
        }
        if (length < 1
                || (long) id.seq() + length > Integer.MAX_VALUE
                || (long) position + length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(id + " cannot be " + length + " units long.");
        }
        if (stampMinutes < Stamp.AS_BEFORE) {
            throw new IllegalArgumentException(id + " cannot be from minute " + stampMinutes + ".");
        }
        switch (kind) {
            case INSERTION -> checkText(id, length, inserted);
            case DELETION -> {
                if (!inserted.isEmpty()) {
                    throw new IllegalArgumentException(id + " is a deletion and cannot insert text.");
                }
            }
        }
    }

    private static void checkText(EventId id, int length, String inserted) {
        if (inserted.length() != length || length > Limits.EVENT_INSERTED_UNITS) {
            throw new IllegalArgumentException(id + " says " + length + " units and inserts " + inserted.length()
                    + "; at most " + Limits.EVENT_INSERTED_UNITS + " are allowed.");
        }
        int lone = Utf16.loneSurrogate(inserted);
        if (lone >= 0) {
            throw new IllegalArgumentException(id + " inserts half a surrogate pair at index " + lone + ".");
        }
    }

    /** An insertion of 1 to {@link Limits#EVENT_INSERTED_UNITS} code units. */
    public static Event insertion(EventId id, List<EventId> parents, int position, String text) {
        return new Event(id, parents, Kind.INSERTION, position, text.length(), text, Stamp.AS_BEFORE);
    }

    /** A deletion of {@code length} code units from {@code position} on. */
    public static Event deletion(EventId id, List<EventId> parents, int position, int length) {
        return new Event(id, parents, Kind.DELETION, position, length, "", Stamp.AS_BEFORE);
    }

    /** The same event, written in this minute. */
    public Event stamped(int minutes) {
        return new Event(id, parents, kind, position, length, inserted, minutes);
    }

    /** The name of the last unit: what an event that directly follows this one calls its parent. */
    public EventId lastId() {
        return new EventId(id.replica(), id.seq() + length - 1);
    }
}
