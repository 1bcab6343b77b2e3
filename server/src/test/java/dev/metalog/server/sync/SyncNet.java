package dev.metalog.server.sync;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Predicate;

/** Conversations about one document among peers that hear each other after a fixed time; what is said is counted. */
final class SyncNet {
    /** One way. */
    static final long LATENCY_MILLIS = 10;

    /** One peer. */
    final class Peer {
        final Speaker speaker;
        final EventGraph graph = new EventGraph();
        final DocumentEvents events;
        final Conversation conversation;
        final List<SyncEffect> effects = new ArrayList<>();
        final List<PeerMessage> said = new ArrayList<>();
        final ReplicaId writer;
        boolean deaf;
        boolean mute;
        /** Whether what is typed is published at once. */
        boolean publishes = true;

        long bytesSaid;
        long bytesHeard;

        Peer(int number) {
            this(new PeerId("peer-" + String.format("%040x", number + 1)), number);
        }

        Peer(PeerId peer, int number) {
            speaker = new Speaker(peer, number);
            events = SignedDocuments.of(graph, number);
            writer = events.authorship().self();
            conversation = new Conversation(events, SyncNet.this::below, nowMillis);
        }

        void connect() {
            perform(conversation.connected(0, nowMillis));
        }

        void type(String text) {
            edit(new TextEdit(graph.length(), 0, text));
        }

        void edit(TextEdit edit) {
            List<Chunk> chunks = new ArrayList<>();
            for (Bundle bundle : graph.edit(writer, graph.tip(), List.of(edit))) {
                chunks.add(events.sign(bundle));
            }
            for (PeerMessage message : conversation.recorded(chunks, nowMillis)) {
                if (publishes) {
                    perform(List.of(new SyncEffect.Say(null, message)));
                }
            }
        }

        void hear(Speaker from, PeerMessage message) {
            perform(conversation.hear(from, message, nowMillis));
        }

        long saidOf(Class<? extends PeerMessage> kind) {
            return said.stream().filter(kind::isInstance).count();
        }

        long effectsOf(Class<? extends SyncEffect> kind) {
            return effects.stream().filter(kind::isInstance).count();
        }

        private void perform(List<SyncEffect> wanted) {
            for (SyncEffect effect : wanted) {
                effects.add(effect);
                if (effect instanceof SyncEffect.Say say) {
                    send(this, say);
                }
            }
        }
    }

    private record Flying(long atMillis, long number, Peer from, Peer to, PeerMessage message) {}

    private final Random random;
    final List<Peer> peers = new ArrayList<>();
    private final PriorityQueue<Flying> flying =
            new PriorityQueue<>(Comparator.comparingLong(Flying::atMillis).thenComparingLong(Flying::number));
    private long number;
    long nowMillis = 1_000_000;
    /** When the last message arrived that brought events. */
    long lastNewsMillis;

    Predicate<PeerMessage> loses = message -> false;

    SyncNet(long seed, int count) {
        random = new Random(seed);
        for (int i = 0; i < count; i++) {
            peers.add(new Peer(i));
        }
    }

    /** Another run of a peer, beside those that are there. */
    Peer anotherRunOf(Peer peer) {
        Peer run = new Peer(peer.speaker.peer(), peers.size());
        peers.add(run);
        return run;
    }

    Peer peer(int index) {
        return peers.get(index);
    }

    long below(long bound) {
        return (random.nextLong() >>> 1) % bound;
    }

    private void send(Peer from, SyncEffect.Say say) {
        from.said.add(say.message());
        int bytes = PeerMessageCodec.encode(say.message()).length;
        from.bytesSaid += bytes;
        if (from.mute || loses.test(say.message())) {
            return;
        }
        for (Peer to : peers) {
            if (to != from && (say.to() == null || say.to().equals(to.speaker)) && !to.deaf) {
                flying.add(new Flying(nowMillis + LATENCY_MILLIS, number++, from, to, say.message()));
                to.bytesHeard += bytes;
            }
        }
    }

    /** Lets so much time go by. */
    void pass(long millis) {
        long end = nowMillis + millis;
        while (true) {
            long at = flying.isEmpty() ? Long.MAX_VALUE : flying.peek().atMillis();
            for (Peer peer : peers) {
                at = Math.min(at, Math.max(nowMillis, peer.conversation.wakeAtMillis()));
            }
            if (at > end) {
                break;
            }
            nowMillis = at;
            while (!flying.isEmpty() && flying.peek().atMillis() <= nowMillis) {
                Flying next = flying.poll();
                int before = next.to().graph.eventCount();
                next.to().hear(next.from().speaker, next.message());
                if (next.to().graph.eventCount() > before) {
                    lastNewsMillis = nowMillis;
                }
            }
            for (Peer peer : peers) {
                if (peer.conversation.wakeAtMillis() <= nowMillis) {
                    peer.perform(peer.conversation.wake(nowMillis));
                    if (peer.conversation.wakeAtMillis() <= nowMillis) {
                        throw new AssertionError("A conversation wants to be woken again and again.");
                    }
                }
            }
        }
        nowMillis = end;
    }

    boolean isConverged() {
        return peers.stream()
                .allMatch(peer -> peer.graph.tip().equals(peer(0).graph.tip())
                        && peer.graph.text().equals(peer(0).graph.text()));
    }

    long bytesSaid() {
        return peers.stream().mapToLong(peer -> peer.bytesSaid).sum();
    }

    int messages() {
        return peers.stream().mapToInt(peer -> peer.said.size()).sum();
    }

    void forgetWhatWasSaid() {
        for (Peer peer : peers) {
            peer.said.clear();
            peer.effects.clear();
            peer.bytesSaid = 0;
            peer.bytesHeard = 0;
        }
    }
}
