package dev.metalog.server.blackboard;

import dev.metalog.protocol.blackboard.BlackboardMessage;
import java.util.List;

/**
 * What somebody lacks, or the first part of it.
 *
 * @param more whether there is more, to be asked for again
 */
public record Answer(List<BlackboardMessage> messages, boolean more) {
    public Answer {
        messages = List.copyOf(messages);
    }
}
