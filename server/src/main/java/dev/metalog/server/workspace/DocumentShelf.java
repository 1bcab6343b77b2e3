package dev.metalog.server.workspace;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.WriterProof;
import dev.metalog.server.authorship.Author;
import dev.metalog.server.authorship.Authorship;
import dev.metalog.server.authorship.Equivocator;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.quarantine.Quarantine;
import dev.metalog.server.sync.Conversation;
import dev.metalog.server.sync.DocumentEvents;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The live documents of this workspace by id, by the name editors have for them, and by topic. */
final class DocumentShelf {
    private static final String UNSIGNED =
            ": part of it was written with an older meta-log, which signed nothing, so others"
                    + " cannot check who wrote it and do not take it from here. It is all here and can be edited. To share it with"
                    + " them again, stop sharing it and share it anew.";

    private final PeerId self;
    private final DeviceKey device;
    private final Notary notary;
    private final ShareKeys keys;
    private final RandomBytes random;
    private final Ways ways;
    private final Outbox out;
    private final Map<DocumentId, LiveDocument> byId = new LinkedHashMap<>();
    private final Map<String, LiveDocument> byUri = new LinkedHashMap<>();
    private final Map<String, LiveDocument> byTopic = new LinkedHashMap<>();
    /** Documents whose logs cannot be used in this run, by the names editors have for them. */
    private final Map<String, StoredDocument> closed = new LinkedHashMap<>();

    DocumentShelf(DeviceKey device, Notary notary, ShareKeys keys, RandomBytes random, Ways ways, Outbox out) {
        this.device = device;
        this.notary = notary;
        this.keys = keys;
        this.self = device.certificate().peer();
        this.random = random;
        this.ways = ways;
        this.out = out;
    }

    Collection<LiveDocument> all() {
        return byId.values();
    }

    /** Returns {@code null} when there is none. */
    LiveDocument byUri(String uri) {
        return byUri.get(DocumentUris.key(uri));
    }

    /** A document whose URI differs from this one at most in what some file systems do not tell apart, or {@code null}. */
    LiveDocument byLikeUri(String uri) {
        String wanted = DocumentUris.foldedKey(uri);
        for (LiveDocument live : byId.values()) {
            if (DocumentUris.foldedKey(live.shared().uri()).equals(wanted)) {
                return live;
            }
        }
        return null;
    }

    LiveDocument byTopic(String topic) {
        return byTopic.get(topic);
    }

    LiveDocument byId(DocumentId id) {
        return byId.get(id);
    }

    /** Whether the person here may write it. */
    boolean mayWrite(LiveDocument live) {
        return keys.mayWrite(live.shared())
                && !live.contradictions().isOut(device.certificate().device());
    }

    LiveDocument add(SharedDocument shared, long nowMillis) {
        return add(shared, new EventGraph(), new Quarantine(), new ShownVersions(), new Contradictions(), nowMillis);
    }

    /** Brings back a document from its log. What cannot be used of it is logged, and told to whoever opens it first. */
    LiveDocument restore(StoredDocument stored, long nowMillis) {
        Restored restored = Restored.from(stored);
        LiveDocument live = add(
                stored.shared(),
                restored.graph(),
                restored.quarantine(),
                restored.shown(),
                new Contradictions(),
                nowMillis);
        restored.proofs().forEach(live.events().authorship()::recall);
        restored.contradictions().forEach(proof -> recall(live, proof));
        live.sync().recall(restored.waiting());
        if (restored.isIncomplete()) {
            live.keepLogAsItIs();
        }
        String trouble = restored.trouble(stored.shared());
        if (trouble != null) {
            out.add(new Effect.Log(trouble));
        }
        if (stored.state() == StoredDocument.State.DAMAGED) {
            String damage = stored.shared().path() + ": " + stored.found();
            live.note(trouble == null ? damage : damage + " " + trouble);
        } else if (trouble != null) {
            live.note(trouble);
        } else if (!live.events().authorship().unsigned(live.graph()).isEmpty()) {
            live.note(stored.shared().path() + UNSIGNED);
        }
        return live;
    }

