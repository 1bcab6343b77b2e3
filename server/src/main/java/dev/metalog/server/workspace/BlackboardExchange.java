package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.BlackboardMessages;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Those who asked to have the blackboard exchanged, and what happened since: who spoke, what was sent to them because they
 * lacked it, what came from them and was new. Nothing is told that was not seen.
 */
final class BlackboardExchange {
    /** How long one waits for somebody to speak. */
    static final long NOBODY_MILLIS = 5_000;
    /** How long others have who may speak too, after one was found equal. */
    static final long OTHERS_MILLIS = 1_200;
    /** How long the exchange may take altogether. */
    static final long LONGEST_MILLIS = 20_000;

    private static final class Counts {
        private int sent;
        private int received;
        private boolean equal;
    }

    private static final class Asking {
        private final Ticket ticket;
        private final PeerId wanted;
        private final long sinceMillis;
        private final Map<PeerId, Counts> peers = new TreeMap<>();

        Asking(Ticket ticket, PeerId wanted, long sinceMillis) {
            this.ticket = ticket;
            this.wanted = wanted;
            this.sinceMillis = sinceMillis;
        }

        Counts of(PeerId peer) {
            return peers.computeIfAbsent(peer, unheard -> new Counts());
        }

        long overAtMillis() {
            boolean all = wanted == null
                    ? !peers.isEmpty() && peers.values().stream().allMatch(counts -> counts.equal)
                    : peers.containsKey(wanted) && peers.get(wanted).equal;
            if (all) {
                return wanted == null ? sinceMillis + OTHERS_MILLIS : sinceMillis;
            }
            boolean nobody = wanted == null ? peers.isEmpty() : !peers.containsKey(wanted);
            return sinceMillis + (nobody ? NOBODY_MILLIS : LONGEST_MILLIS);
        }
    }

    private final Outbox out;
    private final List<Asking> asking = new ArrayList<>();

    BlackboardExchange(Outbox out) {
        this.out = out;
    }

    /** @param wanted {@code null}: everybody */
    void begin(Ticket ticket, PeerId wanted, long nowMillis) {
        asking.add(new Asking(ticket, wanted, nowMillis));
    }

    void editorWent(EditorId editor) {
        asking.removeIf(one -> one.ticket.editor().equals(editor));
    }

    void heard(PeerId peer, boolean saysTheSame) {
        asking.forEach(one -> one.of(peer).equal |= saysTheSame);
    }

    void sent(PeerId peer, int writes) {
        asking.forEach(one -> one.of(peer).sent += writes);
    }

    void received(PeerId peer, int entries) {
        asking.forEach(one -> one.of(peer).received += entries);
    }

    void equal(PeerId peer) {
        asking.forEach(one -> one.of(peer).equal = true);
    }

    /** To be called after every input. */
    void settle(long nowMillis) {
        for (Iterator<Asking> all = asking.iterator(); all.hasNext(); ) {
            Asking one = all.next();
            if (nowMillis >= one.overAtMillis()) {
                all.remove();
                out.answer(one.ticket, synced(one));
            }
        }
    }

    long wakeAtMillis() {
        long at = Long.MAX_VALUE;
        for (Asking one : asking) {
            at = Math.min(at, one.overAtMillis());
        }
        return at;
    }

    private static BlackboardMessages.Synced synced(Asking one) {
        List<BlackboardMessages.Exchange> exchanges = new ArrayList<>();
        List<String> told = new ArrayList<>();
        one.peers.forEach((peer, counts) -> {
            if (one.wanted == null || one.wanted.equals(peer)) {
                exchanges.add(
                        new BlackboardMessages.Exchange(peer.value(), counts.sent, counts.received, counts.equal));
                told.add(peer.shortForm() + " answered: " + counts.sent + " sent, " + counts.received + " received"
                        + (counts.equal ? ", and both have the same now." : ", and there is more to come."));
            }
        });
        String who = one.wanted == null ? "Nobody" : one.wanted.shortForm() + " did not answer, or nobody";
        return new BlackboardMessages.Synced(
                exchanges,
                told.isEmpty()
                        ? who + " answered within " + NOBODY_MILLIS / 1_000 + " s. What is here is kept, and exchanged"
                                + " as soon as somebody who has this blackboard is online."
                        : String.join(" ", told));
    }
}
