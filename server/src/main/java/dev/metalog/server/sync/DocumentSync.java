package dev.metalog.server.sync;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.VersionVector;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Keeps one document equal among its peers by anti-entropy: whoever says what it has is sent what it lacks, and asked for
 * what we lack. What is published as it happens only makes that fast; all of it may be lost, repeated or reordered.
 *
 * <p>Says hello when a link comes up, when a bundle arrives whose parents are missing, {@value #ACTIVE_MILLIS} ms after
 * the last event of an active document, and every {@value #IDLE_MILLIS} ms of an idle one. Owned by the conductor.
 */
public final class DocumentSync {
    static final long ACTIVE_MILLIS = 15_000;
    static final long IDLE_MILLIS = 120_000;
    /** At most one question in this time, however many gaps are seen: the answer to one fills them all. */
    static final long ASK_MILLIS = 200;

    /** What hearing a message led to: what is new and must be kept, what can never be, and what to say. */
    public record Heard(List<Bundle> admitted, List<Admission.Refused> refused, List<PeerMessage> replies) {}

    private final EventGraph graph;
    private final Pending pending = new Pending(Limits.PENDING_BUNDLES);
    private final PeersSeen peers = new PeersSeen();
    private long helloAtMillis;
    private long askedAtMillis = -ASK_MILLIS;
    private boolean wantsToAsk;
    private boolean caughtUp;

    public DocumentSync(EventGraph graph, long nowMillis) {
        this(graph, List.of(), nowMillis);
    }

    /** @param waiting what the log gave back and the graph could not take in, as events before it are missing */
    public DocumentSync(EventGraph graph, List<Bundle> waiting, long nowMillis) {
        this.graph = graph;
        this.helloAtMillis = nowMillis + ACTIVE_MILLIS;
        pending.recall(waiting);
    }

    /** A way to the others opened. */
    public List<PeerMessage> connected(long nowMillis) {
        return List.of(ask(nowMillis));
    }

    /** Something was typed here. */
    public List<PeerMessage> typed(List<Bundle> bundles, long nowMillis) {
        helloAtMillis = Math.min(helloAtMillis, nowMillis + ACTIVE_MILLIS);
        List<PeerMessage> messages = new ArrayList<>();
        for (Bundle bundle : bundles) {
            messages.add(new PeerMessage.Events(bundle));
        }
        return messages;
    }

    /** A peer said something. */
    public Heard hear(PeerId from, PeerMessage message, long nowMillis) {
        peers.heard(from, nowMillis);
        return message.dispatch(new PeerMessage.Handler<Heard>() {
            @Override
            public Heard hello(PeerMessage.Hello hello) {
                return new Heard(List.of(), List.of(), answer(hello, nowMillis));
            }

            @Override
            public Heard events(PeerMessage.Events events) {
                return admit(events.bundle(), nowMillis);
            }
        });
    }

    /** To be called when {@link #wakeAtMillis} has come. */
    public List<PeerMessage> wake(long nowMillis) {
        if (nowMillis >= helloAtMillis || (wantsToAsk && nowMillis >= askedAtMillis + ASK_MILLIS)) {
            return List.of(ask(nowMillis));
        }
        return List.of();
    }

    public long wakeAtMillis() {
        return wantsToAsk ? Math.min(helloAtMillis, askedAtMillis + ASK_MILLIS) : helloAtMillis;
    }

    /** Whether some peer's hello named nothing that we lack: from then on the text here is one that was shared. */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    /** Peers heard of about this document in the last while. */
    public int peers(long nowMillis) {
        return peers.count(nowMillis);
    }

    public void left(PeerId peer) {
        peers.left(peer);
    }

    private List<PeerMessage> answer(PeerMessage.Hello hello, long nowMillis) {
        VersionVector mine = graph.vector();
        List<PeerMessage> replies = new ArrayList<>();
        for (Bundle bundle : graph.since(hello.vector())) {
            replies.add(new PeerMessage.Events(bundle));
        }
        if (!mine.includes(hello.vector())) {
            replies.addAll(wantToAsk(nowMillis));
        } else {
            caughtUp = true;
            if (hello.asks()) {
                replies.add(new PeerMessage.Hello(mine, false));
            }
        }
        return replies;
    }

    private Heard admit(Bundle bundle, long nowMillis) {
        List<Bundle> admitted = new ArrayList<>();
        List<PeerMessage> replies = new ArrayList<>();
        List<Admission.Refused> refused = new ArrayList<>();
        Deque<Bundle> toTry = new ArrayDeque<>(List.of(bundle));
        while (!toTry.isEmpty()) {
            Bundle next = toTry.poll();
            graph.admit(next).dispatch(new Admission.Handler<Void>() {
                @Override
                public Void added(Admission.Added added) {
                    admitted.add(next);
                    toTry.addAll(pending.drain());
                    return null;
                }

                @Override
                public Void duplicate(Admission.Duplicate duplicate) {
                    return null;
                }

                @Override
                public Void missing(Admission.Missing missing) {
                    pending.add(next);
                    return null;
                }

                @Override
                public Void refused(Admission.Refused refusal) {
                    refused.add(refusal);
                    return null;
                }
            });
        }
        if (!pending.isEmpty()) {
            replies.addAll(wantToAsk(nowMillis));
        }
        if (!admitted.isEmpty()) {
            helloAtMillis = Math.min(helloAtMillis, nowMillis + ACTIVE_MILLIS);
        }
        return new Heard(admitted, refused, replies);
    }

    private List<PeerMessage> wantToAsk(long nowMillis) {
        wantsToAsk = true;
        return nowMillis >= askedAtMillis + ASK_MILLIS ? List.of(ask(nowMillis)) : List.of();
    }

    private PeerMessage ask(long nowMillis) {
        wantsToAsk = false;
        askedAtMillis = nowMillis;
        helloAtMillis = nowMillis + (pending.isEmpty() ? IDLE_MILLIS : ACTIVE_MILLIS);
        return new PeerMessage.Hello(graph.vector(), true);
    }
}
