package dev.metalog.server.workspace;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.DocumentCodec.CachedText;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.server.eventgraph.EditRefusedException;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.sync.Conversation;
import dev.metalog.server.sync.DocumentEvents;
import dev.metalog.server.sync.SyncEffect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One shared text as it lives here: its graph, the conversation about it, the key it is sealed with, and the views of the
 * editors that show it. Owned by the conductor; every change of the graph passes through here, so that it is kept before
 * it is sent and sent before it is shown.
 */
final class LiveDocument {
    private final SharedDocument shared;
    private DocumentEvents events;
    private Conversation sync;
    private Channel channel;
    private final Outbox out;
    private final List<View> views = new ArrayList<>();
    private final ShownVersions shown;
    private final Contradictions contradictions;
    private final Set<Long> unacknowledged = new HashSet<>();
    /** What was typed just now, and is in the graph alone: it is signed, kept and said before anything else happens to this. */
    private final Unsaid unsaid = new Unsaid();

    private String untoldTrouble;
    private boolean logStays;

    LiveDocument(Parts parts, Outbox out) {
        this.shared = parts.shared();
        this.events = parts.events();
        this.sync = parts.sync();
        this.channel = parts.channel();
        this.shown = parts.shown();
        this.contradictions = parts.contradictions();
        this.out = out;
    }

    /** What a live document is made of. */
    record Parts(
            SharedDocument shared,
            DocumentEvents events,
            Conversation sync,
            Channel channel,
            ShownVersions shown,
            Contradictions contradictions) {}

    SharedDocument shared() {
        return shared;
    }

    EventGraph graph() {
        return events.graph();
    }

    /** Takes another graph with the same events, as this one's text is not what they amount to. */
    void replace(EventGraph rebuilt) {
        events.replace(rebuilt);
    }

    /** Goes on with other events, as some went out, and talks about them anew. */
    void restart(DocumentEvents remaining, Conversation anew) {
        events = remaining;
        sync = anew;
    }

    /** The first event of whatever is recorded here next. */
    EventId nextEvent() {
        return new EventId(writer(), graph().nextSeq(writer()));
    }

    /** Under which name events are recorded here. */
    ReplicaId writer() {
        return events.authorship().self();
    }

    DocumentEvents events() {
        return events;
    }

    Conversation sync() {
        return sync;
    }

    Channel channel() {
        return channel;
    }

    /** From now on it is talked about here, under another key. What waits to be sent under the last one is not. */
    void moveTo(Channel other) {
        channel.beSilent();
        channel.close();
        unacknowledged.clear();
        channel = other;
    }

    List<View> views() {
        return views;
    }

    /** What proves that somebody signed two histories of it. */
    Contradictions contradictions() {
        return contradictions;
    }

    ShownVersions shown() {
        return shown;
    }

    /** Something a person has to know about this document; kept until somebody is there to be told. */
    void note(String trouble) {
        untoldTrouble = trouble;
    }

    /** What was noted and not told yet, or {@code null}; it counts as told now. */
    String takeTrouble() {
        String trouble = untoldTrouble;
        untoldTrouble = null;
        return trouble;
    }

    /** What is in the log is not all in the graph: it has to be kept as it is. */
    void keepLogAsItIs() {
        logStays = true;
    }

    /** Everything that this document's log amounts to, or {@code null} when the log has to stay as it is. */
    DocumentSnapshot snapshot() {
        if (logStays) {
            return null;
        }
        List<StoredDocument.Item> notes = shown.notes();
        for (Chunk chunk : sync.waitingChunks()) {
            notes.add(new StoredDocument.Item(LogKind.WAITING.number(), chunk.bytes()));
        }
        notes.addAll(DocumentSnapshot.proofs(events.authorship().newest()));
        notes.addAll(contradictions.records());
        notes.addAll(DocumentSnapshot.quarantine(events.quarantine()));
        EventGraph graph = graph();
        EventRuns history = graph.eventCount() == 0 ? EventRuns.EMPTY : graph.runsSince(0);
        return new DocumentSnapshot(history, new CachedText(graph.tip(), graph.text()), notes);
    }

    int unsent() {
        return unacknowledged.size();
    }

    /**
     * Records edits made against a version, keeps them, and sends them. Returns the version that holds them.
     *
     * @param screen that shows them, or {@link ShownVersions#NO_SCREEN}
     */
    Version type(int screen, Version parents, List<TextEdit> edits, Timeline time) throws BadChange {
        Version typed = typeAndMore(screen, parents, edits, time);
        sayTyped(time.millis());
        return typed;
    }

