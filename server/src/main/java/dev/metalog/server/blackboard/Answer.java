package dev.metalog.server.blackboard;

import dev.metalog.protocol.blackboard.BlackboardMessage;
import java.util.List;

/**
 * What somebody lacks, or the first part of it.
 *
 * @param upTo where it ends, and the next one goes on; {@link #END} when that was all
 */
public record Answer(List<BlackboardMessage> messages, long upTo) {
    static final long END = 0;

    public Answer {
        messages = List.copyOf(messages);
    }

    /** Whether there is more, to be asked for again. */
    public boolean more() {
        return upTo != END;
    }
}
