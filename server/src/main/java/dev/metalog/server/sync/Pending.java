package dev.metalog.server.sync;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.editor.MetricsMessages;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chunks that follow on what is not here yet, by who sent them.
 *
 * <p>Overflow rule: a peer that sends more than {@link Limits#PENDING_BUNDLES_OF_ONE} or {@link
 * Limits#PENDING_BYTES_OF_ONE} loses its own oldest, so it cannot push out what others sent; when all together are more
 * than {@link Limits#PENDING_BUNDLES} or {@link Limits#PENDING_BYTES}, whoever has most here loses its oldest. What is
 * lost is fetched again. Of all that came, so much is kept in the log until it is of use as may wait at once.
 */
final class Pending {
    /** A chunk that waits. */
    static final class Waiting {
        private final Chunk chunk;
        /** {@code null}: our own log gave it back. */
        private final Speaker from;

        private EventId waitsFor;
        private boolean isKept;

        private Waiting(Chunk chunk, Speaker from, EventId waitsFor) {
            this.chunk = chunk;
            this.from = from;
            this.waitsFor = waitsFor;
        }

        Chunk chunk() {
            return chunk;
        }

        /** {@code null}: our own log gave it back. */
        Speaker from() {
            return from;
        }
    }

    /** What one peer sent, oldest first. */
    private static final class Share {
        final Deque<Waiting> waiting = new ArrayDeque<>();
        int bytes;
    }

    private final Map<PeerId, Share> byPeer = new HashMap<>();
    private final Set<Chunk> chunks = new HashSet<>();
    /** From our own log, which is their bound. They may be nowhere else, so they never make room. */
    private final Deque<Waiting> recalled = new ArrayDeque<>();

    private int size;
    private int bytes;
    private int most;
    private long overflows;
    /** Of those that were kept in the log and are not known to be of use. */
    private long keptBytes;

    void recall(Chunk chunk, EventId waitsFor) {
        if (chunks.add(chunk)) {
            Waiting waiting = new Waiting(chunk, null, waitsFor);
            waiting.isKept = true;
            keptBytes += chunk.length();
            recalled.add(waiting);
        }
    }

    /**
     * Returns whether it is to be kept in the log: it was not waiting yet, and there is room for it there. Whoever sends what
     * nothing will ever follow on must not fill the disk.
     */
    boolean add(Speaker from, Chunk chunk, EventId waitsFor) {
        if (!chunks.add(chunk)) {
            return false;
        }
        Waiting waiting = new Waiting(chunk, from, waitsFor);
        waiting.isKept = keptBytes + chunk.length() <= Limits.PENDING_BYTES;
        keptBytes += waiting.isKept ? chunk.length() : 0;
        insert(waiting);
        return waiting.isKept;
    }

    /** Puts back one that still lacks something. */
    void putBack(Waiting waiting, EventId waitsFor) {
        waiting.waitsFor = waitsFor;
        if (!chunks.add(waiting.chunk)) {
            return;
        }
        keptBytes += waiting.isKept ? waiting.chunk.length() : 0;
        if (waiting.from == null) {
            recalled.add(waiting);
        } else {
            insert(waiting);
        }
    }

    private void insert(Waiting waiting) {
        PeerId peer = waiting.from.peer();
        Share own = byPeer.computeIfAbsent(peer, none -> new Share());
        own.waiting.add(waiting);
        own.bytes += waiting.chunk.length();
        size++;
        bytes += waiting.chunk.length();
        while (own.waiting.size() > Limits.PENDING_BUNDLES_OF_ONE || own.bytes > Limits.PENDING_BYTES_OF_ONE) {
            dropOldest(peer);
        }
        while (size > Limits.PENDING_BUNDLES || bytes > Limits.PENDING_BYTES) {
            dropOldest(whoHasMost());
        }
        most = Math.max(most, size);
    }

    /** Takes out what lacks no more what it was waiting for. */
    List<Waiting> takeReady(Replicated mine) {
        List<Waiting> ready = new ArrayList<>();
        takeReady(recalled.iterator(), mine, ready);
        for (Iterator<Share> shares = byPeer.values().iterator(); shares.hasNext(); ) {
            Share share = shares.next();
            int before = ready.size();
            takeReady(share.waiting.iterator(), mine, ready);
            for (Waiting taken : ready.subList(before, ready.size())) {
                share.bytes -= taken.chunk.length();
                bytes -= taken.chunk.length();
                size--;
            }
            if (share.waiting.isEmpty()) {
                shares.remove();
            }
        }
        return ready;
    }

    private void takeReady(Iterator<Waiting> all, Replicated mine, List<Waiting> ready) {
        while (all.hasNext()) {
            Waiting waiting = all.next();
            if (mine.has(waiting.waitsFor)) {
                all.remove();
                chunks.remove(waiting.chunk);
                keptBytes -= waiting.isKept ? waiting.chunk.length() : 0;
                ready.add(waiting);
            }
        }
    }

    private PeerId whoHasMost() {
        PeerId most = null;
        for (Map.Entry<PeerId, Share> share : byPeer.entrySet()) {
            if (most == null || share.getValue().bytes > byPeer.get(most).bytes) {
                most = share.getKey();
            }
        }
        return most;
    }

    private void dropOldest(PeerId peer) {
        overflows++;
        Share own = byPeer.get(peer);
        Waiting oldest = own.waiting.removeFirst();
        chunks.remove(oldest.chunk);
        own.bytes -= oldest.chunk.length();
        bytes -= oldest.chunk.length();
        size--;
        if (own.waiting.isEmpty()) {
            byPeer.remove(peer);
        }
    }

    List<Chunk> all() {
        return List.copyOf(chunks);
    }

    /** Of those that came from others. */
    MetricsMessages.Queue queue(String about) {
        return new MetricsMessages.Queue("waiting for parents", about, size, Limits.PENDING_BUNDLES, most, overflows);
    }

    boolean isEmpty() {
        return size() == 0;
    }

    int size() {
        return size + recalled.size();
    }

    int of(PeerId peer) {
        Share own = byPeer.get(peer);
        return own == null ? 0 : own.waiting.size();
    }
}
