package dev.metalog.server.simulate;

import dev.metalog.protocol.Limits;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.workspace.Audit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A few machines that share a document, typed into through everything that goes wrong; then the faults end, and within
 * {@value #QUIET_MILLIS} ms all must show the same text with every key in it that was safe.
 */
final class World {
    static final long QUIET_MILLIS = 30_000;
    private static final int MOST_SESSIONS = 256;

    private static final long YEAR_MILLIS = 365L * 24 * 60 * 60 * 1_000;
    private static final List<PeerIdentity> IDENTITIES = identities();

    /**
     * How a seed ended.
     *
     * @param faults those that were drawn for it
     * @param diverged what differs, or {@code null}
     * @param lost keys that were safe and are not in the text
     */
    record Outcome(long seed, String faults, String diverged, int lost, int keys, int messages, long traceHash) {
        boolean isGood() {
            return diverged == null && lost == 0;
        }
    }

    private final long seed;
    private final Clockwork clockwork;
    private final Keys keys = new Keys();
    private final List<Machine> machines = new ArrayList<>();
    private final Broker broker;
    private final Set<Fault> faults;
    private String invitation;
    private boolean typing = true;
    private String diverged;

    World(long seed, Set<Fault> wanted) {
        this.seed = seed;
        clockwork = new Clockwork(seed);
        broker = new Broker(clockwork, machines);
        faults = EnumSet.noneOf(Fault.class);
        for (Fault fault : Fault.values()) {
            if (clockwork.chance(40) && wanted.contains(fault)) {
                faults.add(fault);
            }
        }
    }

    Outcome run() {
        int count = 2 + clockwork.below(3);
        for (int i = 0; i < count; i++) {
            // Some persons have two workspaces open.
            PeerIdentity identity = IDENTITIES.get(clockwork.chance(20) ? 0 : i);
            machines.add(new Machine(clockwork, keys, broker, identity, i));
        }
        begin();
        long end = clockwork.nowMillis() + clockwork.between(4_000, 10_000);
        machines.forEach(this::typeOn);
        plan(end);
        advance(end);
        endFaults();
        advance(clockwork.nowMillis() + QUIET_MILLIS);
        return judge();
    }

    private void begin() {
        for (Machine machine : machines) {
            machine.start();
            machine.openEditor();
            if (clockwork.chance(25)) {
                machine.openEditor();
            }
        }
        advance(100);
        Machine first = machines.get(0);
        invitation = first.share(first.typists().get(0));
        for (Machine machine : machines.subList(1, machines.size())) {
            machine.join(machine.typists().get(0), invitation);
        }
        advance(clockwork.nowMillis() + 500);
    }

    private void typeOn(Machine machine) {
        clockwork.in(clockwork.between(20, 800), () -> {
            if (typing) {
                List<Typist> typists = machine.typists();
                if (!typists.isEmpty() && machine.isTaking()) {
                    typists.get(clockwork.below(typists.size())).type();
                }
                typeOn(machine);
            }
        });
    }

    private void advance(long untilMillis) {
        while (clockwork.step(untilMillis)) {
            boolean changed = false;
            for (Machine machine : machines) {
                changed |= machine.takeChanged();
            }
            if (changed) {
                check();
            }
        }
    }

    // Faults.

    private void plan(long endMillis) {
        broker.lossPercent = faults.contains(Fault.LOSS) ? 5 + clockwork.below(30) : 0;
        broker.doublePercent = faults.contains(Fault.DUPLICATION) ? 20 : 0;
        broker.delayPercent = faults.contains(Fault.DELAY) ? 10 : 0;
        for (Fault fault : Fault.values()) {
            for (int times = faults.contains(fault) ? 1 + clockwork.below(3) : 0; times > 0; times--) {
                long at = clockwork.between(0, endMillis - clockwork.nowMillis());
                Machine machine = machines.get(clockwork.below(machines.size()));
                clockwork.in(at, () -> {
                    if (typing) {
                        strike(fault, machine);
                    }
                });
            }
        }
    }

    private void strike(Fault fault, Machine machine) {
        clockwork.trace(fault.name().hashCode());
        switch (fault) {
            case LOSS, DUPLICATION, DELAY -> {
                // All the time.
            }
            case PARTITION -> part(machine);
            case LINK -> {
                machine.linkDown();
                clockwork.in(clockwork.between(10, 4_000), machine::linkUp);
            }
            case BROKER -> broker.restart();
            case KILL -> kill(machine);
            case POWER -> losePower(machine);
            case FLIP -> {
                // With an editor that outlived it, nobody could tell what of its text was typed since: see Restored.
                if (losePower(machine)) {
                    keys.excuse(onlyHere(machine, machine.disk().flip()));
                }
            }
            case FULL -> {
                machine.disk().fill();
                clockwork.in(clockwork.between(100, 3_000), machine::freeDisk);
            }
            case CLOCK -> machine.setClock(clockwork.between(-YEAR_MILLIS, YEAR_MILLIS));
            case EDITOR -> {
                if (machine.isRunning() && !machine.typists().isEmpty()) {
                    keys.excuse(machine.killEditor(machine.typists()
                            .get(clockwork.below(machine.typists().size()))));
                }
            }
            case CHURN -> churn(machine);
        }
    }

    private void part(Machine machine) {
        Machine other = machines.get(clockwork.below(machines.size()));
        broker.part(machine.number(), other.number());
        if (clockwork.chance(50)) {
            broker.part(other.number(), machine.number());
        }
        clockwork.in(clockwork.between(500, 5_000), broker::heal);
    }

    private void kill(Machine machine) {
        if (machine.isRunning()) {
            Set<Integer> elsewhere = keysElsewhere(machine);
            Set<Integer> gone = machine.kill();
            gone.removeAll(elsewhere);
            keys.excuse(gone);
            clockwork.in(clockwork.between(10, 3_000), () -> startAgain(machine));
        }
    }

    private boolean losePower(Machine machine) {
        boolean happens = machine.isRunning();
        if (happens) {
            Set<Integer> elsewhere = keysElsewhere(machine);
            Set<Integer> gone = machine.losePower();
            gone.removeAll(elsewhere);
            keys.excuse(gone);
            clockwork.in(clockwork.between(10, 3_000), () -> startAgain(machine));
        }
        return happens;
    }

    private void startAgain(Machine machine) {
        if (!machine.isRunning()) {
            machine.start();
        }
    }

    private void churn(Machine machine) {
        if (!machine.isRunning() || machine.typists().isEmpty() || machine.number() == 0) {
            return;
        }
        Audit before = machine.audit();
        if (before != null) {
            Set<Integer> here = machine.shownOnly();
            before.text().toString().codePoints().forEach(here::add);
            keys.excuse(onlyHere(machine, here));
        }
        Typist typist = machine.typists().get(0);
        if (machine.leave(typist)) {
            clockwork.in(clockwork.between(10, 2_000), () -> rejoin(machine));
        }
    }

    /** Into an empty document: what it showed is the others' now. */
    private void rejoin(Machine machine) {
        if (machine.audit() != null) {
            return;
        }
        if (!machine.isRunning()) {
            clockwork.in(1_000, () -> rejoin(machine));
            return;
        }
        for (Typist typist : List.copyOf(machine.typists())) {
            keys.excuse(typist.die());
            machine.close(typist);
        }
        Typist typist = machine.openEditor();
        clockwork.in(200, () -> {
            if (machine.isRunning() && !typist.isGone()) {
                machine.join(typist, invitation);
            } else {
                rejoin(machine);
            }
        });
    }

    private Set<Integer> onlyHere(Machine machine, Set<Integer> some) {
        Set<Integer> only = new HashSet<>(some);
        only.removeAll(keysElsewhere(machine));
        return only;
    }

    /** What some other running sidecar has in its text. */
    private Set<Integer> keysElsewhere(Machine machine) {
        Set<Integer> elsewhere = new HashSet<>();
        for (Machine other : machines) {
            Audit audit = other == machine ? null : other.audit();
            if (audit != null) {
                audit.text().toString().codePoints().forEach(elsewhere::add);
            }
        }
        return elsewhere;
    }

    private void endFaults() {
        typing = false;
        broker.lossPercent = 0;
        broker.doublePercent = 0;
        broker.delayPercent = 0;
        broker.heal();
        for (Machine machine : machines) {
            machine.freeDisk();
            startAgain(machine);
            machine.linkUp();
        }
    }

    // Judgement.

    /** After every step: equal versions are equal texts, and nothing grows beyond its bound. */
    private void check() {
        for (int i = 0; i < machines.size() && diverged == null; i++) {
            Audit one = machines.get(i).audit();
            if (one == null) {
                continue;
            }
            if (one.waiting() > Limits.PENDING_BUNDLES || one.sessions() > MOST_SESSIONS) {
                diverged = "machine " + i + " has " + one.waiting() + " waiting and " + one.sessions() + " sessions";
            }
            for (int k = 0; k < i && diverged == null; k++) {
                Audit other = machines.get(k).audit();
                if (other != null
                        && one.tip().equals(other.tip())
                        && !one.text().equals(other.text())) {
                    diverged = "machines " + k + " and " + i + " have other texts at one version";
                }
            }
        }
    }

    private Outcome judge() {
        String text = null;
        for (Machine machine : machines) {
            Audit audit = machine.audit();
            if (audit == null) {
                diverged = diverged == null ? "machine " + machine.number() + " has no document" : diverged;
                continue;
            }
            text = text == null ? audit.text().toString() : text;
            if (diverged == null && !text.contentEquals(audit.text().toString())) {
                diverged = "machine " + machine.number() + " has other text than the first, 30 s after the faults";
            }
            for (Typist typist : machine.typists()) {
                if (diverged == null && !typist.text().equals(text)) {
                    diverged = "an editor of machine " + machine.number() + " shows other text";
                }
            }
        }
        int doubled = text == null ? 0 : keys.doubled(text);
        if (diverged == null && doubled > 0) {
            diverged = doubled + " keys are there twice";
        }
        int lost = text == null ? keys.typed() : keys.lost(text);
        return new Outcome(
                seed, faults.toString(), diverged, lost, keys.typed(), broker.messages(), clockwork.traceHash());
    }

    private static List<PeerIdentity> identities() {
        List<PeerIdentity> list = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] entropy = new byte[Mnemonic.ENTROPY_BYTES];
            entropy[0] = (byte) (i + 1);
            list.add(PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(entropy), ""));
        }
        return list;
    }
}
