package dev.metalog.server.workspace;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.codec.NamedProofsCodec;
import dev.metalog.server.authorship.Authorship;
import dev.metalog.server.eventgraph.EditRefusedException;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.quarantine.Quarantine;
import dev.metalog.server.quarantine.Remainder;
import dev.metalog.server.sync.SyncEffect;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Brings those together again who were shown two histories of one writer, once that is proved. Everybody leaves out the same
 * ({@link Quarantine}): what was written under that name, and what follows on it, as nobody can tell on which of the two. Among
 * that are honest people's edits; each machine types its own ones anew, under a fresh name, on what is left:
 *
 * <pre>
 *   whole:   everything that is here         what editors show is a text of it, and no version of what is left
 *     │ without what is out                      │ typed keys are said of what is left (Rebasing),
 *     ▼                                           ▼ and the text is set to the tip by an edit like any other
 *   left ── own edits typed anew ──▶ tip
 *     (the same everywhere)          (the same again when everybody's edits have come)
 * </pre>
 *
 * <p>Where in the text an edit is typed anew is where it stands among what is left and what its own person typed; of two who
 * typed into each other's words, each has all of theirs, side by side. What nobody types anew is what the device wrote that
 * signed two histories, unless its own machine does, and what somebody wrote who never comes back; the text of before is kept
 * in a file.
 *
 * <p>In the log it begins to count with one record, which comes last and before anything of it is sent. Bound: a document is
 * cured at most once in {@value #APART_MILLIS} ms, of all that was proved until then.
 */
final class Cures {
    static final long APART_MILLIS = 1_000;

    /** What is done elsewhere. */
    interface Desk {
        void carryOut(LiveDocument live, List<SyncEffect> effects);
    }

    private final DocumentShelf shelf;
    private final PresenceDesk presence;
    private final Timeline time;
    private final Outbox out;
    private final Desk desk;
    /** When, at the earliest. */
    private final Map<DocumentId, Long> wanted = new HashMap<>();

    private final Map<DocumentId, Long> doneAtMillis = new HashMap<>();

    Cures(DocumentShelf shelf, PresenceDesk presence, Timeline time, Outbox out, Desk desk) {
        this.shelf = shelf;
        this.presence = presence;
        this.time = time;
        this.out = out;
        this.desk = desk;
    }

    /** Something was proved of this document. */
    void want(LiveDocument live) {
        DocumentId id = live.shared().id();
        wanted.put(id, doneAtMillis.containsKey(id) ? doneAtMillis.get(id) + APART_MILLIS : time.millis());
    }

    /** Its log came back: what was proved of it may not have been heeded yet. */
    void wantIfNeeded(LiveDocument live) {
        if (!live.events().quarantine().writers().containsAll(outOf(live))) {
            want(live);
        }
    }

    /** To be called after every input. */
    void settle() {
        for (DocumentId id : List.copyOf(wanted.keySet())) {
            if (time.millis() < wanted.get(id)) {
                continue;
            }
            wanted.remove(id);
            LiveDocument live = shelf.byId(id);
            if (live == null) {
                doneAtMillis.remove(id);
            } else {
                doneAtMillis.put(id, time.millis());
                cure(live);
            }
        }
    }

    long wakeAtMillis() {
        return wanted.values().stream().mapToLong(at -> at).min().orElse(Long.MAX_VALUE);
    }

    private void cure(LiveDocument live) {
        EventGraph whole = live.graph();
        Authorship authorship = live.events().authorship();
        Quarantine quarantine = new Quarantine(live.events().quarantine(), outOf(live));
        EventGraph left = Remainder.of(whole, quarantine);
        List<NamedProof> proofs = authorship.upTo(left.vector(), whole);
        List<NamedProof> cut = proofs.stream()
                .filter(proof -> proof.end() < whole.nextSeq(proof.writer()))
                .toList();
        boolean losesText = left != whole;
        Text before = whole.snapshot();
        Text own = losesText ? applied(whole.editsWithout(lostOfOthers(live, left)), before) : before;
        shelf.restart(live, left, proofs, quarantine, time.millis());
        for (byte[] row : NamedProofsCodec.encode(cut)) {
            keep(live, LogKind.INSTEAD, QuarantineRecord.instead(QuarantineRecord.PROOFS, row));
        }
        List<Chunk> anew = losesText ? typeAnew(live, own) : List.of();
        for (Chunk chunk : anew) {
            keep(live, LogKind.INSTEAD, QuarantineRecord.instead(QuarantineRecord.EVENTS, chunk.bytes()));
        }
        keep(live, LogKind.QUARANTINE, QuarantineRecord.encode(quarantine));
        if (losesText) {
            List<EditorId> told =
                    live.views().stream().map(View::editor).distinct().toList();
            out.add(new Effect.KeepTakenOut(live.shared(), time.wallMillis(), before.toString(), told));
            live.say(anew, time.millis());
            displaceShown(live, whole);
            presence.rekeyed(live);
        }
        desk.carryOut(live, live.sync().connected(0, time.millis()));
        live.pull(time.millis());
    }

    private void keep(LiveDocument live, LogKind kind, byte[] body) {
        out.add(new Effect.Persist(live.shared().id(), kind, body));
    }

    /** Names with two histories, and all names of devices that had too many of them. */
    private static Set<ReplicaId> outOf(LiveDocument live) {
        Contradictions contradictions = live.contradictions();
        Set<ReplicaId> writers = new TreeSet<>(contradictions.writers());
        for (ReplicaId writer : live.graph().vector().nextSeqs().keySet()) {
            DeviceId device = live.events().authorship().deviceOf(writer);
            if (device != null && contradictions.isOut(device)) {
                writers.add(writer);
            }
        }
        return writers;
    }

    private List<EventGraph.Stretch> lostOfOthers(LiveDocument live, EventGraph left) {
        List<EventGraph.Stretch> lost = new ArrayList<>();
        live.graph().vector().nextSeqs().forEach((writer, end) -> {
            DeviceId device = live.events().authorship().deviceOf(writer);
            int from = left.nextSeq(writer);
            if (from < end && (device == null || !shelf.isOurs(device))) {
                lost.add(new EventGraph.Stretch(new EventId(writer, from), end - from));
            }
        });
        return lost;
    }

    private static Text applied(List<TextEdit> edits, Text text) {
        Text at = text;
        for (TextEdit edit : edits) {
            at = at.replace(edit.position(), edit.position() + edit.deleted(), edit.inserted());
        }
        return at;
    }

    /** What was typed here and is out. Who may not write any more has it in the text of before alone. */
    private List<Chunk> typeAnew(LiveDocument live, Text own) {
        EventGraph graph = live.graph();
        List<TextEdit> edits = MinimalDiff.between(graph.snapshot(), own);
        if (edits.isEmpty() || !shelf.mayWrite(live)) {
            return List.of();
        }
        List<Chunk> chunks = new ArrayList<>();
        try {
            for (Bundle bundle : graph.edit(live.writer(), graph.tip(), edits, Stamp.minutesAt(time.wallMillis()))) {
                chunks.add(live.events().sign(bundle));
            }
        } catch (EditRefusedException tooLong) {
            // With what others had deleted back in it, it may be longer than a document can be.
            out.add(new Effect.Log(live.shared().path() + ": what was typed here could not be typed again: "
                    + tooLong.getMessage() + " It is in the text of before."));
        }
        return chunks;
    }

    /** What editors show, were offered and saved is no version any more if it has what is out. */
    private void displaceShown(LiveDocument live, EventGraph whole) {
        EventGraph left = live.graph();
        live.shown().forget(version -> !left.knows(version)).stream()
                .filter(whole::knows)
                .forEach(version -> outdate(live, whole.snapshotAt(version)));
        for (View view : live.views()) {
            if (!left.knows(view.frontier())) {
                outdate(live, view.text());
                view.displace(left.tip());
            }
            if (view.offered() != null && !left.knows(view.offered())) {
                outdate(live, view.offeredText());
                view.displaceOffered(left.tip());
            }
        }
    }

    private void outdate(LiveDocument live, Text text) {
        byte[] record = live.shown().outdated().add(text);
        if (record != null) {
            keep(live, LogKind.OUTDATED, record);
        }
    }
}
