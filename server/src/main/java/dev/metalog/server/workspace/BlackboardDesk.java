package dev.metalog.server.workspace;

import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.authorship.Postings;
import dev.metalog.server.blackboard.Blackboard;
import dev.metalog.server.blackboard.BlackboardRefused;
import dev.metalog.server.blackboard.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out what is asked about the blackboard, keeps it tidy, and joins it to those who watch it. When something was
 * written and until when it stands goes by the clock, as that is the same everywhere; what is waited for does not.
 */
final class BlackboardDesk implements BlackboardRequest.Handler, LiveBlackboard.Listener {
    /** How long a join waits for somebody who has the blackboard. */
    static final long JOIN_MILLIS = 10_000;

    static final long COLLECT_EVERY_MILLIS = 60_000;
    private static final int MOST_LISTED = 500;
    private static final int MOST_LISTED_CHARS = 1 << 20;

    private record Joining(Ticket ticket, long untilMillis) {}

    private final Federation federation;
    private final Timeline time;
    private final Outbox out;
    private final LiveBlackboard live;
    private final Blackboard board;
    private final BlackboardWatch watch;
    private final BlackboardExchange exchange;
    private final PeerRecorder peers;
    private final List<Joining> joining = new ArrayList<>();
    private long collectAtMillis = Long.MAX_VALUE;
    private int touchedNow;
    private Ticket ticket;

    BlackboardDesk(
            Postings postings,
            ReplicaId writer,
            RandomBytes random,
            Federation federation,
            Ways ways,
            BulkSender bulk,
            PeerNotes notes,
            Timeline time,
            Outbox out) {
        this.federation = federation;
        this.time = time;
        this.out = out;
        this.live = new LiveBlackboard(postings, writer, random, federation, ways, bulk, notes, out, this);
        this.board = live.board();
        this.watch = new BlackboardWatch(board, time, out);
        this.exchange = new BlackboardExchange(out);
        this.peers = new PeerRecorder(board, time, this::note);
    }

    LiveBlackboard live() {
        return live;
    }

    PeerRecorder peers() {
        return peers;
    }

    void ask(Ticket from, BlackboardRequest request) {
        ticket = from;
        request.dispatch(this);
    }

    // --- what editors ask

    @Override
    public void get(BlackboardRequest.Get request) {
        EntryName name = name(request.params().namespace(), request.params().name());
        if (name != null) {
            out.answer(ticket, new BlackboardMessages.Found(EntryForm.of(board.get(name, time.wallMillis()))));
        }
    }

