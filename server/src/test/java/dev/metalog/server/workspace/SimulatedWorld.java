package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.identity.SentFile;
import dev.metalog.server.peers.PeerRecord;
import dev.metalog.server.reach.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * Several conductors, a broker that may lose, repeat and reorder, and simulated editors, in virtual time and one thread.
 * Everything follows from the seed.
 */
final class SimulatedWorld {
    static final String BROKER = "mqtt://127.0.0.1:1";
    /** Identities cost a scrypt-free but slow derivation; they do not matter to the outcome. */
    private static final List<PeerIdentity> IDENTITIES = identities(4);

    /** A message on its way from the broker to one sidecar. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared
    private record Flying(Sidecar to, String topic, byte[] payload, boolean retained) {}

    /** One conductor with what its effects led to. */
    final class Sidecar {
        /** Whether what is written to its disk is there again; a test of memory leaves the disk out of it. */
        boolean hasDisk = true;

        long writtenBytes;
        final Workspace workspace;
        final PeerIdentity identity;
        final Map<EditorId, SimulatedEditor> editors = new LinkedHashMap<>();
        final Set<String> topics = new LinkedHashSet<>();
        final Map<Long, Object> answers = new HashMap<>();
        final List<String> shown = new ArrayList<>();
        final List<String> logged = new ArrayList<>();
        final List<Evidence> evidence = new ArrayList<>();
        /** What was typed and kept aside, each as it was last. */
        final Map<Long, Aside> aside = new LinkedHashMap<>();

        final List<Effect.KeepContradiction> contradictions = new ArrayList<>();
        final List<Effect.KeepTakenOut> takenOut = new ArrayList<>();
        final Map<EditorId, EditorMessages.DocumentStatus> statuses = new HashMap<>();
        final List<MemberMessages.Asks> asks = new ArrayList<>();
        final List<EditorMessages.Peer> peersTold = new ArrayList<>();
        final List<String> peersLeft = new ArrayList<>();
        final List<BlackboardMessages.Change> boardTold = new ArrayList<>();
        final Map<String, List<StoredDocument.Item>> log = new LinkedHashMap<>();
        final Map<String, SharedDocument> remembered = new LinkedHashMap<>();
        /** The same of the blackboard, apart from what is there of documents. */
        final Map<String, List<StoredDocument.Item>> boardLog = new HashMap<>();

        SharedDocument board;
        List<PeerRecord> keptPeers = List.of();
        int timesPeersKept;
        /** Whose direct links would be let in, and to whom links were ended. */
        Set<PeerId> welcome = Set.of();

        final List<Endpoint> forsaken = new ArrayList<>();
        final List<String> topicsSpokenOn = new ArrayList<>();
        final List<PeerMessages.StatusChanged> statusesTold = new ArrayList<>();
        final List<EditorMessages.MessageReceived> messagesTold = new ArrayList<>();
        final List<SentFile> filesKept = new ArrayList<>();
        final List<FederationMessages.FileReceived> filesTold = new ArrayList<>();
        final List<FederationMessages.PeerMessage> peerMessagesTold = new ArrayList<>();
        /** What its own effects made it hear: performed effects come first. */
        final Deque<Input> later = new ArrayDeque<>();

        boolean connected;
        /** While the broker takes its time, what it took over is not told. */
        boolean acknowledgementsWait;

        final Deque<Input> heldBack = new ArrayDeque<>();
        long wakeAtMillis = Long.MAX_VALUE;
        /** How far its clock is from the world's time. */
        long clockMillis;

        /** As it is kept. */
        Map<PeerId, Long> heardUpTo;

