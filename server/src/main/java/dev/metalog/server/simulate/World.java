package dev.metalog.server.simulate;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.workspace.Audit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A few machines that share a document, typed into through everything that goes wrong; then the faults end, and within
 * {@value #QUIET_MILLIS} ms all must show the same text with every key in it that was safe.
 */
final class World {
    static final long QUIET_MILLIS = 30_000;
    private static final int MOST_SESSIONS = 256;
    private static final int MOST_BULK_BYTES = 16 << 20;
    /** So many hellos says a machine about a document in a minute at most when nothing happens. */
    private static final int HELLOS_A_MINUTE = 6;

    private static final int LONG = 3_000;
    private static final long DIRECT_DIE = 0x5EED_D1EC7L;
    private static final int BOARDS_PERCENT = 40;

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
    private final Keys keys;
    /** By number. */
    private final List<DocumentId> documents = new ArrayList<>();

    private final List<String> invitations = new ArrayList<>();
    private final int documentCount;
    private final List<Machine> machines = new ArrayList<>();
    private final Broker broker;
    /** One for all: what one of them has checked is good, and time is short. */
    private final Notary notary = new Notary();

    private final Set<Fault> faults;
    /** {@code null} when nobody shares one. */
    private final Board board;

    private boolean typing = true;
    private String diverged;

    World(long seed, Set<Fault> wanted) {
        this.seed = seed;
        clockwork = new Clockwork(seed);
        broker = new Broker(clockwork, machines);
        faults = EnumSet.noneOf(Fault.class);
        for (Fault fault : Fault.values()) {
            // By other dice: the seeds that are kept were found before there were blocks and direct links.
            boolean drawn = switch (fault) {
                case BLOCK -> new SplittableRandom(seed).nextInt(100) < 40;
                case DIRECT -> new SplittableRandom(seed + DIRECT_DIE).nextInt(100) < 50;
                default -> clockwork.chance(40);
            };
            if (drawn && wanted.contains(fault)) {
                faults.add(fault);
            }
        }
        documentCount = clockwork.chance(50) ? 1 : 2 + clockwork.below(2);
        keys = new Keys(documentCount);
        boolean isBoardShared = new SplittableRandom(~seed).nextInt(100) < BOARDS_PERCENT;
        board = isBoardShared ? new Board(seed, clockwork, keys, faults.contains(Fault.CLOCK)) : null;
    }

    Outcome run() {
        int count = 2 + clockwork.below(3);
        for (int i = 0; i < count; i++) {
            // Some persons have two workspaces open.
            PeerIdentity identity = IDENTITIES.get(clockwork.chance(20) ? 0 : i);
            byte[] random = new byte[DeviceKey.RANDOM_BYTES];
            new SplittableRandom(seed * 31 + i).nextBytes(random);
            DeviceKey device = DeviceKey.create(identity, random, Stamp.minutesAt(clockwork.nowMillis()));
            machines.add(new Machine(clockwork, keys, broker, identity, device, notary, i, documents));
        }
        if (faults.contains(Fault.MEMORY)) {
            machines.forEach(Machine::expectMemoryToFail);
        }
        if (faults.contains(Fault.DIRECT)) {
            machines.forEach(Machine::linkDirectly);
        }
        begin();
        long end = clockwork.nowMillis() + clockwork.between(4_000, 10_000);
        machines.forEach(this::typeOn);
        if (board != null) {
            board.begin(() -> typing);
        }
        plan(end);
        advance(end);
        endFaults();
        advance(clockwork.nowMillis() + QUIET_MILLIS);
        Outcome outcome = judge();
        return outcome.isGood() ? judgeQuiet() : outcome;
    }

    private void begin() {
        for (Machine machine : machines) {
            machine.start();
            for (int document = 0; document < documentCount; document++) {
                boolean isLong = machine.number() == 0 && clockwork.chance(20);
                machine.openEditor(document, isLong ? longText(document) : "");
                if (clockwork.chance(25)) {
                    machine.openEditor(document, "");
                }
            }
        }
        advance(100);
        Machine first = machines.get(0);
        for (int document = 0; document < documentCount; document++) {
            EditorMessages.Shared shared = first.share(first.typists(document).get(0));
            documents.add(new DocumentId(shared.documentId()));
            invitations.add(shared.invitation());
            for (Machine machine : machines.subList(1, machines.size())) {
                machine.join(machine.typists(document).get(0), shared.invitation());
            }
        }
        if (board != null) {
            board.share(machines);
        }
        advance(clockwork.nowMillis() + 500);
    }

    /** One long line without a space, as it is in data. */
    private String longText(int document) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < LONG; i++) {
            text.appendCodePoint(keys.type(document));
        }
        return text.toString();
    }

    private void typeOn(Machine machine) {
        clockwork.in(clockwork.between(20, 800), () -> {
            if (typing) {
                List<Typist> typists = machine.typists();
                Typist typist = typists.isEmpty() ? null : typists.get(clockwork.below(typists.size()));
                if (typist != null && !typist.isStunned() && machine.isTaking(typist.document())) {
                    typist.type();
                    if (clockwork.chance(10) && machine.canSave()) {
                        typist.save();
                    }
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
                machine.wire().down();
                clockwork.in(clockwork.between(10, 4_000), machine.wire()::up);
            }
            case BROKER -> broker.restart();
            case KILL -> kill(machine);
            case POWER -> losePower(machine, false);
            case FLIP -> {
                // With an editor that outlived it, nobody could tell what of its text was typed since: see Restored.
                if (losePower(machine, true)) {
                    keys.excuse(onlyHere(machine, machine.disk().flip()));
                }
            }
            case FULL -> {
                machine.disk().fill();
                clockwork.in(clockwork.between(100, 3_000), machine::freeDisk);
            }
            case CLOCK -> machine.setClock(clockwork.between(-YEAR_MILLIS, YEAR_MILLIS));
            case EDITOR -> killEditor(machine);
            case BOTH -> {
                long apart = clockwork.between(0, 60);
                boolean isEditorFirst = clockwork.chance(50);
                clockwork.in(isEditorFirst ? 0 : apart, () -> killEditor(machine));
                clockwork.in(isEditorFirst ? apart : 0, () -> kill(machine));
            }
            case CHURN -> churn(machine);
            case BLOCK -> {
                Machine other = machines.get(clockwork.below(machines.size()));
                machine.block(other.peer(), true);
                clockwork.in(clockwork.between(100, 5_000), () -> unblock(machine, other));
            }
            case MEMORY -> failMemory(machine);
            case DIRECT -> machine.direct().cutFor(clockwork.between(10, 4_000));
        }
    }

    private void failMemory(Machine machine) {
        int document = clockwork.below(documentCount);
        List<Typist> typists = machine.typists(document);
        if (clockwork.chance(30) && !typists.isEmpty()) {
            Typist typist = typists.get(clockwork.below(typists.size()));
            if (typist.isQuiet()) {
                typist.lose();
            }
        } else if (machine.isRunning()) {
            machine.flipMemory(document);
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

    private void killEditor(Machine machine) {
        if (!machine.typists().isEmpty()) {
            keys.excuse(machine.killEditor(
                    machine.typists().get(clockwork.below(machine.typists().size()))));
        }
    }

    private boolean losePower(Machine machine, boolean isLogDamaged) {
        boolean happens = machine.isRunning();
        if (happens) {
            Set<Integer> elsewhere = keysElsewhere(machine);
            Set<Integer> gone = machine.losePower(isLogDamaged);
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
        int document = clockwork.below(documentCount);
        List<Typist> typists = machine.typists(document);
        if (!machine.isRunning() || typists.isEmpty() || machine.number() == 0) {
            return;
        }
        Audit before = machine.audit(document);
        if (before != null) {
            Set<Integer> here = machine.shownOnly(typists);
            here.addAll(Keys.of(before.text().toString()));
            keys.excuse(onlyHere(machine, here));
        }
        if (machine.leave(typists.get(0))) {
            clockwork.in(clockwork.between(10, 2_000), () -> rejoin(machine, document));
        }
    }

    /** As soon as there is an editor in which the person can say so. */
    private void unblock(Machine machine, Machine other) {
        machine.block(other.peer(), false);
        if (machine.blocks(other.peer()) || !machine.isRunning()) {
            clockwork.in(100, () -> unblock(machine, other));
        }
    }

    /** Into an empty document: what it showed is the others' now. */
    private void rejoin(Machine machine, int document) {
        if (machine.audit(document) != null) {
            return;
        }
        if (!machine.isRunning()) {
            clockwork.in(1_000, () -> rejoin(machine, document));
            return;
        }
        for (Typist typist : machine.typists(document)) {
            keys.excuse(typist.die());
            machine.close(typist);
        }
        Typist typist = machine.openEditor(document, "");
        clockwork.in(200, () -> {
            if (machine.isRunning() && !typist.isGone()) {
                machine.join(typist, invitations.get(document));
            } else {
                rejoin(machine, document);
            }
        });
    }

    private Set<Integer> onlyHere(Machine machine, Set<Integer> some) {
        Set<Integer> only = new HashSet<>(some);
        only.removeAll(keysElsewhere(machine));
        return only;
    }

    /** What some other running sidecar has in its texts. */
    private Set<Integer> keysElsewhere(Machine machine) {
        Set<Integer> elsewhere = new HashSet<>();
        for (Machine other : machines) {
            if (other != machine) {
                elsewhere.addAll(other.keysKept());
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
            machine.wire().up();
            machine.direct().heal();
            machines.forEach(other -> unblock(machine, other));
        }
        if (faults.contains(Fault.MEMORY)) {
            // A text that changed in memory is found out when something happens to it.
            clockwork.in(1_000, this::typeOnceMore);
        }
    }

    private void typeOnceMore() {
        for (int document = 0; document < documentCount; document++) {
            for (Machine machine : machines) {
                List<Typist> typists = machine.typists(document);
                if (!typists.isEmpty() && !typists.get(0).isStunned() && machine.isTaking(document)) {
                    typists.get(0).type();
                    break;
                }
            }
        }
    }

    // Judgement.

    /** After every step: equal versions are equal texts and blackboards, and nothing grows beyond its bound. */
    private void check() {
        for (Machine machine : machines) {
            diverged = diverged == null ? machine.leak() : diverged;
        }
        if (board != null && diverged == null) {
            diverged = board.differs();
        }
        for (int document = 0; document < documents.size(); document++) {
            for (int i = 0; i < machines.size() && diverged == null; i++) {
                Audit one = machines.get(i).audit(document);
                if (one == null) {
                    continue;
                }
                if (one.waiting() > Limits.PENDING_BUNDLES || one.sessions() > MOST_SESSIONS) {
                    diverged =
                            "machine " + i + " has " + one.waiting() + " waiting and " + one.sessions() + " sessions";
                }
                if (one.bulkBytes() > MOST_BULK_BYTES) {
                    diverged = "machine " + i + " has " + one.bulkBytes() + " bytes of answers waiting";
                }
                for (int k = 0; k < i && diverged == null; k++) {
                    Audit other = machines.get(k).audit(document);
                    boolean flipped = machines.get(i).isFlipped(document)
                            || machines.get(k).isFlipped(document);
                    if (other != null
                            && !flipped
                            && one.tip().equals(other.tip())
                            && !one.text().equals(other.text())) {
                        diverged = "machines " + k + " and " + i + " have other texts at one version of " + document;
                    }
                }
            }
        }
    }

    /** A minute later: what was said meanwhile is hellos and an answer to each from everybody else, and no more. */
    private Outcome judgeQuiet() {
        int before = broker.messages();
        advance(clockwork.nowMillis() + 60_000);
        int said = broker.messages() - before;
        int shared = documentCount + (board == null ? 0 : 1);
        int most = shared * machines.size() * HELLOS_A_MINUTE * machines.size();
        if (said > most) {
            diverges(said + " messages in a minute of quiet, where " + most + " are enough");
        }
        return judge();
    }

    private Outcome judge() {
        int lost = 0;
        for (int document = 0; document < documentCount; document++) {
            lost += judge(document);
        }
        if (board != null) {
            diverged = diverged == null ? board.judge() : diverged;
            lost += board.lost();
        }
        return new Outcome(
                seed, faults.toString(), diverged, lost, keys.typed(), broker.messages(), clockwork.traceHash());
    }

    /** Returns how many keys are lost. */
    private int judge(int document) {
        String text = null;
        for (Machine machine : machines) {
            String where = "machine " + machine.number() + ", document " + document;
            Audit audit = machine.audit(document);
            if (audit == null) {
                diverges(where + ": it is not live");
                continue;
            }
            String here = audit.text().toString();
            text = text == null ? here : text;
            if (!text.equals(here)) {
                diverges(where + ": it has other text than the first, 30 s after the faults");
            }
            for (Typist typist : machine.typists(document)) {
                if (!typist.text().equals(text)) {
                    diverges(where + ": an editor shows other text");
                }
            }
        }
        if (text == null) {
            return 0;
        }
        if (Keys.doubled(text) > 0 || keys.strange(document, text) > 0) {
            diverges(Keys.doubled(text) + " keys are there twice, " + keys.strange(document, text)
                    + " are another document's");
        }
        if (keys.flipped(text) > 0) {
            diverges(keys.flipped(text) + " keys are there changed");
        }
        return keys.lost(document, text);
    }

    private void diverges(String how) {
        diverged = diverged == null ? how : diverged;
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
