package dev.metalog.server.simulate;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.identity.Whereabouts;
import dev.metalog.server.reach.Endpoint;
import dev.metalog.server.workspace.Audit;
import dev.metalog.server.workspace.BlackboardRequest;
import dev.metalog.server.workspace.BoardAudit;
import dev.metalog.server.workspace.EditOutcome;
import dev.metalog.server.workspace.EditorId;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.LogKind;
import dev.metalog.server.workspace.PeerRequest;
import dev.metalog.server.workspace.Request;
import dev.metalog.server.workspace.Settings;
import dev.metalog.server.workspace.Workspace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One person's machine: a disk, a clock, editors, and a sidecar while there is one. */
final class Machine {
    private static final long FLUSH_MILLIS = 50;
    /** How often it is busy for a moment when something comes, and how long at most. */
    private static final int BUSY_PERCENT = 10;

    private static final long BUSY_MILLIS = 80;
    private static final int MOST_TOGETHER = 64;

    /** What must not come of a message that is dropped. */
    private static final Set<Class<?>> WOULD_BE_LEAKS = Set.of(
            Effect.Persist.class,
            Effect.Publish.class,
            Effect.Send.class,
            Effect.Offer.class,
            Effect.TellMessage.class);
    /** Tickets of requests: one of these and the number of the document. */
    private static final long SHARE = 100;

    private static final long JOIN = 200;
    private static final long LEAVE = 300;
    private static final long COMPARE = 400;
    private static final long BOARD = 500;

    private final Clockwork clockwork;
    private final Keys keys;
    private final Broker broker;
    private final Wire wire;
    private final DirectWire direct;
    private final PeerIdentity identity;
    private final DeviceKey device;
    private final Endpoint endpoint;
    private final Notary notary;
    private final int number;
    private final LogDisk disk;
    private final List<Typist> typists = new ArrayList<>();
    /** The documents of the world, by number, as soon as they are shared. */
    private final List<DocumentId> documents;

    /** Numbers of documents that are joined and whose text has not come. */
    private final Set<Integer> joining = new HashSet<>();
    /** Documents of which the sidecar was told that the disk is full. */
    private final Set<DocumentId> toldNotKept = new HashSet<>();

    private final Set<DocumentId> flipped = new HashSet<>();
    /** Where memory failed and the sidecar has not found out. */
    private final Set<DocumentId> failing = new HashSet<>();

    private final Map<EditorId, Boolean> paused = new HashMap<>();
    /** Documents into which was typed when the sidecar was there last. */
    private final Set<Integer> taking = new HashSet<>();
    /** By number of the document. */
    private final Map<Integer, SavedFile> files = new HashMap<>();

    private final Deque<Input> later = new ArrayDeque<>();
    /** Came while it was busy. */
    private final List<Input> waiting = new ArrayList<>();
    /** What is to be done once those have been heard. */
    private final List<Runnable> onceHeard = new ArrayList<>();

    private Workspace workspace;
    private long life;
    private long clockOffsetMillis = 1_800_000_000_000L;
    private long wakeNumber;
    private boolean flushing;
    private boolean notKept;
    private boolean memoryFails;
    private boolean linksDirectly;
    private long lastEditor;
    /** By ticket. */
    private final Map<Long, Object> answers = new HashMap<>();
    /** Why something of a blocked peer was not dropped; {@code null} when all was. */
    private String leak;

    private boolean watching;
    private final List<String> cameOfIt = new ArrayList<>();

    private int losses;
    private boolean isDamaged;
    private boolean changed;
    private List<Audit> audits;

    Machine(
            Clockwork clockwork,
            Keys keys,
            Broker broker,
            PeerIdentity identity,
            DeviceKey device,
            Notary notary,
            int number,
            List<DocumentId> documents) {
        this.clockwork = clockwork;
        this.keys = keys;
        this.broker = broker;
        this.wire = new Wire(clockwork, broker, this);
        this.direct = new DirectWire(clockwork, broker.machines(), this);
        this.identity = identity;
        this.device = device;
        long place = Whereabouts.placeOf(device, workspaceUri(number).getBytes(StandardCharsets.UTF_8));
        this.endpoint = new Endpoint(identity.peerId(), device.certificate().device(), place);
        this.notary = notary;
        this.number = number;
        this.documents = documents;
        this.disk = new LogDisk(clockwork);
    }

    int number() {
        return number;
    }

    private static String workspaceUri(int number) {
        return "file:///w" + number;
    }