    private void recall(LiveDocument live, Equivocation proof) {
        Equivocator by = Equivocator.of(live.shared().id(), proof, notary);
        if (by == null) {
            // Kept, and proves nothing: somebody put it there.
            live.keepLogAsItIs();
        } else {
            live.contradictions().add(new Contradictions.Kept(by, proof));
            out.add(new Effect.Log(live.shared().path() + ": it is known that " + by.peer() + ", on the device "
                    + by.device().fingerprint() + ", signed two different histories of it."));
        }
    }

    /** A document that is not live in this run, though it was: its log is kept for a run that can use it. */
    void keepClosed(StoredDocument stored) {
        closed.put(DocumentUris.key(stored.shared().uri()), stored);
        out.add(new Effect.Log(stored.shared().path() + ": " + stored.found()));
    }

    /** What a person has to know who opens it; {@code null} for any other. */
    String whyClosed(String uri) {
        StoredDocument stored = closed.get(DocumentUris.key(uri));
        return stored == null
                ? null
                : stored.shared().path() + " is not shared at the moment, as what was kept of it cannot be used: "
                        + stored.found() + " Until then it is edited like any other file.";
    }

    /** Forgets one; returns {@code null} when there is none of that name. */
    SharedDocument removeClosed(String uri) {
        StoredDocument stored = closed.remove(DocumentUris.key(uri));
        return stored == null ? null : stored.shared();
    }

    /** Whether a document's log cannot be used in this run; its name, or {@code null}. */
    String closedUri(DocumentId id) {
        return closed.values().stream()
                .map(StoredDocument::shared)
                .filter(shared -> shared.id().equals(id))
                .map(SharedDocument::uri)
                .findAny()
                .orElse(null);
    }

    void remove(LiveDocument document) {
        byId.remove(document.shared().id());
        byUri.remove(DocumentUris.key(document.shared().uri()));
        byTopic.remove(document.channel().topic());
        byTopic.remove(document.channel().ownTopic());
    }

    private LiveDocument add(
            SharedDocument shared,
            EventGraph graph,
            Quarantine quarantine,
            ShownVersions shown,
            Contradictions contradictions,
            long nowMillis) {
        Channel channel = new Channel(keys.of(shared), self, random, ways, out);
        // A document that is left and joined again begins with an empty graph: under the name of before it would give
        // the same names to other events.
        DocumentEvents events = new DocumentEvents(graph, authorship(shared, contradictions), quarantine);
        Conversation sync = new Conversation(events, this::below, nowMillis);
        LiveDocument.Parts parts = new LiveDocument.Parts(shared, events, sync, channel, shown, contradictions);
        LiveDocument document = new LiveDocument(parts, out);
        byId.put(shared.id(), document);
        byUri.put(DocumentUris.key(shared.uri()), document);
        listen(document);
        return document;
    }

    /** Under a name that never was. */
    private Authorship authorship(SharedDocument shared, Contradictions contradictions) {
        Author author = new Author(device, random.draw(WriterProof.NONCE_BYTES));
        return new Authorship(shared.id(), author, notary, contradictions.among(keys.authorsOf(shared)));
    }

    /** The document goes on with a part of its events, and what is recorded here has another writer. */
    void restart(
            LiveDocument live, EventGraph left, Collection<NamedProof> proofs, Quarantine quarantine, long nowMillis) {
        Authorship authorship = authorship(live.shared(), live.contradictions());
        proofs.forEach(authorship::recall);
        DocumentEvents events = new DocumentEvents(left, authorship, quarantine);
        Conversation sync = new Conversation(events, this::below, nowMillis);
        sync.recall(live.sync().waitingChunks());
        live.restart(events, sync);
    }

    /** Whether it is the device that we are. */
    boolean isOurs(DeviceId other) {
        return device.certificate().device().equals(other);
    }

    /** The document has another key now: it is talked about elsewhere. */
    void rekey(LiveDocument document) {
        byTopic.remove(document.channel().topic());
        byTopic.remove(document.channel().ownTopic());
        document.moveTo(new Channel(keys.of(document.shared()), self, random, ways, out));
        document.channel().open();
        listen(document);
    }

    private void listen(LiveDocument document) {
        byTopic.put(document.channel().topic(), document);
        byTopic.put(document.channel().ownTopic(), document);
    }

    private long below(long bound) {
        return Long.remainderUnsigned(ByteBuffer.wrap(random.draw(Long.BYTES)).getLong(), bound);
    }
}
