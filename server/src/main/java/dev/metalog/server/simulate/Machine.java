package dev.metalog.server.simulate;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.MalformedBundleException;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.workspace.Audit;
import dev.metalog.server.workspace.EditOutcome;
import dev.metalog.server.workspace.EditorId;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.LogKind;
import dev.metalog.server.workspace.Request;
import dev.metalog.server.workspace.Settings;
import dev.metalog.server.workspace.Workspace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One person's machine: a disk, a clock, editors, and a sidecar while there is one. */
final class Machine {
    private static final long FLUSH_MILLIS = 50;
    /** As in the sidecar: what a link holds while it is down, at most. */
    private static final int OUTBOX = 64;

    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared, never a key
    private record Unsent(String topic, byte[] payload, long token) {}

    private final Clockwork clockwork;
    private final Keys keys;
    private final Broker broker;
    private final PeerIdentity identity;
    private final int number;
    private final LogDisk disk;
    private final List<Typist> typists = new ArrayList<>();
    private final Set<String> topics = new LinkedHashSet<>();
    private final Deque<Unsent> outbox = new ArrayDeque<>();
    private final Deque<Input> later = new ArrayDeque<>();

    private Workspace workspace;
    private long life;
    private boolean linked;
    private long linkSession;
    private long clockOffsetMillis = 1_800_000_000_000L;
    private long wakeNumber;
    private boolean flushing;
    private boolean notKept;
    private long lastEditor;
    private EditorMessages.Shared shared;
    private Object answer;
    private boolean joining;
    private boolean changed;
    /** Whether the sidecar was not told yet that the disk is full. */
    private boolean untold = true;

    Machine(Clockwork clockwork, Keys keys, Broker broker, PeerIdentity identity, int number) {
        this.clockwork = clockwork;
        this.keys = keys;
        this.broker = broker;
        this.identity = identity;
        this.number = number;
        this.disk = new LogDisk(clockwork);
    }

    int number() {
        return number;
    }

    String uri() {
        return "file:///w" + number + "/a.txt";
    }

    LogDisk disk() {
        return disk;
    }

    void freeDisk() {
        List<DocumentId> written = disk.free();
        untold = true;
        written.forEach(document -> hear(new Input.KeptAgain(document)));
    }

    List<Typist> typists() {
        return typists;
    }

    boolean isRunning() {
        return workspace != null;
    }

    /** Whether what is typed here is typed into the document. */
    boolean isTaking() {
        Audit audit = audit();
        return audit != null && (!joining || audit.caughtUp());
    }

    /** The document, or {@code null} while it is not live here. */
    Audit audit() {
        List<Audit> all = workspace == null ? List.of() : workspace.audit();
        return all.isEmpty() ? null : all.get(0);
    }

    // The sidecar.

    void start() {
        workspace = new Workspace(
                new Settings("file:///w" + number, false, "canvasl", Broker.URL, true),
                identity,
                ReplicaId.fromRandom(clockwork.bytes(10)),
                clockwork::bytes);
        perform(workspace.boot(disk.load(), clock()));
        settle();
        linkUp();
        typists.forEach(this::attach);
    }

    /**
     * The process is gone; the machine and its editors are not. Returns the keys that are gone: typed while the disk was
     * full, in an editor that is gone too.
     */
    Set<Integer> kill() {
        Set<Integer> gone = disk.isBehind() ? closeUnknown() : new HashSet<>();
        gone.addAll(disk.loseWhatWaits());
        typists.forEach(typist -> typist.text().codePoints().forEach(gone::remove));
        life++;
        workspace = null;
        linked = false;
        linkSession++;
        topics.clear();
        outbox.clear();
        later.clear();
        joining = false;
        untold = true;
        flushing = false;
        typists.forEach(Typist::detach);
        return gone;
    }

    /** Everything stops; editors are started again empty, as nobody saved. Returns the keys that are gone. */
    Set<Integer> losePower() {
        Set<Integer> gone = shownOnly();
        gone.addAll(disk.losePower());
        kill();
        int editors = typists.size();
        for (Typist typist : typists) {
            gone.addAll(typist.die());
        }
        typists.clear();
        for (int i = 0; i < editors; i++) {
            typists.add(newTypist());
        }
        return gone;
    }

