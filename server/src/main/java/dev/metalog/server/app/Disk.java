package dev.metalog.server.app;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.DocumentId;
import dev.metalog.server.identity.SentFile;
import dev.metalog.server.store.DocumentEntry;
import dev.metalog.server.store.DocumentIndex;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.DocumentLog;
import dev.metalog.server.store.log.LogOpening;
import dev.metalog.server.store.log.LogSyncer;
import dev.metalog.server.workspace.Aside;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Evidence;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.SharedDocument;
import dev.metalog.server.workspace.StoredDocument;
import dev.metalog.server.workspace.StoredPeers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The store as the conductor's effects want it. Records are written by the loop thread before anything is sent; a thread
 * of its own makes them survive a power loss ({@link LogSyncer}), so that typing never waits for the disk.
 *
 * <p>What the disk does not take is told to the conductor, once, and once more when it has taken it after all. Used by the
 * loop thread alone.
 */
final class Disk implements AutoCloseable {
    private static final String LOST =
            " You can go on typing, but this document is neither kept nor shared until meta-log is"
                    + " restarted: save the file.";

    private final WorkspaceFolder folder;
    private final DocumentIndex index;
    private final Mailbox mailbox;
    private final Journal journal;
    private final PeersKeeper peers;
    private final ContactsKeeper contacts;
    private final HeardUpToKeeper heardUpTo;
    private final LogSyncer syncer = new LogSyncer(new SyncNews());
    private final Compactor compactor;
    private final FileKeeper received;
    private final Map<DocumentId, DocumentLog> logs = new HashMap<>();
    private final Map<DocumentId, String> uris = new LinkedHashMap<>();
    /** What the list of documents lacks, because the disk did not take it. */
    private final Map<DocumentId, SharedDocument> unremembered = new HashMap<>();

    /** Documents of which nothing more is kept in this run. */
    private final Set<DocumentId> lost = new HashSet<>();
    /** Documents of which the conductor knows that not all is kept. */
    private final Set<DocumentId> notKept = new HashSet<>();

    /** @param workspaceUri where the files lie that the person edits */
    Disk(WorkspaceFolder folder, String workspaceUri, Mailbox mailbox, Journal journal) throws StoreRefused {
        this.folder = folder;
        this.index = folder.documentIndex();
        this.peers = new PeersKeeper(folder.peersFile(), journal);
        this.contacts = new ContactsKeeper(folder.contactsFile(), journal);
        this.heardUpTo = new HeardUpToKeeper(folder.heardUpToFile(), journal);
        this.mailbox = mailbox;
        this.journal = journal;
        this.compactor = new Compactor(journal);
        this.received = new FileKeeper(folder.receivedFiles(workspaceUri), mailbox);
    }

    /** Everything that was live when this workspace was last open. */
    List<StoredDocument> load() {
        List<StoredDocument> documents = new ArrayList<>();
        for (DocumentEntry entry : index.entries()) {
            SharedDocument shared = new SharedDocument(
                    entry.documentId(),
                    entry.uri(),
                    entry.path(),
                    Base32.decode(entry.secretBase32()),
                    entry.brokerHint(),
                    entry.workspace());
            uris.put(shared.id(), shared.uri());
            documents.add(load(shared));
        }
        return documents;
    }

    private StoredDocument load(SharedDocument shared) {
        try {
            List<StoredDocument.Item> records = new ArrayList<>();
            DocumentLog log = log(shared.id());
            log.replay((type, body) -> records.add(new StoredDocument.Item(type, body)));
            return log.opening().dispatch(new LogOpening.Handler<StoredDocument>() {
                @Override
                public StoredDocument clean(LogOpening.Clean clean) {
                    return new StoredDocument(shared, records);
                }

                @Override
                public StoredDocument tornTailCut(LogOpening.TornTailCut cut) {
                    // What a killed process leaves; nobody was told of what is missing.
                    return new StoredDocument(shared, records);
                }

                @Override
                public StoredDocument damageKeptAside(LogOpening.DamageKeptAside damage) {
                    return new StoredDocument(shared, records, StoredDocument.State.DAMAGED, damage.message());
                }
            });
        } catch (StoreRefused e) {
            return new StoredDocument(shared, List.of(), StoredDocument.State.CLOSED, e.getMessage());
        }
    }

    StoredPeers loadPeers() {
        StoredPeers stored = peers.stored();
        return new StoredPeers(stored.records(), heardUpTo.stored(), stored.trouble());
    }

    /** Where peers can be reached, and we. */
    ContactsKeeper contacts() {
        return contacts;
    }

    /** Returns whether they are kept, or need not be yet. */
    boolean keepPeers(Effect.KeepPeers effect) {
        return peers.keep(effect);
    }

    void keepHeardUpTo(Effect.KeepHeardUpTo effect) {
        heardUpTo.keep(effect.millis());
    }

    /** What comes of it is posted. */
    void keepFile(SentFile file) {
        received.keep(file);
    }

