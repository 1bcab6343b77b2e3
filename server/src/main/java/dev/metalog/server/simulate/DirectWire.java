package dev.metalog.server.simulate;

import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.reach.Endpoint;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A machine's direct links to others, as their sockets would behave: in order, without loss while one is up, and what is under
 * way when it is cut is gone.
 */
final class DirectWire {
    private static final int PORT = 4_711;
    /** Before a link that carried something is taken for one that may be dead. */
    private static final long PROOF_MILLIS = 700;

    private final Clockwork clockwork;
    private final List<Machine> machines;
    private final Machine machine;
    /** Whom the sidecar wants a link to. */
    private final Map<Endpoint, Long> sought = new LinkedHashMap<>();
    /** By machine: the number of the link that is up. */
    private final Map<Machine, Long> links = new LinkedHashMap<>();

    private Set<PeerId> welcome = Set.of();
    private long cutUntilMillis;
    private boolean swallows;
    private long lastNumber;

    DirectWire(Clockwork clockwork, List<Machine> machines, Machine machine) {
        this.clockwork = clockwork;
        this.machines = machines;
        this.machine = machine;
    }

    /** The sidecar is up, and listens from now on. */
    void listen() {
        long life = machine.life();
        clockwork.in(clockwork.between(1, 300), () -> {
            if (life == machine.life() && machine.isRunning()) {
                machine.hear(new Input.Listening(List.of(address())));
            }
        });
    }

    private NetAddress address() {
        return new NetAddress("10.0.0." + (machine.number() + 1), PORT);
    }

    void welcome(Set<PeerId> peers) {
        welcome = peers;
    }

    void seek(Endpoint endpoint) {
        long number = ++lastNumber;
        sought.put(endpoint, number);
        dial(endpoint, number, clockwork.between(1, 20));
    }

    void forsake(Endpoint endpoint) {
        sought.remove(endpoint);
        links.keySet().stream()
                .filter(other -> other.endpoint().equals(endpoint))
                .toList()
                .forEach(other -> cut(other, "it is not wanted"));
    }

    private void dial(Endpoint endpoint, long number, long delayMillis) {
        long life = machine.life();
        clockwork.in(delayMillis, () -> {
            if (life != machine.life() || !Long.valueOf(number).equals(sought.get(endpoint))) {
                return;
            }
            machines.stream()
                    .filter(other ->
                            other.endpoint().equals(endpoint) && other.direct().lets(machine))
                    .findFirst()
                    .ifPresent(this::link);
            dial(endpoint, number, clockwork.between(1_000, 5_000));
        });
    }

    private boolean lets(Machine other) {
        return machine.isRunning() && welcome.contains(other.peer()) && !isCut();
    }

    private boolean isCut() {
        return clockwork.nowMillis() < cutUntilMillis;
    }

    private void link(Machine other) {
        if (other == machine || isCut() || links.containsKey(other)) {
            return;
        }
        long number = ++lastNumber;
        links.put(other, number);
        other.direct().links.put(machine, number);
        machine.hear(new Input.DirectUp(other.endpoint(), other.direct().address()));
        if (links.containsKey(other)) {
            other.hear(new Input.DirectUp(machine.endpoint(), address()));
        }
    }

    /** No link of this machine works for a while. */
    void cutFor(long millis) {
        cutUntilMillis = clockwork.nowMillis() + millis;
        List.copyOf(links.keySet()).forEach(other -> cut(other, "cut by the simulation"));
    }

    /** From now on its links stay up and carry nothing away, as when a cable is pulled. */
    void swallow() {
        swallows = true;
    }

    void heal() {
        swallows = false;
        cutUntilMillis = 0;
    }

    private void cut(Machine other, String why) {
        links.remove(other);
        other.direct().links.remove(machine);
        for (Machine end : List.of(machine, other)) {
            Machine far = end == machine ? other : machine;
            clockwork.in(clockwork.between(0, 50), () -> {
                if (end.isRunning() && !end.direct().links.containsKey(far)) {
                    end.hear(new Input.DirectDown(far.endpoint(), why));
                }
            });
        }
    }

    /** The process that held them is gone. */
    void die() {
        List.copyOf(links.keySet()).forEach(other -> cut(other, "its process is gone"));
        sought.clear();
        welcome = Set.of();
    }

    /** Returns whether the brokers are not needed for it, as far as is known; those of a link that was cut then get it later. */
    boolean send(Effect.Send send) {
        int sent = 0;
        for (Map.Entry<Machine, Long> link : List.copyOf(links.entrySet())) {
            Machine other = link.getKey();
            boolean isFor = send.to() == null || send.to().equals(other.peer());
            if (isFor && other.wire().wants(send.topic())) {
                deliver(other, link.getValue(), send);
                sent++;
            }
        }
        return sent > 0 && (send.to() != null || (send.linked() > 0 && sent >= send.linked()));
    }

    private void turnToBrokers(long life, Effect.Send send) {
        clockwork.in(PROOF_MILLIS, () -> {
            if (life == machine.life() && machine.isRunning() && !send.brokers().isEmpty()) {
                machine.wire().send(send);
            }
        });
    }

    private void deliver(Machine other, long number, Effect.Send send) {
        long life = machine.life();
        clockwork.in(1, () -> {
            boolean isUp = Long.valueOf(number).equals(links.get(other)) && other.isRunning() && !swallows;
            if (isUp) {
                other.receiveDirectly(machine, send.topic(), send.envelope());
            }
            if (life == machine.life() && machine.isRunning()) {
                if (!isUp && send.to() == null && send.linked() > 0) {
                    turnToBrokers(life, send);
                }
                machine.hear(
                        isUp
                                ? new Input.Acknowledged("", send.token())
                                : new Input.NotPublished("", send.token(), "the link was cut"));
            }
        });
    }
}
