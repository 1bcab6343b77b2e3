package dev.metalog.server.app;

import dev.metalog.server.peers.MalformedPeersException;
import dev.metalog.server.peers.PeerBookCodec;
import dev.metalog.server.peers.PeerRecord;
import dev.metalog.server.store.CheckedFile;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.StoredPeers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps the book of peers on a thread of its own, so that typing never waits for the disk; only a decision of the person is
 * waited for. Of several that wait the newest is written, as it holds the others.
 */
final class PeersKeeper implements AutoCloseable {
    private static final long FAREWELL_SECONDS = 5;

    private final CheckedFile file;
    private final Journal journal;
    private final AtomicReference<List<PeerRecord>> waiting = new AtomicReference<>();
    private final ExecutorService writer = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "peers");
        thread.setDaemon(true);
        return thread;
    });
    private final StoredPeers stored;
    /** Used by the writing thread alone. */
    private boolean kept = true;

    PeersKeeper(CheckedFile file, Journal journal) throws StoreRefused {
        this.file = file;
        this.journal = journal;
        this.stored = load();
    }

    StoredPeers stored() {
        return stored;
    }

    private StoredPeers load() throws StoreRefused {
        try {
            byte[] bytes = file.read();
            return bytes == null ? StoredPeers.NONE : new StoredPeers(PeerBookCodec.decode(bytes), Map.of(), null);
        } catch (MalformedPeersException e) {
            return damaged(e.getMessage());
        } catch (StoreRefused e) {
            if (e.reason() != StoreRefused.Reason.DAMAGED) {
                throw e;
            }
            return damaged(e.why());
        }
    }

    private StoredPeers damaged(String why) throws StoreRefused {
        String trouble = "What was kept of the peers cannot be used: " + why + " It was put aside as " + file.putAside()
                + ". Nobody is blocked in this workspace now, even if you had blocked somebody: block them again.";
        journal.line(trouble);
        return new StoredPeers(List.of(), Map.of(), trouble);
    }

    /** Returns whether it is kept, or need not be yet. */
    boolean keep(Effect.KeepPeers effect) {
        waiting.set(effect.records());
        Future<Boolean> written = writer.submit(this::write);
        if (!effect.urgent()) {
            return true;
        }
        try {
            return written.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            journal.failure("Keeping the peers", e.getCause());
        }
        return false;
    }

    private boolean write() {
        List<PeerRecord> records = waiting.getAndSet(null);
        if (records != null) {
            try {
                file.write(PeerBookCodec.encode(records));
                kept = true;
            } catch (StoreRefused e) {
                if (kept) {
                    journal.line(e.getMessage());
                }
                kept = false;
            }
        }
        return kept;
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            var unused = writer.awaitTermination(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
