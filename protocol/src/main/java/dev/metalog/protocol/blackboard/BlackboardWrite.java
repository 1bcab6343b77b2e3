package dev.metalog.protocol.blackboard;

import dev.metalog.protocol.EventId;
import java.util.List;

/**
 * One immutable step of one replica: it erases postings that it has seen, and may put one of its own.
 *
 * @param id its writer, and how many writes that writer had made before it
 * @param erased the writes whose postings it takes away, in their order, each once
 * @param posting absent ({@code null}) when it only erases
 */
public record BlackboardWrite(EventId id, List<EventId> erased, Posting posting) {
    public BlackboardWrite {
        erased = List.copyOf(erased);
        for (int i = 0; i < erased.size(); i++) {
            if (erased.get(i).equals(id) || (i > 0 && erased.get(i - 1).compareTo(erased.get(i)) >= 0)) {
                throw new IllegalArgumentException(
                        "A write erases other writes than itself, each once, in their order.");
            }
        }
    }
}
