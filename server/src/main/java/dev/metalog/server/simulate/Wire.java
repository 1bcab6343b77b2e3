package dev.metalog.server.simulate;

import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/** A machine's way to the broker. What is to be sent while it is down waits, as long as it is not too much. */
final class Wire {
    /** As in the sidecar: what a link holds while it is down, at most. */
    private static final int OUTBOX = 64;

    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared, never a key
    private record Unsent(String topic, byte[] payload, long token) {}

    private final Clockwork clockwork;
    private final Broker broker;
    private final Machine machine;
    private final Set<String> topics = new LinkedHashSet<>();
    private final Deque<Unsent> outbox = new ArrayDeque<>();
    private boolean up;
    private long sent;
    private long session;

    Wire(Clockwork clockwork, Broker broker, Machine machine) {
        this.clockwork = clockwork;
        this.broker = broker;
        this.machine = machine;
    }

    /** Counts how often it came or went: what is under way reaches only the session it was sent in. */
    long session() {
        return session;
    }

    boolean hears(String topic) {
        return up && topics.contains(topic);
    }

    /** Whether the sidecar wants to hear it, by whatever way. */
    boolean wants(String topic) {
        return topics.contains(topic);
    }

    void subscribe(String topic) {
        topics.add(topic);
    }

    void unsubscribe(String topic) {
        topics.remove(topic);
    }

    void up() {
        if (up || !machine.isRunning()) {
            return;
        }
        up = true;
        session++;
        machine.hear(new Input.LinkUp(Broker.URL));
        while (!outbox.isEmpty() && up) {
            handOver(outbox.poll());
        }
    }

    void down() {
        if (up) {
            up = false;
            session++;
            machine.hear(new Input.LinkDown(Broker.URL, "cut by the simulation"));
        }
    }

    /** The process that held it is gone. */
    void die() {
        up = false;
        session++;
        topics.clear();
        outbox.clear();
    }

    /** How many messages were given to it in all. */
    long sent() {
        return sent;
    }

    void send(Effect.Send send) {
        sent++;
        Unsent message = new Unsent(send.topic(), send.envelope(), send.token());
        if (up) {
            handOver(message);
        } else if (outbox.size() < OUTBOX) {
            outbox.add(message);
        } else {
            machine.hearLater(new Input.NotPublished(Broker.URL, send.token(), "too many wait"));
        }
    }

    private void handOver(Unsent message) {
        long life = machine.life();
        clockwork.in(clockwork.between(1, 3), () -> {
            if (life != machine.life()) {
                return;
            }
            if (up) {
                broker.publish(machine, message.topic(), message.payload());
                machine.hear(new Input.Acknowledged(Broker.URL, message.token()));
            } else {
                machine.hear(new Input.NotPublished(Broker.URL, message.token(), "the link went down"));
            }
        });
    }
}
