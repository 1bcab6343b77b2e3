package dev.metalog.server.simulate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A broker that nobody should trust, and the wire to it. Everything it may do wrong it does by chance. */
final class Broker {
    static final String URL = "mqtt://127.0.0.1:1";

    private final Clockwork clockwork;
    private final List<Machine> machines;
    /** By machine: whom it does not hear. */
    private final Map<Integer, Set<Integer>> deafTo = new TreeMap<>();

    private long life;
    private int messages;

    int lossPercent;
    int doublePercent;
    int delayPercent;

    Broker(Clockwork clockwork, List<Machine> machines) {
        this.clockwork = clockwork;
        this.machines = machines;
    }

    /** Whom alone a topic is for of those whom somebody blocks; {@code null} when that is nobody. */
    Machine blockedAddressee(Machine from, String topic) {
        boolean alone = topic.chars().filter(c -> c == '/').count() == 3;
        return machines.stream()
                .filter(to -> alone && to.wire().hears(topic) && from.blocks(to.peer()))
                .findFirst()
                .orElse(null);
    }

    List<Machine> machines() {
        return machines;
    }

    /** How many messages were handed over to it. */
    int messages() {
        return messages;
    }

    void publish(Machine from, String topic, byte[] payload) {
        messages++;
        for (Machine to : machines) {
            boolean deaf = deafTo.getOrDefault(to.number(), Set.of()).contains(from.number());
            if (!to.wire().hears(topic) || deaf || clockwork.chance(lossPercent)) {
                continue;
            }
            deliver(from, to, topic, payload);
            if (clockwork.chance(doublePercent)) {
                deliver(from, to, topic, payload);
            }
        }
    }

    private void deliver(Machine from, Machine to, String topic, byte[] payload) {
        long current = life;
        long session = to.wire().session();
        long delay = clockwork.between(1, 5) + (clockwork.chance(delayPercent) ? clockwork.between(20, 3_000) : 0);
        clockwork.in(delay, () -> {
            if (life == current && to.wire().session() == session) {
                to.receive(from, topic, payload);
            }
        });
    }

    void part(int deaf, int unheard) {
        deafTo.computeIfAbsent(deaf, none -> new LinkedHashSet<>()).add(unheard);
    }

    void heal() {
        deafTo.clear();
    }

    /** What is under way is gone, and every link has to be made anew. */
    void restart() {
        life++;
        for (Machine machine : machines) {
            machine.wire().down();
            clockwork.in(clockwork.between(50, 2_000), machine.wire()::up);
        }
    }
}