        Sidecar(
                PeerIdentity identity,
                int number,
                List<StoredDocument> stored,
                List<PeerRecord> known,
                Map<PeerId, Long> heardUpTo) {
            this.identity = identity;
            this.heardUpTo = heardUpTo;
            Settings settings = new Settings("file:///w" + number, false, "canvasl", BROKER, true);
            ReplicaId writer = new ReplicaId("r" + number + "-" + random.nextInt(1 << 20));
            workspace = new Workspace(
                    settings, identity, TestDevices.of(identity, 0), new Notary(), writer, SimulatedWorld.this::bytes);
            for (StoredDocument document : stored) {
                if (document.shared().uri().equals(LiveBlackboard.URI)) {
                    board = document.shared();
                    boardLog.put(board.id().value(), new ArrayList<>(document.records()));
                    continue;
                }
                remembered.put(document.shared().id().value(), document.shared());
                log.put(document.shared().id().value(), new ArrayList<>(document.records()));
            }
            perform(workspace.boot(stored, new StoredPeers(known, heardUpTo, null), nowMillis));
        }

        void hear(Input input) {
            perform(workspace.on(input, nowMillis + clockMillis));
            while (!later.isEmpty()) {
                perform(workspace.on(later.poll(), nowMillis + clockMillis));
            }
        }

        /** Several that have waited; what came of them. */
        List<Effect> hearTogether(List<Input> inputs) {
            List<Effect> effects = workspace.on(inputs, nowMillis + clockMillis);
            perform(effects);
            return effects;
        }

        void connect() {
            connected = true;
            hear(new Input.LinkUp(BROKER));
            for (Map.Entry<String, byte[]> kept : retained.entrySet()) {
                if (matches(kept.getKey())) {
                    flying.add(new Flying(this, kept.getKey(), kept.getValue(), true));
                }
            }
        }

        void disconnect() {
            connected = false;
            flying.removeIf(message -> message.to() == this);
            hear(new Input.LinkDown(BROKER, "cut by the test"));
        }

        boolean matches(String topic) {
            return topics.contains(topic) || topics.contains(topic.substring(0, topic.lastIndexOf('/')) + "/+");
        }

        Object ask(EditorId editor, Request request) {
            return answers.get(begin(editor, request));
        }

        /** Asks what is answered later; returns the ticket. */
        long begin(EditorId editor, Request request) {
            long ticket = ++tickets;
            hear(new Input.Asked(editor, ticket, request));
            return ticket;
        }

