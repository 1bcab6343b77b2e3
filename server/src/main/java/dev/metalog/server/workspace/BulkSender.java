package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.server.sync.SyncEffect;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Sends pieces of answers so slowly that what is typed overtakes them: a few at a time, the next when a broker has taken
 * one over.
 *
 * <p>Overflow rule: when {@value #MOST_BYTES} bytes wait, what comes is dropped, and whoever asked for it asks again. When
 * no way is open everything is.
 */
final class BulkSender {
    static final int MOST_BYTES = 16 << 20;
    /** Pieces given to the links and not taken over yet. */
    static final int MOST_UNDER_WAY = 2;

    private record Waiting(Channel channel, SyncEffect.Say say, int bytes) {}

    private final Ways ways;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Set<Long> underWay = new HashSet<>();
    private int bytes;

    BulkSender(Ways ways) {
        this.ways = ways;
    }

    /** @return whether it will be sent, unless every way closes before */
    boolean add(Channel channel, SyncEffect.Say say) {
        int size = say.bytes();
        if (!ways.areOpen() || bytes + size > MOST_BYTES) {
            return false;
        }
        waiting.add(new Waiting(channel, say, size));
        bytes += size;
        pump();
        return true;
    }

    /** A message was taken over, or it never will. */
    void settled(long token) {
        if (underWay.remove(token)) {
            pump();
        }
    }

    /** What was under way may never be heard of again. */
    void linkDown() {
        underWay.clear();
        if (!ways.areOpen()) {
            waiting.clear();
            bytes = 0;
        } else {
            pump();
        }
    }

    /** Nothing more is sent to it. */
    void forget(PeerId peer) {
        waiting.removeIf(one -> {
            boolean its = one.say().to() != null && one.say().to().peer().equals(peer);
            bytes -= its ? one.bytes() : 0;
            return its;
        });
    }

    int waitingBytes() {
        return bytes;
    }

    private void pump() {
        while (underWay.size() < MOST_UNDER_WAY && !waiting.isEmpty()) {
            Waiting next = waiting.poll();
            bytes -= next.bytes();
            if (next.channel().isSilent()) {
                continue;
            }
            underWay.add(next.channel().send(next.say().to(), next.say().message()));
        }
    }
}
