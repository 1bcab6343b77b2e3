package dev.metalog.server.app;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.DocumentEntry;
import dev.metalog.server.store.DocumentIndex;
import dev.metalog.server.store.DocumentLog;
import dev.metalog.server.store.LogOpening;
import dev.metalog.server.store.StoreRefused;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.SharedDocument;
import dev.metalog.server.workspace.StoredDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The store as the conductor's effects want it. Records are written by the loop thread before anything is sent; a thread
 * of its own flushes them to the disk every {@value #SYNC_MILLIS} ms, so that typing never waits for it.
 */
final class Disk implements AutoCloseable {
    private static final long SYNC_MILLIS = 50;

    private final WorkspaceFolder folder;
    private final DocumentIndex index;
    private final Journal journal;
    private final Map<DocumentId, DocumentLog> logs = new ConcurrentHashMap<>();
    private final Map<DocumentId, String> uris = new LinkedHashMap<>();
    private final Thread syncer;
    private volatile boolean closed;

    Disk(WorkspaceFolder folder, Journal journal) throws StoreRefused {
        this.folder = folder;
        this.index = folder.documentIndex();
        this.journal = journal;
        this.syncer = new Thread(this::syncEveryNowAndThen, "store-sync");
        syncer.setDaemon(true);
        syncer.start();
    }

    /** Everything that was live when this workspace was last open. A log that cannot be read leaves its document out. */
    List<StoredDocument> load() {
        List<StoredDocument> documents = new ArrayList<>();
        for (DocumentEntry entry : index.entries()) {
            try {
                List<StoredDocument.Item> records = new ArrayList<>();
                log(entry.documentId()).replay((type, body) -> records.add(new StoredDocument.Item(type, body)));
                uris.put(entry.documentId(), entry.uri());
                SharedDocument shared = new SharedDocument(
                        entry.documentId(),
                        entry.uri(),
                        entry.path(),
                        Base32.decode(entry.secretBase32()),
                        entry.brokerHint());
                documents.add(new StoredDocument(shared, records));
            } catch (StoreRefused e) {
                journal.line(e.getMessage());
            }
        }
        return documents;
    }

    void persist(Effect.Persist effect) throws StoreRefused {
        log(effect.document()).append((byte) effect.kind().number(), effect.body());
    }

    void remember(SharedDocument shared) throws StoreRefused {
        index.put(new DocumentEntry(
                shared.uri(), shared.id(), shared.path(), Base32.encode(shared.secret()), shared.broker()));
        uris.put(shared.id(), shared.uri());
    }

    void forget(DocumentId document) throws StoreRefused {
        String uri = uris.remove(document);
        if (uri != null) {
            index.remove(uri);
        }
        DocumentLog log = logs.remove(document);
        if (log != null) {
            log.close();
        }
    }

    private DocumentLog log(DocumentId document) throws StoreRefused {
        DocumentLog open = logs.get(document);
        if (open == null) {
            open = folder.documentLog(document);
            logs.put(document, open);
            tell(open.opening());
        }
        return open;
    }

    private void tell(LogOpening opening) {
        opening.dispatch(new LogOpening.Handler<Void>() {
            @Override
            public Void clean(LogOpening.Clean clean) {
                return null;
            }

            @Override
            public Void tornTailCut(LogOpening.TornTailCut cut) {
                journal.line(cut.message());
                return null;
            }

            @Override
            public Void damageKeptAside(LogOpening.DamageKeptAside damage) {
                journal.line(damage.message());
                return null;
            }
        });
    }

    private void syncEveryNowAndThen() {
        String told = null;
        while (!closed) {
            try {
                TimeUnit.MILLISECONDS.sleep(SYNC_MILLIS);
                for (DocumentLog log : logs.values()) {
                    log.sync();
                }
            } catch (StoreRefused e) {
                // A log whose flush failed fails every time after: once is enough to hear it.
                if (!e.getMessage().equals(told)) {
                    told = e.getMessage();
                    journal.line(told);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (DocumentLog log : logs.values()) {
            try {
                log.sync();
                log.close();
            } catch (StoreRefused e) {
                journal.line(e.getMessage());
            }
        }
        try {
            folder.close();
        } catch (StoreRefused e) {
            journal.line(e.getMessage());
        }
    }
}