        private void perform(List<Effect> effects) {
            for (Effect effect : effects) {
                if (effect instanceof Effect.Subscribe subscribe) {
                    topics.add(subscribe.topic());
                } else if (effect instanceof Effect.Unsubscribe unsubscribe) {
                    topics.remove(unsubscribe.topic());
                } else if (effect instanceof Effect.Publish publish) {
                    publish(this, publish);
                } else if (effect instanceof Effect.Send send) {
                    send.brokers()
                            .forEach(broker -> publish(
                                    this,
                                    new Effect.Publish(broker, send.topic(), send.envelope(), 1, false, send.token())));
                } else if (effect instanceof Effect.Welcome told) {
                    welcome = told.peers();
                } else if (effect instanceof Effect.Forsake told) {
                    forsaken.add(told.endpoint());
                } else if (effect instanceof Effect.KeepHeardUpTo keep) {
                    heardUpTo = keep.millis();
                } else if (effect instanceof Effect.KeepPeers keep) {
                    keptPeers = keep.records();
                    timesPeersKept++;
                } else if (effect instanceof Effect.TellMemberAsks told) {
                    asks.add(told.asks());
                } else if (effect instanceof Effect.TellPeerStatus told) {
                    statusesTold.add(told.changed());
                } else if (effect instanceof Effect.TellMessage told) {
                    messagesTold.add(told.message());
                } else if (effect instanceof Effect.KeepFile keep) {
                    filesKept.add(keep.file());
                } else if (effect instanceof Effect.TellFile told) {
                    filesTold.add(told.received());
                } else if (effect instanceof Effect.TellPeerMessage told) {
                    peerMessagesTold.add(told.message());
                } else if (effect instanceof Effect.Offer offer) {
                    editors.get(offer.editor()).offered(offer);
                } else if (effect instanceof Effect.TellPresence told) {
                    editors.get(told.editor()).told(told.changed());
                } else if (effect instanceof Effect.Answer answer) {
                    answers.put(answer.ticket(), answer.result());
                } else if (effect instanceof Effect.Refuse refuse) {
                    answers.put(refuse.ticket(), refuse);
                } else if (effect instanceof Effect.WakeIn wake) {
                    long delay = wake.delayMillis();
                    wakeAtMillis = delay == Long.MAX_VALUE ? delay : nowMillis + delay;
                } else if (effect instanceof Effect.Show show) {
                    shown.add(show.explanation());
                } else if (effect instanceof Effect.Log line) {
                    logged.add(line.line());
                } else if (effect instanceof Effect.TellBlackboard told) {
                    boardTold.addAll(told.changed().changes());
                } else if (effect instanceof Effect.TellPeer told) {
                    peersTold.add(told.peer());
                } else if (effect instanceof Effect.TellPeerLeft left) {
                    peersLeft.add(left.peerId());
                } else if (effect instanceof Effect.Persist persist) {
                    writtenBytes += persist.body().length;
                    if (!hasDisk) {
                        continue;
                    }
                    Map<String, List<StoredDocument.Item>> kept = persist.kind() == LogKind.BLACKBOARD ? boardLog : log;
                    kept.computeIfAbsent(persist.document().value(), none -> new ArrayList<>())
                            .add(new StoredDocument.Item(persist.kind().number(), persist.body()));
                } else if (effect instanceof Effect.Reread reread) {
                    later.add(new Input.LogRead(
                            reread.document(),
                            List.copyOf(log.getOrDefault(reread.document().value(), List.of()))));
                } else if (effect instanceof Effect.KeepEvidence kept) {
                    evidence.add(kept.evidence());
                } else if (effect instanceof Effect.KeepAside kept) {
                    aside.put(kept.aside().number(), kept.aside());
                } else if (effect instanceof Effect.KeepTakenOut kept) {
                    takenOut.add(kept);
                } else if (effect instanceof Effect.KeepContradiction kept) {
                    contradictions.add(kept);
                } else if (effect instanceof Effect.TellDocument told) {
                    statuses.put(told.editor(), told.status());
                } else if (effect instanceof Effect.Snapshot snapshot) {
                    compact(snapshot.document().value(), snapshot.snapshot().records());
                } else if (effect instanceof Effect.Remember remember) {
                    if (remember.document().uri().equals(LiveBlackboard.URI)) {
                        board = remember.document();
                        continue;
                    }
                    remembered.put(remember.document().id().value(), remember.document());
                }
            }
        }

        /** As a store does it: what a snapshot says has to be what it replaces. */
        private void compact(String document, List<StoredDocument.Item> records) {
            List<StoredDocument.Item> replaced = log.get(document);
            String difference = DocumentSnapshot.difference(replaced, records);
            if (difference != null) {
                throw new AssertionError("A snapshot is not what it replaces: " + difference);
            }
            log.put(document, new ArrayList<>(records));
        }

        /** Says that the logs have grown, whatever their size. */
        void logsGrow() {
            for (String document : List.copyOf(log.keySet())) {
                hear(new Input.LogGrown(new DocumentId(document)));
            }
        }

        /** What a store would give back. */
        List<StoredDocument> stored() {
            List<StoredDocument> documents = new ArrayList<>();
            remembered.forEach((id, shared) ->
                    documents.add(new StoredDocument(shared, List.copyOf(log.getOrDefault(id, List.of())))));
            if (board != null) {
                documents.add(new StoredDocument(
                        board, List.copyOf(boardLog.getOrDefault(board.id().value(), List.of()))));
            }
            return documents;
        }
    }

    final Random random;
    final Set<Integer> deleted = new HashSet<>();
    /**
     * Keys that came to an editor and were deleted there before its sidecar heard of either, and then died: what is left
     * is what the editor would show if they had never come. Nobody can tell, and a key too many is better than one lost.
     */
    final Set<Integer> untraceable = new HashSet<>();

    final AtomicInteger characters = new AtomicInteger(0x4E00);
    private final List<Flying> flying = new ArrayList<>();
    private final Map<String, byte[]> retained = new LinkedHashMap<>();
    private final List<Sidecar> sidecars = new ArrayList<>();
    /** What a stranger at the broker listens to, or {@code null}. */
    private BiConsumer<String, byte[]> eavesdropper;

