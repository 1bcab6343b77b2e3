package dev.metalog.server.workspace;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.sync.SyncEffect;
import dev.metalog.server.text.Text;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What happens when somebody has the same events of a document and another text: a peer, or an editor that does not show
 * what was thought. One of the two is wrong. Our log is the judge: it is read and played once more. If it does not give the
 * text that is here, this one is rebuilt in its place, and every view whose text was made of the wrong one is asked for
 * what its editor shows ({@link Resumption}). If it does, the other one is told where we are, so that it judges itself. The
 * person is told, and evidence is kept, once for each {@link Incident}.
 *
 * <p>Bounds: playing a log takes time, and who lies about digests must not make us do so all day. It is done again no
 * sooner than after a second, or a millisecond for each event. {@value #MOST_INCIDENTS} incidents are kept for a document;
 * the oldest makes room. From the second one on people are told of the 2nd, 4th, 8th, …
 */
final class Divergences {
    static final int MOST_INCIDENTS = 64;

    private static final long LEAST_WAIT_MILLIS = 1_000;
    private static final int BEFORE_DIFFERENCE_UNITS = 200;

    /** What is done elsewhere. */
    interface Desk {
        void carryOut(LiveDocument live, List<SyncEffect> effects);

        View viewOf(LiveDocument live, OpenDocument document, int screen, Buffer shown, Version version);
    }

    /** Who has another text. */
    private record Other(Speaker peer, EditorId editor) {
        @Override
        public String toString() {
            return peer == null ? "an editor" : peer.peer().value();
        }
    }

    private record Said(Incident incident, Digest ours, Digest theirs) {}

    /** Everything about one document. */
    private static final class Case {
        final Map<Other, Said> said = new LinkedHashMap<>();
        boolean wanted;
        long mayReadAtMillis = Long.MIN_VALUE;
        int incidents;
    }

    private final DocumentShelf shelf;
    private final Editors editors;
    private final Timeline time;
    private final Outbox out;
    private final Desk desk;
    private final Map<DocumentId, Case> cases = new HashMap<>();
    /** Incidents that began, and those of them that were seen to be over. */
    private int found;

    private int healed;

    Divergences(DocumentShelf shelf, Editors editors, Timeline time, Outbox out, Desk desk) {
        this.shelf = shelf;
        this.editors = editors;
        this.time = time;
        this.out = out;
        this.desk = desk;
    }

    /** For the status. */
    EditorMessages.Divergences counted() {
        return new EditorMessages.Divergences(found, healed);
    }

    void peerDiffers(LiveDocument live, SyncEffect.Diverged effect) {
        begin(live, new Other(effect.with(), null), effect.ours(), effect.theirs());
    }

    void peerAgrees(LiveDocument live, Speaker peer) {
        end(live, new Other(peer, null));
    }

    /** The editor sends its whole text when it hears of it. */
    void editorDiffers(LiveDocument live, OpenDocument document, Digest ours, Digest theirs) {
        out.add(new Effect.Log(document.uri()
                + ": the editor shows other text than we thought; asked for its whole text to repair that."));
        document.doubt();
        begin(live, new Other(null, document.editor()), ours, theirs);
    }

    /** Both may be wrong about the document. */
    void editorAgrees(LiveDocument live, OpenDocument document, Digest digest) {
        View view = document.view();
        EventGraph graph = live.graph();
        if (!view.isAstray()
                && view.frontier().equals(graph.tip())
                && !view.text().equals(graph.snapshot())) {
            begin(live, new Other(null, document.editor()), digest, digest);
        } else {
            end(live, new Other(null, document.editor()));
        }
    }

    /** The whole text of an editor that was doubted; anything else is passed over until that comes. */
    void heard(LiveDocument live, OpenDocument document, Input.Changed input) throws BadChange {
        View doubted = document.view();
        List<RangeChange> whole = View.fromLastWholeText(input.changes());
        if (whole.isEmpty()) {
            return;
        }
        List<Flight.Heard> heard = ChangeReader.read(doubted.text(), whole, document.encoding());
        Text shown = heard.get(heard.size() - 1).textAfter();
        boolean mayWrite = shelf.mayWrite(live);
        Version version =
                mayWrite ? new Resumption(live, time).of(doubted, shown, document::wantsBack) : doubted.frontier();
        View anew = desk.viewOf(live, document, doubted.screen(), new Buffer(input.version(), shown), version);
        if (!mayWrite) {
            Text right = live.graph().snapshotAt(version);
            anew.resume(right, MinimalDiff.between(right, shown));
        }
        live.views().remove(doubted);
        live.views().add(anew);
        document.believe(anew);
    }

    /** To be called after every input: looks at views whose text may be wrong as soon as nothing is under way to them. */
    void settle() {
        for (DocumentId id : cases.keySet()) {
            LiveDocument live = shelf.byId(id);
            if (live != null) {
                live.views().stream()
                        .filter(view -> view.isSuspect() && !view.isBusy() && !view.isAstray())
                        .forEach(view -> look(live, view));
            }
        }
    }

    private void look(LiveDocument live, View view) {
        view.suspect(false);
        if (!view.text().equals(live.graph().snapshotAt(view.frontier()))) {
            editors.find(view.editor(), view.uri()).doubt();
        }
    }

    long wakeAtMillis() {
        long at = Long.MAX_VALUE;
        for (Case one : cases.values()) {
            at = one.wanted ? Math.min(at, one.mayReadAtMillis) : at;
        }
        return at;
    }

    void wake(long nowMillis) {
        cases.keySet().removeIf(id -> shelf.byId(id) == null);
        cases.forEach((id, one) -> readIfDue(shelf.byId(id), one, nowMillis));
    }

    private void begin(LiveDocument live, Other other, Digest ours, Digest theirs) {
        Case one = cases.computeIfAbsent(live.shared().id(), none -> new Case());
        Said before = one.said.remove(other);
        Incident incident = before == null ? new Incident() : before.incident();
        if (incident.state() == Incident.State.OVER) {
            one.incidents++;
            found++;
        }
        incident.change(Incident.Reason.ANOTHER_TEXT);
        one.said.put(other, new Said(incident, ours, theirs));
        if (one.said.size() > MOST_INCIDENTS) {
            one.said.remove(one.said.keySet().iterator().next());
        }
        one.wanted = true;
        readIfDue(live, one, time.millis());
    }

    private void end(LiveDocument live, Other other) {
        Case one = cases.get(live.shared().id());
        Said said = one == null ? null : one.said.get(other);
        if (said != null && said.incident().change(Incident.Reason.SAME_TEXT)) {
            healed++;
            out.add(new Effect.Log(live.shared().path() + ": " + other + " has the same text again."));
        }
    }

    private void readIfDue(LiveDocument live, Case one, long nowMillis) {
        if (one.wanted && nowMillis >= one.mayReadAtMillis) {
            one.wanted = false;
            one.mayReadAtMillis =
                    nowMillis + Math.max(LEAST_WAIT_MILLIS, live.graph().eventCount());
            out.add(new Effect.Reread(live.shared().id()));
        }
    }

    /** Judges. */
    void logRead(Input.LogRead input) {
        LiveDocument live = shelf.byId(input.document());
        Case one = cases.get(input.document());
        if (live == null || one == null) {
            return;
        }
        EventGraph here = live.graph();
        EventGraph played = played(input.records(), here);
        Incident.Reason verdict = Incident.Reason.LOG_GIVES_OURS;
        if (!played.vector().equals(here.vector())) {
            verdict = Incident.Reason.LOG_CANNOT_BE_PLAYED;
        } else if (!played.snapshot().equals(here.snapshot())) {
            verdict = Incident.Reason.LOG_GIVES_ANOTHER;
            live.replace(played);
        }
        // What a view thinks may be wrong also where the document is right.
        live.views().forEach(view -> view.suspect(true));
        for (Map.Entry<Other, Said> entry : one.said.entrySet()) {
            Incident incident = entry.getValue().incident();
            if (incident.state() != Incident.State.OVER) {
                incident.change(verdict);
                if (incident.takeUntold() && Integer.bitCount(one.incidents) == 1) {
                    tell(live, entry.getKey(), incident.state());
                    keepEvidence(live, entry, input.records(), here.snapshot(), played.snapshot());
                }
                if (incident.state() == Incident.State.THEIRS && entry.getKey().peer() != null) {
                    desk.carryOut(live, live.sync().tell(entry.getKey().peer(), time.millis()));
                }
            }
        }
        if (verdict == Incident.Reason.LOG_GIVES_ANOTHER) {
            desk.carryOut(live, live.sync().tell(null, time.millis()));
        }
    }

    private static EventGraph played(List<StoredDocument.Item> records, EventGraph here) {
        EventGraph played = Restored.from(records).graph();
        // What the log lacks, because of a full disk or damage, is taken from memory.
        for (Bundle bundle : here.since(played.vector())) {
            played.admit(bundle);
        }
        if (!played.vector().equals(here.vector()) && here.eventCount() > 0) {
            // It lacks what the rest does not fit without: all is taken from there.
            played = new EventGraph();
            played.admit(here.runsSince(0));
        }
        return played;
    }

    private void tell(LiveDocument live, Other other, Incident.State state) {
        String what = live.shared().path() + ": " + other + " has another text than this one, out of the same events. ";
        String verdict = switch (state) {
            case THEIRS ->
                "The log was read and played once more and gives the text that is here, so it is the other one that is"
                        + " wrong; it was told. Nothing was changed here.";
            case OURS ->
                "Read and played once more, the log does not give the text that was here. The document was rebuilt from it"
                        + " just now, and what editors show is being set right; what is typed is kept. If this happens"
                        + " again, have the memory of this machine tested.";
            default ->
                "The log cannot be played to the end, so nobody can tell which is right. Save it under another name, then"
                        + " restart meta-log.";
        };
        String alarm = what + verdict + " What both have is kept as evidence; meta-log store verify tells where.";
        out.add(new Effect.Log(alarm));
        if (other.peer() == null && state == Incident.State.THEIRS) {
            return;
        }
        List<OpenDocument> showing = editors.showing(live.shared().uri());
        showing.forEach(document -> out.add(new Effect.Show(document.editor(), alarm)));
        if (showing.isEmpty()) {
            live.note(alarm);
        }
    }

    private void keepEvidence(
            LiveDocument live,
            Map.Entry<Other, Said> entry,
            List<StoredDocument.Item> records,
            Text here,
            Text played) {
        List<StoredDocument.Item> tail = Evidence.tail(records);
        int from = Math.max(0, here.commonPrefix(played) - BEFORE_DIFFERENCE_UNITS);
        boolean same = here.equals(played);
        Other other = entry.getKey();
        Said said = entry.getValue();
        out.add(new Effect.KeepEvidence(new Evidence(
                live.shared().id(),
                live.shared().path().value(),
                time.wallMillis(),
                live.channel().envelopes().self(),
                live.writer(),
                other.peer() == null
                        ? "editor " + other.editor().value()
                        : other.peer().peer().value() + " boot "
                                + Long.toHexString(other.peer().boot()),
                live.graph().tip(),
                said.ours(),
                said.theirs(),
                said.incident().state().name(),
                same ? "" : here.substring(from, Math.min(here.length(), from + Evidence.MOST_TEXT_UNITS)),
                same ? "" : played.substring(from, Math.min(played.length(), from + Evidence.MOST_TEXT_UNITS)),
                tail,
                records.size() - tail.size())));
    }
}
