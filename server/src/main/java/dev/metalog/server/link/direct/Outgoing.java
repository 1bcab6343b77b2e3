package dev.metalog.server.link.direct;

import dev.metalog.protocol.QueueTally;
import dev.metalog.server.link.LinkLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The frames that wait for one link: what is about the link itself goes first, then urgent messages, then the others; each
 * in the order they came. Thread-safe.
 *
 * <p>Overflow rule: a frame that would be beyond a bound is not taken, and from there on nothing is: the link is closed, and
 * what was lost is found by anti-entropy over the next one.
 */
final class Outgoing {
    private final Queue<byte[]> control = new ArrayDeque<>();
    private final Lane urgent = new Lane();
    private final Lane bulk = new Lane();
    private final List<byte[]> dropped = new ArrayList<>();
    private final QueueTally tally;
    private boolean ended;

    Outgoing() {
        this(new QueueTally());
    }

    /** @param tally of the messages that wait in one lane */
    Outgoing(QueueTally tally) {
        this.tally = tally;
    }

    private static final class Lane {
        final Queue<byte[]> frames = new ArrayDeque<>();
        int bytes;

        boolean hasRoomFor(byte[] frame) {
            return frames.size() < LinkLimits.DIRECT_QUEUE_MESSAGES
                    && bytes + frame.length <= LinkLimits.DIRECT_QUEUE_BYTES;
        }

        void add(byte[] frame) {
            frames.add(frame);
            bytes += frame.length;
        }

        byte[] poll() {
            byte[] frame = frames.poll();
            bytes -= frame == null ? 0 : frame.length;
            return frame;
        }
    }

    /** Takes a message. False when nothing is taken any more, because of this one or before. */
    synchronized boolean offer(byte[] frame, boolean isUrgent) {
        Lane lane = isUrgent ? urgent : bulk;
        if (!ended && !lane.hasRoomFor(frame)) {
            ended = true;
            tally.overflowed();
        }
        if (!ended) {
            lane.add(frame);
            tally.reached(lane.frames.size());
        }
        return !ended;
    }

    /** Takes a frame about the link itself, in the same way. */
    synchronized boolean offerControl(byte[] frame) {
        ended = ended || control.size() >= LinkLimits.DIRECT_CONTROL_FRAMES;
        if (!ended) {
            control.add(frame);
        }
        return !ended;
    }

    /** The next to be sent, or null. */
    synchronized byte[] poll() {
        byte[] frame = control.poll();
        if (frame == null) {
            frame = urgent.poll();
        }
        return frame == null ? bulk.poll() : frame;
    }

    /** Takes nothing more and throws away what waits. */
    synchronized void end() {
        ended = true;
        dropped.addAll(urgent.frames);
        dropped.addAll(bulk.frames);
        control.clear();
        urgent.frames.clear();
        urgent.bytes = 0;
        bulk.frames.clear();
        bulk.bytes = 0;
    }

    /** Takes nothing more but this last frame; the messages that wait go over to the other. False when it has no room. */
    synchronized boolean endWith(byte[] last, Outgoing successor) {
        boolean taken = true;
        for (byte[] frame = urgent.poll(); frame != null; frame = urgent.poll()) {
            taken &= handOver(frame, true, successor);
        }
        for (byte[] frame = bulk.poll(); frame != null; frame = bulk.poll()) {
            taken &= handOver(frame, false, successor);
        }
        end();
        control.add(last);
        return taken;
    }

    private boolean handOver(byte[] frame, boolean isUrgent, Outgoing successor) {
        boolean taken = successor.offer(frame, isUrgent);
        if (!taken) {
            dropped.add(frame);
        }
        return taken;
    }

    /** The messages that will not be sent, each told once. */
    synchronized List<byte[]> takeDropped() {
        List<byte[]> taken = List.copyOf(dropped);
        dropped.clear();
        return taken;
    }

    synchronized int messages() {
        return urgent.frames.size() + bulk.frames.size();
    }

    synchronized int bytes() {
        return urgent.bytes + bulk.bytes;
    }
}
