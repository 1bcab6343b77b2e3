package dev.metalog.server.app;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.DocumentLog;
import dev.metalog.server.store.log.LogSnapshot;
import dev.metalog.server.store.log.RecordSource;
import dev.metalog.server.workspace.Snapshot;
import dev.metalog.server.workspace.StoredDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Writes snapshots, on a thread of its own: packing a large document and comparing it with what it replaces takes longer
 * than anybody may wait for a key.
 *
 * <p>Overflow rule: {@value #MOST_UNDER_WAY} are under way at most; no more are asked for meanwhile, and a log that was
 * passed over asks again with its next record. A log that did not get the snapshot it asked for asks again when it has
 * grown by {@value #ASK_AGAIN_BYTES} bytes.
 */
final class Compactor implements AutoCloseable {
    static final int MOST_UNDER_WAY = 2;
    static final long ASK_AGAIN_BYTES = 1 << 20;

    private final Journal journal;
    private final Set<DocumentId> underWay = ConcurrentHashMap.newKeySet();
    private final Map<DocumentId, Long> askAgainAtBytes = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_UNDER_WAY), work -> {
                Thread made = new Thread(work, "store-compact");
                made.setDaemon(true);
                return made;
            });

    Compactor(Journal journal) {
        this.journal = journal;
    }

    /** Whether the conductor should be asked for a snapshot of this log now. */
    boolean wants(DocumentLog log) {
        if (underWay.size() >= MOST_UNDER_WAY || !log.wantsSnapshot()) {
            return false;
        }
        long bytes = log.sizeBytes();
        if (bytes < askAgainAtBytes.getOrDefault(log.id(), 0L)) {
            return false;
        }
        askAgainAtBytes.put(log.id(), bytes + ASK_AGAIN_BYTES);
        return true;
    }

    /** Takes the place of everything that was appended to the log so far. */
    void write(DocumentLog log, Snapshot snapshot) {
        try {
            LogSnapshot begun = underWay.size() < MOST_UNDER_WAY ? log.beginSnapshot() : null;
            if (begun != null) {
                underWay.add(log.id());
                thread.execute(() -> {
                    write(log.id(), begun, snapshot);
                    underWay.remove(log.id());
                });
            }
        } catch (StoreRefused e) {
            journal.line(e.getMessage());
        }
    }

    private void write(DocumentId document, LogSnapshot begun, Snapshot snapshot) {
        try {
            write(begun, snapshot);
            askAgainAtBytes.remove(document);
        } catch (StoreRefused e) {
            journal.line(e.getMessage());
        } catch (IllegalArgumentException e) {
            begun.abandon();
            journal.line("The log of document " + document + " is kept without a snapshot: " + e.getMessage());
        }
    }

    /** Writes one and compares it with what it replaces. */
    static void write(LogSnapshot begun, Snapshot snapshot) throws StoreRefused {
        List<StoredDocument.Item> records = snapshot.records();
        begun.write(
                consumer -> records.forEach(item -> consumer.record((byte) item.kind(), item.body())),
                (replaced, written) -> snapshot.differs(items(replaced), items(written)));
    }

    static List<StoredDocument.Item> items(RecordSource source) throws StoreRefused {
        List<StoredDocument.Item> items = new ArrayList<>();
        source.tell((type, body) -> items.add(new StoredDocument.Item(type, body)));
        return items;
    }

    /** Begins no more. One that is under way stops counting when its log is closed. */
    @Override
    public void close() {
        thread.shutdown();
        thread.getQueue().clear();
    }
}