    @Override
    public void listing(BlackboardRequest.Listing request) {
        String namespace = request.params().namespace();
        EntryName after = null;
        String afterText = request.params().after();
        try {
            if (namespace != null) {
                EntryName.checkNamespace(namespace);
            }
            if (afterText != null) {
                int slash = afterText.indexOf('/');
                after = new EntryName(slash < 0 ? "" : afterText.substring(0, slash), afterText.substring(slash + 1));
            }
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_PARAMS, e.getMessage());
            return;
        }
        List<BlackboardMessages.Entry> entries = new ArrayList<>();
        int chars = 0;
        List<Entry> next;
        do {
            next = board.list(
                    name -> namespace == null || namespace.equals(name.namespace()), after, 1, time.wallMillis());
            for (Entry entry : next) {
                entries.add(EntryForm.of(entry));
                chars += EntryForm.weight(entry);
                after = entry.name();
            }
        } while (!next.isEmpty() && entries.size() < MOST_LISTED && chars < MOST_LISTED_CHARS);
        out.answer(ticket, new BlackboardMessages.Listed(entries, next.isEmpty() ? null : after.toString()));
    }

    private interface Writing {
        BlackboardWrite on(EntryName name, EntryValue value, long expiresAtMillis) throws BlackboardRefused;
    }

    @Override
    public void set(BlackboardRequest.Set request) {
        EntryName name =
                write(request.params(), (entry, value, expires) -> board.set(entry, value, expires, time.wallMillis()));
        answerWith(name);
    }

    @Override
    public void add(BlackboardRequest.Add request) {
        EntryName name =
                write(request.params(), (entry, value, expires) -> board.add(entry, value, expires, time.wallMillis()));
        answerWith(name);
    }

    @Override
    public void remove(BlackboardRequest.Remove request) {
        if (write(request.params(), (entry, value, expires) -> board.remove(entry, value, time.wallMillis())) != null) {
            out.answer(ticket, new EditorMessages.Done());
        }
    }

    @Override
    public void delete(BlackboardRequest.Delete request) {
        EntryName name = name(request.params().namespace(), request.params().name());
        if (name == null) {
            return;
        }
        try {
            record(name, board.delete(name, time.wallMillis()));
            out.answer(ticket, new EditorMessages.Done());
        } catch (BlackboardRefused e) {
            refuse(e);
        }
    }

    @Override
    public void watch(BlackboardRequest.Watch request) {
        try {
            if (request.params().namespace() != null) {
                EntryName.checkNamespace(request.params().namespace());
            }
            watch.watch(ticket.editor(), request.params().namespace());
            out.answer(ticket, new EditorMessages.Done());
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_PARAMS, e.getMessage());
        }
    }

    @Override
    public void unwatch(BlackboardRequest.Unwatch request) {
        watch.unwatch(ticket.editor());
        out.answer(ticket, new EditorMessages.Done());
    }

    @Override
    public void sync(BlackboardRequest.Sync request) {
        PeerId wanted = null;
        try {
            if (request.params().peerId() != null) {
                wanted = new PeerId(request.params().peerId());
            }
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_PARAMS, e.getMessage());
            return;
        }
        if (!live.isShared()) {
            answerNobody("Nobody else has this blackboard. Invite somebody with 'meta-log blackboard invite', or join"
                    + " theirs with 'meta-log blackboard join'.");
        } else if (!federation.isFederated()) {
            answerNobody("Nobody answered: federation is switched off. What is here is kept, and exchanged later.");
        } else {
            exchange.begin(ticket, wanted, time.millis());
            live.ask(time.millis());
        }
    }

    private void answerNobody(String explanation) {
        out.answer(ticket, new BlackboardMessages.Synced(List.of(), explanation));
    }

    @Override
    public void invite(BlackboardRequest.Invite request) {
        if (federation.meetingPlace().isEmpty()) {
            out.refuse(
                    ticket,
                    EditorError.NOT_CONNECTED,
                    "Federation is switched off, so there is no place to meet. Set META_LOG_MQTT_BROKER, or unset"
                            + " META_LOG_ENABLE_FEDERATION, and start again.");
            return;
        }
        out.answer(
                ticket,
                new BlackboardMessages.Invited(live.invite(time.millis()).encode()));
    }

    @Override
    public void join(BlackboardRequest.Join request) {
        Invitation invitation;
        try {
            invitation = Invitation.decode(request.params().invitation());
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_INVITATION, e.getMessage());
            return;
        }
        if (!invitation.isToBlackboard()) {
            out.refuse(
                    ticket,
                    EditorError.BAD_INVITATION,
                    "This invitation is to a document, not to a blackboard. Join it from the editor.");
        } else if (live.isOf(invitation)) {
            awaitOthers();
        } else if (live.isShared() && !request.params().merge()) {
            out.refuse(
                    ticket,
                    EditorError.WOULD_OVERWRITE,
                    "This workspace's blackboard is shared with others already. To bring its entries along, where those"
                            + " of the other blackboard will see them, join with 'merge'; the others stay without us.");
        } else {
            live.join(invitation, time.millis());
            awaitOthers();
        }
    }

    private void awaitOthers() {
        live.ask(time.millis());
        joining.add(new Joining(ticket, time.millis() + JOIN_MILLIS));
    }

    private EntryName write(BlackboardMessages.WriteParams params, Writing writing) {
        EntryName name = name(params.namespace(), params.name());
        if (name == null) {
            return null;
        }
        try {
            if (params.ttlSeconds() < 0) {
                throw new IllegalArgumentException("'ttlSeconds' is not negative; 0 or absent means for good.");
            }
            EntryValue value = EntryValue.of(params.value());
            long expires = params.ttlSeconds() == 0 ? 0 : time.wallMillis() + params.ttlSeconds() * 1_000L;
            record(name, writing.on(name, value, expires));
            return name;
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_PARAMS, e.getMessage());
        } catch (BlackboardRefused e) {
            refuse(e);
        }
        return null;
    }

    private void answerWith(EntryName name) {
        if (name != null) {
            out.answer(ticket, EntryForm.of(board.get(name, time.wallMillis())));
        }
    }

    private EntryName name(String namespace, String name) {
        try {
            return new EntryName(namespace, name);
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_PARAMS, e.getMessage());
            return null;
        }
    }

    private void refuse(BlackboardRefused refused) {
        EditorError error = switch (refused.reason()) {
            case NOT_THERE -> EditorError.UNKNOWN_ENTRY;
            case OTHER_KIND -> EditorError.OTHER_KIND;
            case LIMIT -> EditorError.LIMIT;
            case BAD_TIME, NOT_OURS -> EditorError.BAD_PARAMS;
        };
        out.refuse(ticket, error, refused.getMessage());
    }

    private void record(EntryName name, BlackboardWrite write) {
        live.record(write, time.millis());
        watch.touched(List.of(name));
        collectAtMillis = Math.min(collectAtMillis, time.millis() + COLLECT_EVERY_MILLIS);
    }

    /** Written by nobody's request; when there is no room it is left out. */
    private void note(EntryName name, EntryValue value, int ttlSeconds) {
        long now = time.wallMillis();
        try {
            record(name, board.set(name, value, now + ttlSeconds * 1_000L, now));
        } catch (BlackboardRefused e) {
            out.add(new Effect.Log(e.getMessage()));
        }
    }

    // --- what happens

    void restore(StoredDocument stored) {
        live.restore(stored, time.millis());
        collectAtMillis = time.millis() + COLLECT_EVERY_MILLIS;
    }

    void received(String topic, byte[] envelope) {
        touchedNow = 0;
        live.received(topic, envelope, time.millis());
    }

    @Override
    public void touched(List<EntryName> names) {
        touchedNow += names.size();
        watch.touched(names);
    }

    @Override
    public void heard(PeerId from, boolean saysTheSame) {
        exchange.heard(from, saysTheSame);
        exchange.received(from, touchedNow);
        touchedNow = 0;
    }

    @Override
    public void sent(PeerId to, int writes) {
        exchange.sent(to, writes);
    }

    @Override
    public void equal(PeerId with) {
        exchange.equal(with);
    }

    void editorWent(EditorId editor) {
        watch.unwatch(editor);
        exchange.editorWent(editor);
        joining.removeIf(join -> join.ticket().editor().equals(editor));
    }

    void wake() {
        long now = time.millis();
        live.wake(now);
        peers.wake();
        // What expired is told before it is erased.
        watch.tell();
        if (now >= collectAtMillis) {
            collectAtMillis = board.count() == 0 ? Long.MAX_VALUE : now + COLLECT_EVERY_MILLIS;
            BlackboardWrite write = board.collect(time.wallMillis());
            if (write != null) {
                live.record(write, now);
            }
        }
    }

    /** To be called after every input. */
    void settle() {
        watch.tell();
        exchange.settle(time.millis());
        joining.removeIf(join -> {
            boolean over = live.isCaughtUp() || time.millis() >= join.untilMillis();
            if (over) {
                int entries = board.list(name -> true, null, Integer.MAX_VALUE, time.wallMillis())
                        .size();
                out.answer(join.ticket(), new BlackboardMessages.BoardJoined(entries, live.isCaughtUp()));
            }
            return over;
        });
    }

    long wakeAtMillis() {
        long at = Math.min(live.wakeAtMillis(), Math.min(watch.wakeAtMillis(), exchange.wakeAtMillis()));
        for (Joining join : joining) {
            at = Math.min(at, join.untilMillis());
        }
        return Math.min(at, Math.min(peers.wakeAtMillis(), collectAtMillis));
    }
}