    /** The same, but it is kept and sent with what is typed next; {@link #sayTyped} is to be called before anything else. */
    Version typeAndMore(int screen, Version parents, List<TextEdit> edits, Timeline time) throws BadChange {
        if (!unsaid.isOf(screen)) {
            sayTyped(time.millis());
        }
        List<Bundle> bundles;
        try {
            bundles = graph().edit(writer(), parents, edits, Stamp.minutesAt(time.wallMillis()));
        } catch (EditRefusedException e) {
            throw new BadChange(e.getMessage());
        }
        if (bundles.isEmpty()) {
            return parents;
        }
        unsaid.add(screen, bundles);
        List<Event> last = bundles.get(bundles.size() - 1).events();
        Version typed = Version.of(last.get(last.size() - 1).lastId());
        shown.typed(screen, typed);
        return typed;
    }

    /** Signs what was typed and not said yet, keeps it, and sends it: what several keys were under one signature. */
    void sayTyped(long nowMillis) {
        if (unsaid.isEmpty()) {
            return;
        }
        int screen = unsaid.screen();
        List<Chunk> chunks = new ArrayList<>();
        for (Bundle bundle : unsaid.take()) {
            Chunk chunk = events.sign(bundle);
            out.add(recordOf(screen, chunk));
            chunks.add(chunk);
        }
        say(chunks, nowMillis);
    }

    /** Sends what was recorded and kept. */
    void say(List<Chunk> chunks, long nowMillis) {
        for (PeerMessage message : sync.recorded(chunks, nowMillis)) {
            long token = channel.send(null, message);
            if (channel.leadsAnywhere() && !channel.isSilent()) {
                unacknowledged.add(token);
            }
        }
    }

    private Effect recordOf(int screen, Chunk chunk) {
        return screen == ShownVersions.NO_SCREEN
                ? new Effect.Persist(shared.id(), LogKind.BUNDLE, chunk.bytes())
                : new Effect.Persist(shared.id(), LogKind.TYPED_ON_SCREEN, TypedRecord.encode(screen, chunk.bytes()));
    }

    /** Keeps what a peer sent, as it came. */
    void keep(SyncEffect.Keep keep) {
        LogKind kind = keep.waits() ? LogKind.WAITING : LogKind.BUNDLE;
        out.add(new Effect.Persist(shared.id(), kind, keep.chunk().bytes()));
    }

    /** A message was taken over, or it never will be: either way it is no longer waited for. */
    boolean settled(long token) {
        return unacknowledged.remove(token);
    }

    /** Remembers what an editor shows, so that the text it comes back with later has a version to differ from. */
    void noteShown(int screen, String uri, Version version) {
        if (shown.noteShown(screen, version)) {
            keep(screen, new ShownRecord(ShownVersions.Kind.SHOWN, uri, version));
        }
    }

    /** Remembers which version is in the file. */
    void noteSaved(String uri, Version version) {
        if (shown.noteSaved(uri, version)) {
            byte[] record = ShownRecord.encode(ShownVersions.Kind.SAVED, uri, version);
            out.add(new Effect.Persist(shared.id(), LogKind.SHOWN, record));
        }
    }

    private void noteOffered(int screen, String uri, Version version) {
        if (shown.noteOffered(screen, version)) {
            keep(screen, new ShownRecord(ShownVersions.Kind.OFFERED, uri, version));
        }
    }

    private void keep(int screen, ShownRecord note) {
        byte[] record = new ScreenRecord(screen, shown.processOf(screen), note).encode();
        out.add(new Effect.Persist(shared.id(), LogKind.ON_SCREEN, record));
    }

    /** Offers every view that is behind what it lacks. */
    void pull(long nowMillis) {
        sayTyped(nowMillis);
        EventGraph graph = graph();
        Version tip = graph.tip();
        for (View view : views) {
            if (!view.isBusy() && !view.isDisplaced()) {
                noteShown(view.screen(), view.uri(), view.frontier());
            }
            // What is shown and not kept would come back after a crash as if it had been typed here.
            if (channel.isSilent() || !view.canPull(tip, nowMillis)) {
                continue;
            }
            View.Offer offer = view.pull(out.nextNumber(), tip, lacking(view, tip));
            if (offer == null) {
                noteShown(view.screen(), view.uri(), tip);
                continue;
            }
            noteOffered(view.screen(), view.uri(), tip);
            out.add(new Effect.Offer(view.editor(), view.uri(), offer.version(), offer.editId(), offer.edits()));
        }
    }

    /** What leads from what an editor shows to the tip. */
    private List<TextEdit> lacking(View view, Version tip) {
        return view.isAstray()
                ? MinimalDiff.between(view.text(), graph().snapshot())
                : graph().editsBetween(view.frontier(), tip);
    }

    long wakeAtMillis() {
        long at = sync.wakeAtMillis();
        for (View view : views) {
            at = Math.min(at, channel.isSilent() && !view.isBusy() ? Long.MAX_VALUE : view.wakeAtMillis(graph().tip()));
        }
        return at;
    }
}
