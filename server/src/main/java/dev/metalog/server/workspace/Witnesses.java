package dev.metalog.server.workspace;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.Testimony;
import dev.metalog.server.authorship.Comparison;
import dev.metalog.server.authorship.Equivocator;
import dev.metalog.server.authorship.Testimonies;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds out, together with the others, whose device signs two histories of a document and shows one to some and another to
 * others; keeps what proves it, sees to it that everybody has it, and tells the person.
 *
 * <pre>
 *   shown A                    shown B                    others
 *   │ something does not fit     │                          │
 *   │ ── testimonies: what of W I have, signed ───────────▶ │     to all: those who have as much of B's history can
 *   │                            │ compares: two histories  │     prove it; those who have less of it testify in turn
 *   │ ◀───────────── contradiction: the proof ───────────── │ ▶   to all; everybody checks it, keeps it, and says it once
 * </pre>
 *
 * Whoever is heard later and did not say it is told alone, and asked to say it, until it does.
 *
 * <p>Bounds: a testimony of one writer is said again no sooner than after {@value #AGAIN_MILLIS} ms, at most {@value
 * #MOST_MESSAGES} messages of them at once, those that were said longest ago first; {@value #COMPARED_A_SECOND} are compared
 * and {@value #CHECKED_A_SECOND} proofs are checked, and as many said to one alone, in a second, the rest is passed over, as all
 * come again; {@value
 * #MOST_SPEAKERS} speakers are kept in mind, of whom the one that was heard of first makes room and is told once more.
 */
final class Witnesses {
    static final long AGAIN_MILLIS = 10_000;
    static final int MOST_MESSAGES = 4;
    static final int COMPARED_A_SECOND = 256;
    static final int CHECKED_A_SECOND = 32;
    static final int MOST_SPEAKERS = 256;
    static final int MOST_WRITERS = 4_096;
    static final long TELL_MILLIS = 15_000;

    private static final long LONGEST_TELL_MILLIS = 15 * 60_000;
    private static final long SECOND_MILLIS = 1_000;

    /** What one speaker is known to know. */
    private static final class Listener {
        final Set<ReplicaId> knows = new HashSet<>();
        long tellAtMillis;
        long waitMillis = TELL_MILLIS;
    }

    /** Everything about one document. */
    private static final class Case {
        final Map<ReplicaId, Long> saidAtMillis = bounded(MOST_WRITERS);
        final Map<Speaker, Listener> listeners = bounded(MOST_SPEAKERS);

        private static <K, V> Map<K, V> bounded(int most) {
            return new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                    return size() > most;
                }
            };
        }
    }

    private final DocumentShelf shelf;
    private final Memberships memberships;
    private final Editors editors;
    private final Ways ways;
    private final Cures cures;
    private final Timeline time;
    private final Outbox out;
    private final Map<DocumentId, Case> cases = new HashMap<>();
    private final Budget comparisons = new Budget(COMPARED_A_SECOND);
    private final Budget checks = new Budget(CHECKED_A_SECOND);
    private final Budget answers = new Budget(CHECKED_A_SECOND);
    private int refused;

    Witnesses(
            DocumentShelf shelf,
            Memberships memberships,
            Editors editors,
            Ways ways,
            Cures cures,
            Timeline time,
            Outbox out) {
        this.shelf = shelf;
        this.memberships = memberships;
        this.editors = editors;
        this.ways = ways;
        this.cures = cures;
        this.time = time;
        this.out = out;
    }

    /** So many a second. */
    private final class Budget {
        private final int most;
        private long sinceMillis = Long.MIN_VALUE;
        private int used;

        Budget(int most) {
            this.most = most;
        }

        boolean take() {
            if (sinceMillis == Long.MIN_VALUE || time.millis() >= sinceMillis + SECOND_MILLIS) {
                sinceMillis = time.millis();
                used = 0;
            }
            return used++ < most;
        }
    }

    /** A peer said something about a document; returns whether it was for here alone. */
    boolean heard(LiveDocument live, Speaker from, PeerMessage message) {
        if (message instanceof PeerMessage.Testimonies testimonies) {
            compare(live, from, testimonies);
            return true;
        }
        if (message instanceof PeerMessage.Contradiction contradiction) {
            check(live, from, contradiction);
            return true;
        }
        boolean hasAnotherText = message instanceof PeerMessage.Hello hello
                && hello.frontier().equals(live.events().frontier())
                && !hello.content().equals(live.events().content());
        if (hasAnotherText) {
            live.events().authorship().doubtAll();
        }
        return false;
    }

    /** To be called after a peer was heard: says what does not fit, and tells the peer what it may not know. */
    void settle(LiveDocument live, Speaker from) {
        Set<ReplicaId> doubted = live.events().authorship().testimonies().takeDoubts();
        if (!doubted.isEmpty()) {
            testify(live, null, doubted);
        }
        if (!live.contradictions().all().isEmpty()) {
            tell(live, from);
        }
    }

    private Case caseOf(LiveDocument live) {
        cases.keySet().removeIf(id -> shelf.byId(id) == null);
        return cases.computeIfAbsent(live.shared().id(), none -> new Case());
    }

    // Testimonies.

    private void testify(LiveDocument live, Speaker to, Collection<ReplicaId> writers) {
        Map<ReplicaId, Long> said = caseOf(live).saidAtMillis;
        List<Testimony> due = new ArrayList<>();
        writers.stream()
                .filter(writer -> !said.containsKey(writer) || time.millis() >= said.get(writer) + AGAIN_MILLIS)
                .filter(writer -> !isKnown(live, writer))
                .sorted(Comparator.comparing((ReplicaId writer) -> said.getOrDefault(writer, Long.MIN_VALUE)))
                .limit((long) MOST_MESSAGES * Testimony.MOST_IN_A_MESSAGE)
                .sorted()
                .forEach(writer -> {
                    said.remove(writer);
                    said.put(writer, time.millis());
                    Testimony testimony =
                            live.events().authorship().testimonies().of(writer, live.graph());
                    if (testimony != null) {
                        due.add(testimony);
                    }
                });
        for (int i = 0; i < due.size(); i += Testimony.MOST_IN_A_MESSAGE) {
            say(
                    live,
                    to,
                    new PeerMessage.Testimonies(due.subList(i, Math.min(due.size(), i + Testimony.MOST_IN_A_MESSAGE))));
        }
    }

    private static boolean isKnown(LiveDocument live, ReplicaId writer) {
        if (live.contradictions().has(writer)) {
            return true;
        }
        DeviceId device = live.events().authorship().deviceOf(writer);
        return device != null && live.contradictions().isOut(device);
    }

    private void compare(LiveDocument live, Speaker from, PeerMessage.Testimonies heard) {
        Testimonies testimonies = live.events().authorship().testimonies();
        List<ReplicaId> longer = new ArrayList<>();
        for (Testimony theirs : heard.writers()) {
            if (!testimonies.isNews(theirs) || isKnown(live, theirs.writer()) || !comparisons.take()) {
                continue;
            }
            Comparison comparison = testimonies.compare(theirs, live.graph());
            if (comparison.kind() == Comparison.Kind.THEIRS_IS_LONGER) {
                longer.add(theirs.writer());
            } else if (comparison.kind() == Comparison.Kind.TWO_HISTORIES) {
                found(live, comparison.contradiction());
            }
        }
        testify(live, from, longer);
    }

    // What is proved.

    private void check(LiveDocument live, Speaker from, PeerMessage.Contradiction heard) {
        ReplicaId known = live.contradictions().writerOf(heard.proof());
        if (known == null && checks.take()) {
            known = found(live, heard.proof());
            if (known == null) {
                refuse(from);
            }
        }
        if (known == null) {
            return;
        }
        listener(live, from).knows.add(known);
        Contradictions.Kept kept = live.contradictions().of(known);
        if (heard.asks() && kept != null && answers.take()) {
            say(live, from, new PeerMessage.Contradiction(false, kept.proof()));
        }
    }

    private Listener listener(LiveDocument live, Speaker speaker) {
        return caseOf(live).listeners.computeIfAbsent(speaker, none -> new Listener());
    }

    /** Returns under which name it was done; {@code null} if it proves nothing. */
    private ReplicaId found(LiveDocument live, Equivocation proof) {
        Equivocator by = live.events().authorship().testimonies().check(proof);
        if (by == null) {
            return null;
        }
        Contradictions.Kept kept = new Contradictions.Kept(by, proof);
        if (live.contradictions().add(kept)) {
            out.add(new Effect.Persist(
                    live.shared().id(), LogKind.CONTRADICTION, kept.record().body()));
            out.add(new Effect.KeepContradiction(
                    live.shared(), time.wallMillis(), by, kept.record().body()));
            say(live, null, new PeerMessage.Contradiction(false, proof));
            caseOf(live).listeners.values().forEach(listener -> wait(listener, TELL_MILLIS));
            cures.want(live);
            show(live, by);
        }
        return by.writer();
    }

    private void wait(Listener listener, long waitMillis) {
        listener.waitMillis = waitMillis;
        listener.tellAtMillis = time.millis() + waitMillis;
    }

    private void tell(LiveDocument live, Speaker to) {
        Listener listener = listener(live, to);
        if (listener.tellAtMillis == 0) {
            // What was said to all just now may not have come to it yet.
            wait(listener, TELL_MILLIS);
        }
        if (time.millis() < listener.tellAtMillis) {
            return;
        }
        for (Contradictions.Kept kept : live.contradictions().all()) {
            if (!listener.knows.contains(kept.by().writer()) && answers.take()) {
                say(live, to, new PeerMessage.Contradiction(true, kept.proof()));
            }
        }
        wait(listener, Math.min(LONGEST_TELL_MILLIS, 2 * listener.waitMillis));
    }

    /** While no way is open nobody hears it; once one is, what does not fit comes up again. */
    private void say(LiveDocument live, Speaker to, PeerMessage message) {
        if (ways.areOpen()) {
            live.channel().send(to, message);
        }
    }

    private void refuse(Speaker from) {
        refused++;
        if (Integer.bitCount(refused) == 1) {
            out.add(new Effect.Log("Refused what is to prove that somebody signed two histories, and does not ("
                    + refused + " so far), from " + from.peer() + "."));
        }
    }

    private String advice(LiveDocument live, Equivocator by) {
        if (shelf.isOurs(by.device()) && live.contradictions().isOut(by.device())) {
            return "That is this device, and it was the " + Contradictions.MOST_OF_ONE
                    + "th time: nothing that it signs counts in"
                    + " this document any more. Its key is in other hands, or the machine is copied again and again: make a"
                    + " new one with 'meta-log identity new-device', and have yourself let in again.";
        }
        if (shelf.isOurs(by.device())) {
            return "That is this device: meta-log was running in a machine that was copied, or taken back to an earlier moment."
                    + " Let only one of the two run. What was typed here is typed again under another name; should the other"
                    + " machine do the same, some of it is there twice.";
        }
        LiveMembership membership = memberships.of(live.shared().workspace());
        if (membership == null) {
            return "If it happens again, share the text anew and give the invitation to the others alone.";
        }
        return memberships.owns(membership)
                ? "Unless they can explain it (a machine that was copied while it ran does that too), put them out with"
                        + " 'meta-log members remove " + by.peer() + "'."
                : "Who owns the workspace can put them out.";
    }

    private void show(LiveDocument live, Equivocator by) {
        String alarm = live.shared().path() + ": " + by.peer() + ", on the device "
                + by.device().fingerprint()
                + ", signed two different histories of this document: some of you were shown the one, and some the other. Its own"
                + " signatures prove that, and everybody who shares the document is told. What that device wrote in that"
                + " session is taken out, here and everywhere; what others typed since they saw it is typed again by their"
                + " own machines, and may stand somewhere else. "
                + advice(live, by)
                + " 'meta-log history verify' shows it, and 'meta-log store verify' tells where the proof is kept.";
        out.add(new Effect.Log(alarm));
        List<OpenDocument> showing = editors.showing(live.shared().uri());
        showing.forEach(document -> out.add(new Effect.Show(document.editor(), alarm)));
        if (showing.isEmpty()) {
            live.note(alarm);
        }
    }
}
