package dev.metalog.server.blackboard;

import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.Posting;
import java.util.List;

/**
 * One entry as it is shown.
 *
 * @param shown the value, or the members of the set in the order of their texts; never empty
 */
public record Entry(EntryName name, Posting.Kind kind, List<Posted> shown) {
    public Entry {
        shown = List.copyOf(shown);
    }
}