    /**
     * Editors that were opened while the disk was full do not outlive the sidecar: nothing tells the next one what they
     * showed, so it would take their text for a later state of what others left, or leave it alone.
     */
    private Set<Integer> closeUnknown() {
        List<Typist> unknown = typists.stream()
                .filter(typist -> !disk.hasScreenOf(typist.process()))
                .toList();
        Set<Integer> gone = shownOnly(unknown);
        for (Typist typist : unknown) {
            gone.addAll(typist.die());
            typists.set(typists.indexOf(typist), newTypist());
        }
        return gone;
    }

    /** What editors show and the sidecar has not recorded, be it that it does not know yet whose it is. */
    Set<Integer> shownOnly() {
        return shownOnly(typists);
    }

    private Set<Integer> shownOnly(List<Typist> some) {
        Set<Integer> shown = new HashSet<>();
        some.forEach(typist -> typist.text().codePoints().forEach(shown::add));
        Audit audit = audit();
        if (audit != null) {
            audit.text().toString().codePoints().forEach(shown::remove);
        }
        return shown;
    }

    void hear(Input input) {
        if (workspace == null) {
            return;
        }
        changed = true;
        clockwork.trace(number * 31L + input.getClass().getSimpleName().hashCode());
        perform(workspace.on(input, clock()));
        settle();
    }

    private void settle() {
        while (!later.isEmpty() && workspace != null) {
            perform(workspace.on(later.poll(), clock()));
        }
    }

    private long clock() {
        return clockwork.nowMillis() + clockOffsetMillis;
    }

    /** Whether it heard anything since this was asked last. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    void setClock(long jumpMillis) {
        clockOffsetMillis += jumpMillis;
    }

    // Editors.

    private Typist newTypist() {
        return new Typist(clockwork, keys, this, clockwork.between(2, 1_000_000));
    }

    Typist openEditor() {
        Typist typist = newTypist();
        typists.add(typist);
        if (isRunning()) {
            attach(typist);
        }
        return typist;
    }

    /** Another one opens the document instead. Returns the keys that are gone. */
    Set<Integer> killEditor(Typist typist) {
        typists.remove(typist);
        Set<Integer> gone = typist.die();
        hear(new Input.EditorWent(typist.id()));
        openEditor();
        return gone;
    }

    /** Its editor is gone for good. */
    void close(Typist typist) {
        typists.remove(typist);
        hear(new Input.EditorWent(typist.id()));
    }

    private void attach(Typist typist) {
        EditorId id = new EditorId(++lastEditor);
        hear(new Input.EditorCame(id, typist.encoding(), "simulated", typist.process()));
        typist.attach(id);
    }

    String share(Typist typist) {
        hear(new Input.Asked(typist.id(), 1, new Request.Share(new EditorMessages.ShareParams(uri()))));
        return shared.invitation();
    }

    void join(Typist typist, String invitation) {
        joining = true;
        EditorMessages.JoinParams params = new EditorMessages.JoinParams(invitation, uri());
        hear(new Input.Asked(typist.id(), 2, new Request.Join(params)));
    }

    boolean leave(Typist typist) {
        answer = null;
        hear(new Input.Asked(typist.id(), 3, new Request.Leave(new EditorMessages.LeaveParams(uri()))));
        return answer instanceof EditorMessages.Done;
    }

    // The link.

    boolean isLinked() {
        return linked;
    }

    long linkSession() {
        return linkSession;
    }

    boolean hears(String topic) {
        return topics.contains(topic);
    }

    void linkUp() {
        if (linked || workspace == null) {
            return;
        }
        linked = true;
        linkSession++;
        hear(new Input.LinkUp(Broker.URL));
        while (!outbox.isEmpty() && linked) {
            Unsent unsent = outbox.poll();
            handOver(unsent.topic(), unsent.payload(), unsent.token());
        }
    }

    void linkDown() {
        if (linked) {
            linked = false;
            linkSession++;
            hear(new Input.LinkDown(Broker.URL, "cut by the simulation"));
        }
    }

    void receive(String topic, byte[] payload) {
        clockwork.trace(Arrays.hashCode(payload));
        hear(new Input.Received(Broker.URL, topic, payload, false));
    }

