package dev.metalog.server.link.direct;

import dev.metalog.protocol.QueueTally;

/**
 * How full the queues of all direct links were.
 *
 * @param sending messages of one kind that waited for one link; each overflow closed a link
 * @param hearing messages of all links that waited for the listener; each overflow paused the reading of a link
 */
public record DirectTallies(QueueTally sending, QueueTally hearing) {
    DirectTallies() {
        this(new QueueTally(), new QueueTally());
    }
}