    String uri(int document) {
        return workspaceUri(number) + "/" + (char) ('a' + document) + ".txt";
    }

    Wire wire() {
        return wire;
    }

    DirectWire direct() {
        return direct;
    }

    /** From now on its sidecars link to others directly, too. */
    void linkDirectly() {
        linksDirectly = true;
    }

    /** How links to it name it. */
    Endpoint endpoint() {
        return endpoint;
    }

    /** Another one after each death of the sidecar. */
    long life() {
        return life;
    }

    LogDisk disk() {
        return disk;
    }

    void freeDisk() {
        List<DocumentId> written = disk.free();
        toldNotKept.clear();
        written.forEach(document -> hear(new Input.KeptAgain(document)));
    }

    List<Typist> typists() {
        return typists;
    }

    List<Typist> typists(int document) {
        return typists.stream().filter(typist -> typist.document() == document).toList();
    }

    boolean isRunning() {
        return workspace != null;
    }

    /** Whether what is typed here is typed into the document. */
    boolean isTaking(int document) {
        if (!isRunning()) {
            // What is typed before it is known what a damaged log or an editor misses could only be left alone.
            return !isDamaged(document) && taking.contains(document);
        }
        Audit audit = audit(document);
        return audit != null && (!joining.contains(document) || audit.caughtUp());
    }

    private boolean isDamaged(int document) {
        return isDamaged || disk.showsWhatIsGone(documents.get(document));
    }

    /** A document, or {@code null} while it is not live here. */
    Audit audit(int document) {
        if (workspace == null || document >= documents.size()) {
            return null;
        }
        if (audits == null) {
            audits = workspace.audit();
        }
        DocumentId id = documents.get(document);
        for (Audit audit : audits) {
            if (audit.document().equals(id)) {
                return audit;
            }
        }
        return null;
    }

    /** The blackboard, or {@code null} while it is not shared with anybody. */
    BoardAudit board() {
        return workspace == null ? null : workspace.auditBlackboard();
    }

    /** Somebody asks for something of the blackboard. Returns the answer, if it came at once, or else {@code null}. */
    Object askBoard(BlackboardRequest request) {
        boolean isSomebodyHere = isRunning() && !typists.isEmpty();
        return isSomebodyHere ? ask(typists.get(0), BOARD, new Request.Blackboard(request)) : null;
    }

    /** How often something may have gone that was written here. */
    int losses() {
        return losses;
    }

    /** What the sidecar has in its texts and on the blackboard. */
    Set<Integer> keysKept() {
        Set<Integer> kept = new HashSet<>();
        for (int document = 0; document < documents.size(); document++) {
            Audit audit = audit(document);
            if (audit != null) {
                audit.text().toString().codePoints().forEach(kept::add);
            }
        }
        if (board() != null) {
            kept.addAll(Board.tokensOn(board()));
        }
        return kept;
    }

    // The sidecar.

    void start() {
        workspace = new Workspace(
                new Settings(workspaceUri(number), false, "canvasl", Broker.URL, true),
                identity,
                device,
                notary,
                ReplicaId.fromRandom(clockwork.bytes(10)),
                clockwork::bytes);
        audits = null;
        perform(workspace.boot(disk.load(), disk.peers(), clock()));
        perform(workspace.on(new Input.ContactsKept(disk.contacts()), clock()));
        settle();
        wire.up();
        if (linksDirectly) {
            direct.listen();
        }
        typists.forEach(this::attach);
    }

    /**
     * The process is gone; the machine and its editors are not. Returns the keys that are gone: typed while the disk was
     * full, in an editor that is gone too.
     */
    Set<Integer> kill() {
        taking.clear();
        for (int document = 0; document < documents.size(); document++) {
            if (isTaking(document)) {
                taking.add(document);
            }
        }
        typists.forEach(typist -> typist.hasAlone(shownOnly(List.of(typist))));
        losses += disk.isBehind() ? 1 : 0;
        Set<Integer> gone = disk.isBehind() ? closeUnknown() : new HashSet<>();
        gone.addAll(disk.loseWhatWaits());
        for (Typist typist : typists) {
            Set<Integer> unkept = Keys.of(typist.text());
            unkept.retainAll(gone);
            typist.hasAlone(unkept);
        }
        typists.forEach(typist -> gone.removeAll(Keys.of(typist.text())));
        life++;
        workspace = null;
        wire.die();
        direct.die();
        later.clear();
        waiting.clear();
        onceHeard.clear();
        joining.clear();
        flipped.clear();
        failing.clear();
        paused.clear();
        toldNotKept.clear();
        flushing = false;
        typists.forEach(Typist::detach);
        files.values().forEach(SavedFile::sidecarDied);
        return gone;
    }

