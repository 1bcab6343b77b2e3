package dev.metalog.server.link.direct;

import dev.metalog.server.link.LinkLimits;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The messages of one link that wait for the listener.
 *
 * <p>Overflow rule: when there are too many, or too much, the link is read no further until half of them are gone. Then what
 * the other end has to say waits there, in a queue of its own, and not here.
 */
final class Unheard {
    private final Network network;
    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicInteger bytes = new AtomicInteger();
    private volatile boolean paused;

    Unheard(Network network) {
        this.network = network;
    }

    /** Whether the link is not read at the moment. */
    boolean isPaused() {
        return paused;
    }

    /** A message goes to the listener. On the network's thread. */
    void arrived(Channel channel, int payloadBytes) {
        boolean tooMany = messages.incrementAndGet() >= LinkLimits.DIRECT_UNHEARD_MESSAGES;
        boolean tooMuch = bytes.addAndGet(payloadBytes) >= LinkLimits.DIRECT_UNHEARD_BYTES;
        network.tallies().hearing().reached(network.unheard());
        if (tooMany || tooMuch) {
            if (!paused) {
                network.tallies().hearing().overflowed();
            }
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    /** The listener is done with a message. Any thread. */
    void delivered(Channel channel, int payloadBytes) {
        messages.decrementAndGet();
        bytes.addAndGet(-payloadBytes);
        if (paused && isCaughtUp()) {
            network.execute(() -> resume(channel));
        }
    }

    private void resume(Channel channel) {
        if (paused && isCaughtUp()) {
            paused = false;
            channel.config().setAutoRead(true);
        }
    }

    private boolean isCaughtUp() {
        return messages.get() <= LinkLimits.DIRECT_UNHEARD_MESSAGES / 2
                && bytes.get() <= LinkLimits.DIRECT_UNHEARD_BYTES / 2;
    }
}