    /** Returns whether it is kept, so that others may hear of it. */
    boolean persist(Effect.Persist effect) {
        DocumentId document = effect.document();
        if (lost.contains(document)) {
            return false;
        }
        try {
            DocumentLog log = log(document);
            DocumentLog.Appended appended = log.append((byte) effect.kind().number(), effect.body());
            syncer.appended(log, effect.body().length);
            if (appended == DocumentLog.Appended.WRITTEN && isRemembered(document)) {
                if (compactor.wants(log)) {
                    mailbox.postFromLoop(new Input.LogGrown(document));
                }
                return true;
            }
            tellNotKept(
                    document,
                    "The disk takes nothing at the moment. You can go on typing: it is kept in memory, written as soon as"
                            + " that works again, and shared then. Free some space on the disk of META_LOG_HOME.");
        } catch (StoreRefused e) {
            // What comes after something that is missing is worth nothing.
            lost.add(document);
            tellNotKept(document, e.getMessage() + LOST);
        }
        return false;
    }

    private void tellNotKept(DocumentId document, String why) {
        if (notKept.add(document)) {
            mailbox.postFromLoop(new Input.NotKept(document, why));
        }
    }

    /** Whether the disk has taken everything of a document, so that the conductor may be told. */
    boolean isKeptAgain(DocumentId document) {
        DocumentLog log = logs.get(document);
        return log != null && !log.isBehind() && !unremembered.containsKey(document) && notKept.remove(document);
    }

    /** What a document's log holds; nothing when it cannot be read. */
    List<StoredDocument.Item> reread(DocumentId document) {
        List<StoredDocument.Item> records = new ArrayList<>();
        try {
            DocumentLog log = logs.get(document);
            if (log != null) {
                log.replay((type, body) -> records.add(new StoredDocument.Item(type, body)));
            }
            return records;
        } catch (StoreRefused e) {
            journal.line(e.getMessage());
            return List.of();
        }
    }

    void keepEvidence(Evidence evidence) {
        keepEvidence(EvidenceForm.name(evidence), EvidenceForm.encode(evidence));
    }

    void keepContradiction(Effect.KeepContradiction found) {
        keepEvidence(ContradictionForm.name(found), ContradictionForm.encode(found));
    }

    /** The text of a document before something went out of it. Returns what became of that, for people. */
    String keepTakenOut(Effect.KeepTakenOut effect) {
        String name = EvidenceForm.name(effect.wallMillis(), effect.document().id()) + "-before";
        String said;
        try {
            Path file = folder.evidence().keepTyped(name, effect.text().getBytes(StandardCharsets.UTF_8));
            said = "the text that was here before something was taken out of it is kept in " + file + ".";
        } catch (StoreRefused e) {
            said = "the text that was here before something was taken out of it could not be kept: " + e.getMessage();
        }
        journal.line(effect.document().path() + ": " + said);
        return said;
    }

    private void keepEvidence(String name, byte[] evidence) {
        try {
            journal.line("Evidence is kept in " + folder.evidence().keep(name, evidence) + ".");
        } catch (StoreRefused e) {
            journal.line(e.getMessage());
        }
    }

    /** Returns the file that what was typed is in now. */
    Path keepAside(Aside aside) throws StoreRefused {
        return folder.evidence()
                .keepTyped(EvidenceForm.name(aside), aside.text().getBytes(StandardCharsets.UTF_8));
    }

    void snapshot(Effect.Snapshot effect) {
        DocumentLog log = logs.get(effect.document());
        if (log != null) {
            compactor.write(log, effect.snapshot());
        }
    }

    void remember(SharedDocument shared) throws StoreRefused {
        uris.put(shared.id(), shared.uri());
        unremembered.put(shared.id(), shared);
        index.put(new DocumentEntry(
                shared.uri(),
                shared.id(),
                shared.path(),
                Base32.encode(shared.secret()),
                shared.broker(),
                shared.workspace()));
        unremembered.remove(shared.id());
    }

    /** Tries once more what the disk did not take when the document was shared. */
    private boolean isRemembered(DocumentId document) {
        SharedDocument shared = unremembered.get(document);
        if (shared == null) {
            return true;
        }
        try {
            remember(shared);
        } catch (StoreRefused e) {
            return false;
        }
        mailbox.postFromLoop(new Input.KeptAgain(document));
        return true;
    }

    void forget(DocumentId document) throws StoreRefused {
        String uri = uris.remove(document);
        if (uri != null) {
            index.remove(uri);
        }
        notKept.remove(document);
        unremembered.remove(document);
        lost.remove(document);
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

    /** What the syncer says, on its own thread. */
    private final class SyncNews implements LogSyncer.Listener {
        @Override
        public void failed(DocumentLog log, StoreRefused why) {
            journal.line(why.getMessage());
            mailbox.post(new Input.NotKept(log.id(), why.getMessage() + LOST));
        }

        @Override
        public void caughtUp(DocumentLog log) {
            mailbox.post(new Input.KeptAgain(log.id()));
        }
    }

    @Override
    public void close() {
        compactor.close();
        received.close();
        peers.close();
        contacts.close();
        heardUpTo.close();
        syncer.close();
        for (DocumentLog log : logs.values()) {
            try {
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
