package dev.metalog.server.workspace;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.MalformedBundleException;
import dev.metalog.protocol.codec.MalformedDocumentException;
import dev.metalog.protocol.codec.NamedProofsCodec;
import dev.metalog.protocol.codec.SignedEventsCodec;
import dev.metalog.protocol.codec.TestimonyCodec;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.quarantine.Quarantine;
import dev.metalog.server.quarantine.Remainder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a document's log amounts to. A record that cannot be used takes nothing else with it, and stays in the log: the
 * rest is read, what follows on something missing waits for it (a peer may have it), and {@link #trouble} tells of both.
 */
final class Restored {
    private EventGraph graph = new EventGraph();
    private Quarantine quarantine = new Quarantine();
    /** What counts with the next record of what is out. */
    private final List<byte[]> instead = new ArrayList<>();

    private ShownVersions shown = new ShownVersions();
    private final SavedPiece.Joiner saved = new SavedPiece.Joiner();
    private List<Waiting> waiting = new ArrayList<>();
    private final Map<ReplicaId, NamedProof> proofs = new TreeMap<>();
    private final Set<Equivocation> contradictions = new LinkedHashSet<>();
    private int unreadable;
    private int refused;
    private String firstRefusal;

    /** A bundle whose parents are in no record yet; {@code expected} when that was so already as it came. */
    private record Waiting(Chunk chunk, boolean expected) {}

    private Restored() {}

    static Restored from(StoredDocument stored) {
        return from(stored.records());
    }

    static Restored from(List<StoredDocument.Item> records) {
        Restored restored = new Restored();
        for (StoredDocument.Item item : records) {
            try {
                restored.take(item);
            } catch (MalformedBundleException | MalformedDocumentException | IOException e) {
                restored.unreadable++;
            }
        }
        restored.retryWaiting();
        return restored;
    }

    EventGraph graph() {
        return graph;
    }

    /** What is out. */
    Quarantine quarantine() {
        return quarantine;
    }

    ShownVersions shown() {
        return shown;
    }

    /** The newest proof of each writer, as far as the log has any. */
    Collection<NamedProof> proofs() {
        return proofs.values();
    }

    /** What is to prove that somebody signed two histories of it; whether it does has to be checked. */
    Set<Equivocation> contradictions() {
        return contradictions;
    }

    private static boolean isUnchecked(Waiting item) {
        return item.expected() && SignedEventsCodec.isSigned(item.chunk().bytes(), 0);
    }

    /** Bundles of the log that are not in the graph: what they follow on is in no record, or they were not checked. */
    List<Chunk> waiting() {
        return waiting.stream()
                .map(Waiting::chunk)
                .filter(chunk -> !(weigh(chunk) instanceof Admission.Duplicate))
                .toList();
    }

    /**
     * Those of them for which something is missing. The others are none that count: they would have another record.
     *
     * @param out what does not count either
     */
    List<Chunk> lacking(Quarantine out) {
        return waiting.stream()
                .map(Waiting::chunk)
                .filter(chunk -> weigh(chunk) instanceof Admission.Missing && !out.meets(runsOf(chunk)))
                .toList();
    }

    private Admission weigh(Chunk chunk) {
        EventRuns runs = runsOf(chunk);
        return quarantine.meets(runs) ? new Admission.Duplicate() : graph.weigh(runs);
    }

    private static EventRuns runsOf(Chunk chunk) {
        try {
            return LoggedEvents.read(chunk.bytes(), 0).runs();
        } catch (MalformedBundleException impossible) {
            throw new IllegalStateException("It was read before.", impossible);
        }
    }

    /**
     * Whether the log holds something that is not in the graph, and for no good reason. A snapshot of such a document would
     * in the end throw that away.
     */
    boolean isIncomplete() {
        return unreadable > 0 || refused > 0 || lackingWrongly() > 0;
    }

    private long lackingWrongly() {
        return waiting.stream().filter(item -> !item.expected()).count();
    }

    /** What is wrong with this log, or {@code null} when every record of it was in order. */
    String found() {
        List<String> found = new ArrayList<>();
        if (unreadable > 0) {
            found.add(unreadable + " of its records could not be read");
        }
        if (refused > 0) {
            found.add(refused + " of its records do not fit the others (" + firstRefusal + ")");
        }
        if (lackingWrongly() > 0) {
            found.add(lackingWrongly() + " of its changes follow on others that are missing");
        }
        return found.isEmpty() ? null : String.join(", ", found);
    }

    /** The same for a person who has the document before her. */
    String trouble(SharedDocument shared) {
        String found = found();
        if (found == null) {
            return null;
        }
        return shared.path() + " (log " + shared.id() + "): " + found
                + ". The rest is in use, and the log is kept as it is. What is missing is asked for as soon as somebody who"
                + " has this document is connected. If nobody has it, stop sharing it here and share it again.";
    }

    private void take(StoredDocument.Item item)
            throws MalformedBundleException, MalformedDocumentException, IOException {
        if (item.kind() == LogKind.BUNDLE.number()) {
            admit(item.body(), 0, LoggedEvents.read(item.body(), 0), false);
        } else if (item.kind() == LogKind.WAITING.number()) {
            takeWaiting(item.body());
        } else if (item.kind() == LogKind.TYPED.number()) {
            Bundle bundle = BundleCodec.decode(item.body());
            if (admit(item.body(), 0, LoggedEvents.read(item.body(), 0), false)) {
                shown.typedSomewhere(bundle);
            } else {
                shown.typedSomewhereOnWhatIsMissing(bundle);
            }
        } else if (item.kind() == LogKind.SHOWN.number()) {
            shown.restore(ScreenRecord.ofUnknown(ShownRecord.decode(item.body())));
        } else if (item.kind() == LogKind.ON_SCREEN.number()) {
            shown.restore(ScreenRecord.decode(item.body()));
        } else if (item.kind() == LogKind.TYPED_ON_SCREEN.number()) {
            TypedRecord record = TypedRecord.decode(item.body());
            admit(item.body(), Integer.BYTES, record.events(), false);
            // What it was typed on may be missing. Then no earlier version may be taken for what the screen shows.
            shown.typed(record.screen(), record.version());
        } else if (item.kind() == LogKind.SAVED.number()) {
            byte[] whole = saved.add(item.body());
            if (whole != null) {
                takeSaved(whole);
            }
        } else if (item.kind() == LogKind.PROOFS.number()) {
            note(NamedProofsCodec.decode(item.body()));
        } else if (item.kind() == LogKind.CONTRADICTION.number()) {
            contradictions.add(TestimonyCodec.decode(item.body()));
        } else if (item.kind() == LogKind.OUTDATED.number()) {
            shown.outdated().restore(item.body());
        } else if (item.kind() == LogKind.INSTEAD.number()) {
            instead.add(item.body());
        } else if (item.kind() == LogKind.QUARANTINE.number()) {
            quarantine(QuarantineRecord.decode(item.body()));
        } else if (item.kind() == LogKind.LEFT.number()) {
            shown = new ShownVersions();
        } else {
            unreadable++;
        }
    }

    /**
     * What waited was not checked when it was kept, as that takes what it follows on. It waits again, whatever has come since:
     * what was taken in later has a record of its own. Only logs from before there were signatures have no such record.
     */
    private void takeWaiting(byte[] body) throws MalformedBundleException {
        LoggedEvents events = LoggedEvents.read(body, 0);
        if (events.proofs().isEmpty()) {
            admit(body, 0, events, true);
        } else {
            waiting.add(new Waiting(new Chunk(body), true));
        }
    }

    private void quarantine(Quarantine out) throws MalformedBundleException, IOException {
        quarantine = out;
        graph = Remainder.of(graph, out);
        proofs.values().removeIf(proof -> proof.end() > graph.nextSeq(proof.writer()));
        for (byte[] record : instead) {
            byte[] body = Arrays.copyOfRange(record, Math.min(1, record.length), record.length);
            if (record.length > 0 && record[0] == QuarantineRecord.PROOFS) {
                note(NamedProofsCodec.decode(body));
            } else if (record.length > 0 && record[0] == QuarantineRecord.EVENTS) {
                admit(body, 0, LoggedEvents.read(body, 0), false);
            } else {
                throw new IOException("Nothing that counts instead of what is out.");
            }
        }
        instead.clear();
    }

    private void takeSaved(byte[] whole) throws MalformedDocumentException {
        EventRuns history = DocumentCodec.readHistory(whole);
        if (history.count() > 0) {
            graph.admit(history).dispatch(new Admission.Handler<Void>() {
                @Override
                public Void added(Admission.Added added) {
                    return null;
                }

                @Override
                public Void duplicate(Admission.Duplicate duplicate) {
                    return null;
                }

                @Override
                public Void missing(Admission.Missing missing) {
                    return refuse("the snapshot", "it lacks what it follows on");
                }

                @Override
                public Void refused(Admission.Refused refusal) {
                    return refuse("the snapshot, " + refusal.event(), refusal.explanation());
                }
            });
        }
        DocumentCodec.CachedText cached = DocumentCodec.readText(whole);
        if (!cached.text().equals(graph.text())) {
            refuse("the snapshot", "its text is not what its history amounts to, which is in use");
        }
    }

    private Void refuse(String what, String why) {
        refused++;
        if (firstRefusal == null) {
            firstRefusal = what + ": " + why;
        }
        return null;
    }

    /** @return whether the graph has it now */
    private boolean admit(byte[] body, int from, LoggedEvents events, boolean expected) {
        return admit(events, () -> {
            Chunk chunk = new Chunk(from == 0 ? body : Arrays.copyOfRange(body, from, body.length));
            waiting.add(new Waiting(chunk, expected));
        });
    }

    private boolean admit(LoggedEvents events, Runnable wait) {
        boolean here = admit(events.runs(), wait);
        if (here) {
            note(events.proofs());
        }
        return here;
    }

    private void note(List<NamedProof> found) {
        for (NamedProof proof : found) {
            proofs.merge(proof.writer(), proof, (known, other) -> other.end() > known.end() ? other : known);
        }
    }

    private boolean admit(EventRuns runs, Runnable wait) {
        if (quarantine.meets(runs)) {
            return false;
        }
        return graph.admit(runs).dispatch(new Admission.Handler<Boolean>() {
            @Override
            public Boolean added(Admission.Added added) {
                return true;
            }

            @Override
            public Boolean duplicate(Admission.Duplicate duplicate) {
                return true;
            }

            @Override
            public Boolean missing(Admission.Missing missing) {
                wait.run();
                return false;
            }

            @Override
            public Boolean refused(Admission.Refused refusal) {
                refuse(refusal.event().toString(), refusal.explanation());
                return false;
            }
        });
    }

    /** A bundle that a peer sent later may have brought what an earlier record lacked. */
    private void retryWaiting() {
        int before;
        do {
            before = waiting.size();
            List<Waiting> again = waiting;
            waiting = new ArrayList<>();
            for (Waiting item : again) {
                if (isUnchecked(item)) {
                    waiting.add(item);
                    continue;
                }
                try {
                    admit(LoggedEvents.read(item.chunk().bytes(), 0), () -> waiting.add(item));
                } catch (MalformedBundleException impossible) {
                    throw new IllegalStateException("It was read before.", impossible);
                }
            }
        } while (waiting.size() < before);
    }
}