    private void publish(Effect.Publish publish) {
        if (notKept || (!linked && outbox.size() >= OUTBOX)) {
            later.add(new Input.NotPublished(Broker.URL, publish.token(), "not kept, or too many"));
        } else if (linked) {
            handOver(publish.topic(), publish.payload(), publish.token());
        } else {
            outbox.add(new Unsent(publish.topic(), publish.payload(), publish.token()));
        }
    }

    private void handOver(String topic, byte[] payload, long token) {
        long current = life;
        clockwork.in(clockwork.between(1, 3), () -> {
            if (life == current && linked) {
                broker.publish(this, topic, payload);
                hear(new Input.Acknowledged(Broker.URL, token));
            } else if (life == current) {
                hear(new Input.NotPublished(Broker.URL, token, "the link went down"));
            }
        });
    }

    // Effects.

    private void perform(List<Effect> effects) {
        notKept = false;
        for (Effect effect : effects) {
            if (effect instanceof Effect.Persist persist) {
                persist(persist);
            } else if (effect instanceof Effect.Publish publish) {
                // Announcements are signed and verified at a cost, and tell nothing about texts.
                if (publish.topic().startsWith("ml/")) {
                    publish(publish);
                } else {
                    later.add(new Input.Acknowledged(Broker.URL, publish.token()));
                }
            } else if (effect instanceof Effect.Offer offer) {
                offer(offer);
            } else if (effect instanceof Effect.WakeIn wake) {
                wakeIn(wake.delayMillis());
            } else if (effect instanceof Effect.Subscribe subscribe) {
                topics.add(subscribe.topic());
            } else if (effect instanceof Effect.Unsubscribe unsubscribe) {
                topics.remove(unsubscribe.topic());
            } else if (effect instanceof Effect.Remember remember) {
                disk.remember(remember.document());
            } else if (effect instanceof Effect.Forget forget) {
                disk.forget(forget.document());
                // Joined again it is another one, which has to be told anew.
                untold = true;
            } else if (effect instanceof Effect.Refuse) {
                joining = false;
            } else if (effect instanceof Effect.Answer answered) {
                answer = answered.result();
                joining &= !(answer instanceof EditorMessages.Joined joined && joined.arrived());
                shared = answer instanceof EditorMessages.Shared told ? told : shared;
            }
        }
    }

    private void offer(Effect.Offer offer) {
        if (notKept) {
            later.add(new Input.Answered(offer.editor(), offer.uri(), offer.editId(), EditOutcome.REFUSED));
            return;
        }
        typists.stream()
                .filter(typist -> offer.editor().equals(typist.id()))
                .findFirst()
                .ifPresent(typist -> typist.offered(offer));
    }

    private void persist(Effect.Persist persist) {
        Set<Integer> typed = new HashSet<>();
        insertedBy(persist).codePoints().forEach(typed::add);
        if (!disk.append(persist.document(), persist.kind().number(), persist.body(), typed)) {
            notKept = true;
            if (untold) {
                untold = false;
                later.add(new Input.NotKept(persist.document(), "no space in the simulation"));
            }
        }
        if (!flushing) {
            flushing = true;
            long current = life;
            clockwork.in(FLUSH_MILLIS, () -> {
                if (life == current) {
                    flushing = false;
                    disk.flush();
                }
            });
        }
    }

    /** What a record inserts; behind four bytes for the screen in what was typed here. */
    private static String insertedBy(Effect.Persist persist) {
        int from = persist.kind() == LogKind.TYPED_ON_SCREEN ? Integer.BYTES : 0;
        if (from == 0 && persist.kind() != LogKind.BUNDLE && persist.kind() != LogKind.WAITING) {
            return "";
        }
        try {
            EventRuns runs = BundleCodec.decodeRuns(Arrays.copyOfRange(persist.body(), from, persist.body().length));
            return runs.contentString(0, runs.contentLength());
        } catch (MalformedBundleException e) {
            throw new IllegalStateException("What was kept cannot be read again.", e);
        }
    }

    private void wakeIn(long delayMillis) {
        long wanted = ++wakeNumber;
        long current = life;
        if (delayMillis < Long.MAX_VALUE) {
            clockwork.in(delayMillis, () -> {
                if (life == current && wanted == wakeNumber) {
                    hear(new Input.Woken());
                }
            });
        }
    }
}