    private long tickets;
    private long lastEditor;
    private int published;
    int publishedOfDocuments;
    /** Whether snapshots take the place of logs now and then. */
    boolean logsGrow;

    long nowMillis = 1_800_000_000_000L;
    /** Of a hundred messages, how many are lost, and how many arrive twice. */
    int lossPercent;

    int doublePercent;

    SimulatedWorld(long seed) {
        random = new Random(seed);
    }

    Sidecar sidecar() {
        return sidecar(List.of());
    }

    Sidecar sidecar(List<StoredDocument> stored) {
        int number = sidecars.size();
        return sidecar(IDENTITIES.get(number % IDENTITIES.size()), stored, List.of(), Map.of());
    }

    /** Somebody's identity and device, with what was kept at some time. */
    Sidecar sidecarOf(PeerIdentity identity, List<StoredDocument> stored) {
        return sidecar(identity, stored, List.of(), Map.of());
    }

    /** One that was killed before starts again. */
    Sidecar again(Sidecar before) {
        kill(before);
        return sidecar(before.identity, before.stored(), before.keptPeers, before.heardUpTo);
    }

    private Sidecar sidecar(
            PeerIdentity identity, List<StoredDocument> stored, List<PeerRecord> known, Map<PeerId, Long> heardUpTo) {
        Sidecar sidecar = new Sidecar(identity, sidecars.size(), stored, known, heardUpTo);
        sidecars.add(sidecar);
        return sidecar;
    }

    /** A crash: nothing of it is left but its log. */
    void kill(Sidecar sidecar) {
        sidecars.remove(sidecar);
        flying.removeIf(message -> message.to() == sidecar);
    }

    SimulatedEditor editor(Sidecar sidecar, String uri, SimulatedEditor.Manner manner) {
        EditorId id = new EditorId(++lastEditor);
        PositionEncoding encoding = List.of(PositionEncoding.values()).get(random.nextInt(3));
        SimulatedEditor editor =
                new SimulatedEditor(id, uri, manner, encoding, random, characters, deleted, untraceable);
        sidecar.editors.put(id, editor);
        sidecar.hear(new Input.EditorCame(id, encoding, manner.name(), id.value()));
        return editor;
    }

    /** The text of a sidecar's only document, as a new, empty editor is brought forward to it. */
    String restoredText(Sidecar sidecar) {
        String uri = sidecar.remembered.values().iterator().next().uri();
        SimulatedEditor editor = editor(sidecar, uri, SimulatedEditor.Manner.PROMPT);
        editor.open("");
        settle();
        return editor.text();
    }

    /** An editor whose sidecar died shows its document to the next one, as it is now. */
    void reopen(Sidecar sidecar, SimulatedEditor editor) {
        sidecar.editors.put(editor.id, editor);
        editor.forgetSidecar();
        sidecar.hear(new Input.EditorCame(editor.id, editor.encoding(), "again", editor.id.value()));
        editor.open(editor.text());
    }

    /** Lets one random thing happen. */
    void step() {
        Sidecar sidecar = sidecars.get(random.nextInt(sidecars.size()));
        List<SimulatedEditor> editors = List.copyOf(sidecar.editors.values());
        if (!editors.isEmpty() && random.nextBoolean()) {
            editors.get(random.nextInt(editors.size())).turn(sidecar::hear);
        } else if (!flying.isEmpty()) {
            // Mostly in order, as brokers deliver; now and then not.
            int index = random.nextInt(10) == 0 ? random.nextInt(flying.size()) : 0;
            deliver(flying.remove(index));
        }
        if (random.nextInt(8) == 0) {
            pass(random.nextInt(20));
        }
        if (logsGrow && random.nextInt(50) == 0) {
            sidecar.logsGrow();
        }
    }