    /**
     * Everything stops; editors are started again on their files, which are empty unless the sidecar is sure to know after
     * it what was saved. Returns the keys that are gone.
     */
    Set<Integer> losePower(boolean isLogDamaged) {
        if (isLogDamaged || !disk.isFlushed()) {
            files.clear();
        }
        files.values().removeIf(file -> !file.isKnown());
        losses++;
        Set<Integer> gone = shownOnly();
        gone.addAll(disk.losePower());
        kill();
        for (Typist typist : typists) {
            gone.addAll(typist.die());
        }
        isDamaged |= isLogDamaged;
        taking.removeIf(document -> !disk.hasScreens(documents.get(document)));
        typists.replaceAll(
                typist -> newTypist(typist.document(), file(typist.document()).text()));
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
            taking.remove(typist.document());
            typists.set(typists.indexOf(typist), newTypist(typist.document(), ""));
        }
        return gone;
    }

    /** What editors show and the sidecar has not recorded, be it that it does not know yet whose it is. */
    Set<Integer> shownOnly() {
        return shownOnly(typists);
    }

    Set<Integer> shownOnly(List<Typist> some) {
        Set<Integer> shown = new HashSet<>();
        some.forEach(typist -> typist.text().codePoints().forEach(shown::add));
        shown.removeAll(keysKept());
        return shown;
    }

    void hear(Input input) {
        if (workspace == null) {
            return;
        }
        clockwork.trace(number * 31L + input.getClass().getSimpleName().hashCode());
        waiting.add(input);
        catchUp();
    }

    /** Hears what came while it was busy, all of it together. */
    void catchUp() {
        if (waiting.isEmpty() || workspace == null) {
            return;
        }
        List<Input> together = List.copyOf(waiting);
        List<Runnable> afterwards = List.copyOf(onceHeard);
        waiting.clear();
        onceHeard.clear();
        on(together);
        settle();
        afterwards.forEach(Runnable::run);
    }

    /** The same for what an editor says; {@code heard} is called once it was heard, unless it never is. */
    void hearWhenFree(Input input, Runnable heard) {
        clockwork.trace(number * 31L + input.getClass().getSimpleName().hashCode());
        onceHeard.add(heard);
        hearWhenFree(input);
    }

    /** What comes while it is busy waits. */
    private void hearWhenFree(Input input) {
        boolean begins = waiting.isEmpty();
        if ((begins && !clockwork.chance(BUSY_PERCENT)) || waiting.size() >= MOST_TOGETHER) {
            hear(input);
            return;
        }
        waiting.add(input);
        if (begins) {
            long current = life;
            clockwork.in(clockwork.between(1, BUSY_MILLIS), () -> {
                if (life == current) {
                    catchUp();
                }
            });
        }
    }

    /** As {@link #hear}, once what is being performed is done. */
    void hearLater(Input input) {
        later.add(input);
    }

    private void on(List<Input> together) {
        changed = true;
        audits = null;
        perform(workspace.on(together, clock()));
    }

    private void settle() {
        while (!later.isEmpty() && workspace != null) {
            on(List.of(later.poll()));
        }
    }

    long clock() {
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

    private Typist newTypist(int document, String text) {
        Typist typist = new Typist(clockwork, keys, this, document, clockwork.between(2, 1_000_000), text);
        if (memoryFails) {
            typist.compareNowAndThen();
        }
        return typist;
    }

    /** From now on editors compare what they show. */
    void expectMemoryToFail() {
        memoryFails = true;
    }

    /** @param text what it shows at first */
    Typist openEditor(int document, String text) {
        Typist typist = newTypist(document, text);
        typists.add(typist);
        if (isRunning()) {
            attach(typist);
        }
        return typist;
    }

    /**
     * Another one opens the document instead: on the file, or with what this one showed, which it had kept by itself.
     * Returns the keys that are gone.
     */
    Set<Integer> killEditor(Typist typist) {
        typists.remove(typist);
        Set<Integer> gone = typist.die();
        hear(new Input.EditorWent(typist.id()));
        SavedFile file = file(typist.document());
        boolean isOnFile = file.isKnown() && clockwork.chance(60);
        if (isOnFile || isDamaged(typist.document()) || typist.hasDeletedAlone()) {
            openEditor(typist.document(), isOnFile ? file.text() : "");
            return gone;
        }
        // Nobody can tell what it lost from what was deleted in it.
        keys.excuse(typist.lost());
        openEditor(typist.document(), typist.text()).hasAlone(gone);
        return Set.of();
    }

    /** What memory made of a text is not saved: it would outlive its healing. */
    boolean canSave() {
        return !memoryFails && !disk.isFull();
    }

    SavedFile file(int document) {
        return files.computeIfAbsent(document, none -> new SavedFile());
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

    EditorMessages.Shared share(Typist typist) {
        Request request = new Request.Share(new EditorMessages.ShareParams(uri(typist.document())));
        return (EditorMessages.Shared) ask(typist, SHARE, request);
    }

    void join(Typist typist, String invitation) {
        joining.add(typist.document());
        ask(typist, JOIN, new Request.Join(new EditorMessages.JoinParams(invitation, uri(typist.document()))));
    }

    PeerId peer() {
        return identity.peerId();
    }

    /** The person here blocks a peer, or does it no more. */
    void block(PeerId peer, boolean on) {
        // What it said before counts as heard before.
        catchUp();
        if (isRunning() && !typists.isEmpty() && typists.get(0).id() != null && !peer.equals(identity.peerId())) {
            PeerMessages.PeerParams params = new PeerMessages.PeerParams(peer.value());
            PeerRequest request = on ? new PeerRequest.Block(params) : new PeerRequest.Unblock(params);
            hear(new Input.Asked(typists.get(0).id(), 4, new Request.PeerBook(request)));
        }
    }

    boolean blocks(PeerId peer) {
        return workspace != null && workspace.blocks(peer);
    }

    String leak() {
        return leak;
    }

    boolean leave(Typist typist) {
        file(typist.document()).lose();
        Request request = new Request.Leave(new EditorMessages.LeaveParams(uri(typist.document())));
        return ask(typist, LEAVE, request) instanceof EditorMessages.Done;
    }

    /** Returns the answer, if it came at once, or else {@code null}. */
    private Object ask(Typist typist, long what, Request request) {
        long ticket = what + typist.document();
        answers.remove(ticket);
        hear(new Input.Asked(typist.id(), ticket, request));
        return answers.get(ticket);
    }

    /** Returns the sidecar's verdict on what an editor shows, or {@code null}. */
    String compare(Typist typist, int version, String text) {
        EditorMessages.DigestParams params =
                new EditorMessages.DigestParams(uri(typist.document()), version, Clockwork.sha256(text));
        Object verdict = ask(typist, COMPARE, new Request.Digest(params));
        return verdict instanceof EditorMessages.DigestVerdict told ? told.verdict() : null;
    }

    /**
     * A character changes in memory; but not two of one document before the first was found out: with one in the text and
     * one in what an editor is thought to show, what it does show differs from both, and may as well have been typed.
     */
    void flipMemory(int document) {
        Audit audit = audit(document);
        DocumentId id = documents.get(document);
        if (audit == null || audit.text().length() == 0 || !failing.add(id)) {
            return;
        }
        int shown = MemoryFlip.viewLength(workspace, id);
        if (shown > 0 && clockwork.chance(50)) {
            int at = clockwork.below(shown);
            if (MemoryFlip.textOfView(workspace, id).charAt(at) != '\n') {
                MemoryFlip.inView(workspace, id, at);
            }
        } else {
            int at = clockwork.below(audit.text().length());
            if (audit.text().charAt(at) != '\n') {
                MemoryFlip.inDocument(workspace, id, at);
                flipped.add(id);
                audits = null;
            }
        }
    }

    /** Whether the text may be wrong because of memory, and the sidecar has not found out. */
    boolean isFlipped(int document) {
        return flipped.contains(documents.get(document));
    }

    void receive(Machine from, String topic, byte[] payload) {
        clockwork.trace(Arrays.hashCode(payload));
        receive(from, new Input.Received(Broker.URL, topic, payload, false));
    }

    void receiveDirectly(Machine from, String topic, byte[] payload) {
        clockwork.trace(Arrays.hashCode(payload));
        receive(from, new Input.ReceivedDirectly(from.peer(), topic, payload));
    }

    private void receive(Machine from, Input input) {
        if (blocks(from.peer())) {
            catchUp();
            watch(from, () -> hear(input));
        } else if (workspace != null) {
            hearWhenFree(input);
        }
    }

    /** Nothing may come of what a blocked peer sends: nothing is kept, sent, or shown. */
    private void watch(Machine from, Runnable hearing) {
        watching = true;
        hearing.run();
        watching = false;
        if (leak == null && !cameOfIt.isEmpty()) {
            leak = "machine " + number + " blocks " + from.number() + ", and of its message came " + cameOfIt;
        }
        cameOfIt.clear();
    }

    private void publish(Effect.Publish publish) {
        // Announcements are signed and verified at a cost, and tell nothing about texts.
        later.add(new Input.Acknowledged(Broker.URL, publish.token()));
    }

    private void send(Effect.Send send) {
        if (notKept) {
            later.add(new Input.NotPublished(Broker.URL, send.token(), "not kept"));
            return;
        }
        Machine blocked = broker.blockedAddressee(this, send.topic());
        if (leak == null && blocked != null) {
            leak = "machine " + number + " blocks " + blocked.number() + ", and sends it something";
        }
        if (!(send.directly() && direct.send(send)) && !send.brokers().isEmpty()) {
            wire.send(send);
        }
    }

    // Effects.

    private void perform(List<Effect> effects) {
        notKept = false;
        for (Effect effect : effects) {
            if (watching && WOULD_BE_LEAKS.contains(effect.getClass())) {
                cameOfIt.add(effect.getClass().getSimpleName());
            }
            if (effect instanceof Effect.Persist persist) {
                persist(persist);
            } else if (effect instanceof Effect.Publish publish) {
                publish(publish);
            } else if (effect instanceof Effect.Send send) {
                send(send);
            } else if (effect instanceof Effect.Seek seek) {
                direct.seek(seek.endpoint());
            } else if (effect instanceof Effect.Forsake forsake) {
                direct.forsake(forsake.endpoint());
            } else if (effect instanceof Effect.Welcome welcome) {
                direct.welcome(welcome.peers());
            } else if (effect instanceof Effect.KeepContacts keep) {
                disk.keepContacts(keep.statements());
            } else if (effect instanceof Effect.KeepPeers keep) {
                notKept |= !disk.keepPeers(keep.records()) && keep.urgent();
            } else if (effect instanceof Effect.Offer offer) {
                offer(offer);
            } else if (effect instanceof Effect.WakeIn wake) {
                wakeIn(wake.delayMillis());
            } else if (effect instanceof Effect.Subscribe subscribe) {
                wire.subscribe(subscribe.topic());
            } else if (effect instanceof Effect.Unsubscribe unsubscribe) {
                wire.unsubscribe(unsubscribe.topic());
            } else if (effect instanceof Effect.Remember remember) {
                disk.remember(remember.document());
            } else if (effect instanceof Effect.TellDocument told) {
                statusOf(told);
            } else if (effect instanceof Effect.Reread reread) {
                flipped.remove(reread.document());
                failing.remove(reread.document());
                later.add(new Input.LogRead(reread.document(), disk.read(reread.document())));
            } else if (effect instanceof Effect.KeepContradiction found) {
                throw new IllegalStateException("Somebody honest was accused: " + found.by());
            } else if (effect instanceof Effect.Forget forget) {
                disk.forget(forget.document());
                // Joined again it is another one, which has to be told anew.
                toldNotKept.remove(forget.document());
            } else if (effect instanceof Effect.Refuse refused) {
                joining.remove((int) (refused.ticket() - JOIN));
            } else if (effect instanceof Effect.Answer answered) {
                answers.put(answered.ticket(), answered.result());
                if (answered.result() instanceof EditorMessages.Joined joined && joined.arrived()) {
                    joining.remove((int) (answered.ticket() - JOIN));
                }
            }
        }
    }

    /** An editor whose document begins to be paused sends its whole text. */
    private void statusOf(Effect.TellDocument told) {
        boolean isPaused = told.status().state().equals("paused");
        boolean begins = isPaused && !paused.getOrDefault(told.editor(), false);
        paused.put(told.editor(), isPaused);
        if (begins) {
            typists.stream().filter(typist -> told.editor().equals(typist.id())).forEach(Typist::sendWhole);
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
        if (persist.kind() == LogKind.SHOWN) {
            file(documents.indexOf(persist.document())).noted();
        }
        if (!disk.append(persist)) {
            notKept = true;
            if (toldNotKept.add(persist.document())) {
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