    /** Lets time go by, waking who asked for it. */
    void pass(long millis) {
        nowMillis += millis;
        for (Sidecar sidecar : List.copyOf(sidecars)) {
            if (sidecar.wakeAtMillis <= nowMillis) {
                sidecar.wakeAtMillis = Long.MAX_VALUE;
                sidecar.hear(new Input.Woken());
            }
        }
    }

    /** Ends all faults and lets everything arrive. */
    void settle() {
        lossPercent = 0;
        doublePercent = 0;
        int quietRounds = 0;
        for (int round = 0; round < 2_000 && quietRounds < 10; round++) {
            deliverAll();
            if (editorsWork()) {
                quietRounds = 0;
                for (int i = 0; i < 40; i++) {
                    step();
                }
            } else {
                // Long enough for an idle document's hello, so that what was lost on the wire is asked for.
                quietRounds++;
                pass(20_000);
            }
        }
    }

    /** Lets arrive what is under way, and nothing of what that leads to. Returns whether there was anything. */
    boolean deliverRound() {
        List<Flying> round = List.copyOf(flying);
        flying.clear();
        round.forEach(this::deliver);
        return !round.isEmpty();
    }

    /** Lets everything arrive that is under way. */
    void deliverAll() {
        while (!flying.isEmpty()) {
            deliver(flying.remove(0));
        }
    }

    private boolean editorsWork() {
        for (Sidecar sidecar : sidecars) {
            for (SimulatedEditor editor : sidecar.editors.values()) {
                if (editor.hasWork()) {
                    return true;
                }
            }
        }
        return false;
    }

    private void deliver(Flying message) {
        if (message.to().connected) {
            message.to().hear(new Input.Received(BROKER, message.topic(), message.payload(), message.retained()));
        }
    }

    /** How many messages were published so far. */
    int published() {
        return published;
    }

    private void publish(Sidecar from, Effect.Publish publish) {
        published++;
        from.topicsSpokenOn.add(publish.topic());
        publishedOfDocuments += publish.topic().startsWith(Channel.TOPIC) ? 1 : 0;
        if (!from.connected) {
            from.later.add(new Input.NotPublished(BROKER, publish.token(), "not connected"));
            return;
        }
        if (eavesdropper != null) {
            eavesdropper.accept(publish.topic(), publish.payload());
        }
        if (publish.retain()) {
            if (publish.payload().length == 0) {
                retained.remove(publish.topic());
            } else {
                retained.put(publish.topic(), publish.payload());
            }
        }
        for (Sidecar sidecar : sidecars) {
            if (!sidecar.matches(publish.topic()) || random.nextInt(100) < lossPercent) {
                continue;
            }
            flying.add(new Flying(sidecar, publish.topic(), publish.payload(), false));
            if (random.nextInt(100) < doublePercent) {
                flying.add(new Flying(sidecar, publish.topic(), publish.payload(), false));
            }
        }
        (from.acknowledgementsWait ? from.heldBack : from.later).add(new Input.Acknowledged(BROKER, publish.token()));
    }

    /** From now on somebody at the broker sees all that is published. */
    void eavesdrop(BiConsumer<String, byte[]> listener) {
        eavesdropper = listener;
    }

    /** Somebody who is no sidecar of this world publishes something. */
    void inject(String topic, byte[] payload) {
        inject(sidecars, topic, payload);
    }

    /** The same for some of them alone. */
    void inject(List<Sidecar> hearers, String topic, byte[] payload) {
        for (Sidecar sidecar : hearers) {
            if (sidecar.matches(topic)) {
                flying.add(new Flying(sidecar, topic, payload, false));
            }
        }
    }

    /** The same, before all that is under way. */
    void overtake(String topic, byte[] payload) {
        List<Flying> before = List.copyOf(flying);
        flying.clear();
        inject(topic, payload);
        flying.addAll(before);
    }

    static PeerIdentity identity(int number) {
        return IDENTITIES.get(number);
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static List<PeerIdentity> identities(int count) {
        List<PeerIdentity> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] entropy = new byte[Mnemonic.ENTROPY_BYTES];
            entropy[0] = (byte) (i + 1);
            list.add(PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(entropy), ""));
        }
        return list;
    }
}
