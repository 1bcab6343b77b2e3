package dev.metalog.editorclients.headless;

import dev.metalog.editorclients.sidecar.SidecarChannel;
import dev.metalog.editorclients.sidecar.SidecarException;
import dev.metalog.editorclients.sidecar.SidecarListener;
import dev.metalog.editorclients.sidecar.SidecarSession;
import dev.metalog.editorclients.text.BadTextException;
import dev.metalog.editorclients.text.PositionEncoding;
import dev.metalog.editorclients.text.TextBuffer;
import dev.metalog.editorclients.text.TextChange;
import dev.metalog.editorclients.text.TextFile;
import dev.metalog.protocol.editor.EditorMessages.DigestParams;
import dev.metalog.protocol.editor.EditorMessages.DigestVerdict;
import dev.metalog.protocol.editor.PresenceMessages;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.lsp4j.ApplyWorkspaceEditParams;
import org.eclipse.lsp4j.ApplyWorkspaceEditResponse;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextDocumentItem;
import org.eclipse.lsp4j.TextEdit;

/**
 * An editor without a screen, and the reference client of the editor protocol ({@code docs/protocol-editor.md}).
 *
 * <p><b>One lock</b> guards all documents. Under it a change is made, the version grows, and the report is handed to the
 * session's outbox, so reports leave in the order in which changes happened; nothing under the lock waits for the sidecar.
 *
 * <p><b>An edit of the sidecar</b> is applied only if its version is the document's version at that moment, all of it or
 * nothing. Its own changes are then reported like typed ones: the sidecar recognises them by content.
 *
 * <p><b>A sidecar that ends</b> is started again, and is shown the documents as they are by then. Typing goes on meanwhile.
 */
public final class HeadlessEditor implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(HeadlessEditor.class.getName());
    private static final Duration CHECK_AFTER_IDLE = Duration.ofSeconds(2);

    private final EditorProfile profile;
    private final Consumer<EditorEvent> events;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Path, HeadlessDocument> open = new LinkedHashMap<>();
    private final Chores chores = new Chores();
    private final SidecarKeeper keeper;

    /**
     * The newest session, which may have ended: what is told to it then is dropped, and its successor is shown the
     * documents. Changed only under the lock, so that no change falls between two sessions.
     */
    private volatile SidecarSession session;

    private int applied;
    private int refused;

    private HeadlessEditor(EditorProfile profile, SidecarChannel.Starter starter, Consumer<EditorEvent> events) {
        this.profile = profile;
        this.events = events;
        keeper = new SidecarKeeper(profile, starter, chores, new Owner());
    }

    /**
     * Starts an editor and its sidecar.
     *
     * @param events called from several threads; must not wait
     * @throws IOException when the sidecar could not be started
     * @throws SidecarException when it did not answer {@code initialize}
     */
    public static HeadlessEditor start(
            EditorProfile profile, SidecarChannel.Starter starter, Consumer<EditorEvent> events)
            throws IOException, SidecarException {
        HeadlessEditor editor = new HeadlessEditor(profile, starter, events);
        try {
            editor.keeper.start();
        } catch (IOException | SidecarException e) {
            editor.chores.close();
            throw e;
        }
        editor.chores.every(CHECK_AFTER_IDLE, editor::checkIdleDocuments);
        return editor;
    }

    public EditorProfile profile() {
        return profile;
    }

    /** The requests beyond documents: peers, identity, public topics. */
    public SidecarRequests requests() {
        return new SidecarRequests(this);
    }

    /**
     * Opens a file, or gives the document that already shows it. A file that does not exist is an empty document.
     *
     * @param path absolute, or relative to the workspace
     * @throws BadTextException when the file is not UTF-8 or too large; it was only read
     */
    public HeadlessDocument open(Path path) throws IOException {
        Path full = profile.workspace().resolve(path).normalize();
        lock.lock();
        try {
            HeadlessDocument known = open.get(full);
            if (known != null) {
                return known;
            }
            HeadlessDocument document = new HeadlessDocument(this, lock, full, TextFile.read(full));
            open.put(full, document);
            announceOpen(session, document);
            return document;
        } finally {
            lock.unlock();
        }
    }

    /** The open document of a path, absolute or relative to the workspace. */
    public Optional<HeadlessDocument> document(Path path) {
        lock.lock();
        try {
            return Optional.ofNullable(
                    open.get(profile.workspace().resolve(path).normalize()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Compares the document with the shared text; where they differ the document is reported whole, which heals it.
     *
     * @return the verdict: {@code equal}, {@code busy} or {@code different}
     */
    public CompletableFuture<DigestVerdict> check(HeadlessDocument document) {
        lock.lock();
        try {
            int version = document.currentVersion();
            DigestParams params = new DigestParams(document.uri(), version, TextBuffer.sha256(document.currentText()));
            return requests().ask(to -> to.digest(params)).thenApply(verdict -> heal(document, version, verdict));
        } finally {
            lock.unlock();
        }
    }

    /** Closes the documents, says good-bye to the sidecar, and ends it if it stays. */
    @Override
    public void close() {
        lock.lock();
        try {
            List.copyOf(open.values()).forEach(HeadlessDocument::close);
        } finally {
            lock.unlock();
        }
        chores.close();
        keeper.close();
    }

    // ---- for documents and requests ----

    PositionEncoding encoding() {
        return session.encoding();
    }

    /** Whether every change is reported with the whole text. */
    boolean reportsWhole() {
        return profile.fullSync() || session.fullText();
    }

    /** How far the version grows: stock clients count every change, others what happened at once. */
    int versionsFor(int changes) {
        return profile.stock() ? changes : 1;
    }

    void report(HeadlessDocument document, List<TextDocumentContentChangeEvent> changes) {
        if (!changes.isEmpty()) {
            session.report(
                    document.uri(),
                    document.currentVersion(),
                    changes,
                    document::currentText,
                    profile.lag().toNanos());
        }
    }

    void saved(HeadlessDocument document) {
        var id = new TextDocumentIdentifier(document.uri());
        session.tell(to -> to.getTextDocumentService().didSave(new DidSaveTextDocumentParams(id)), 0);
        if (document.isLive() && !profile.stock()) {
            checkQuietly(document);
        }
    }

    void closed(HeadlessDocument document) {
        open.remove(document.path());
        var id = new TextDocumentIdentifier(document.uri());
        session.tell(to -> to.getTextDocumentService().didClose(new DidCloseTextDocumentParams(id)), 0);
    }

    /** Absent while the sidecar is down. */
    Optional<SidecarSession> session() {
        return keeper.session();
    }

    /** How many edits of the sidecar were applied and how many refused, since the editor started. */
    public record Tally(int applied, int refused) {}

    public Tally tally() {
        lock.lock();
        try {
            return new Tally(applied, refused);
        } finally {
            lock.unlock();
        }
    }

    /** Runs follow-up work of a request away from the thread that reads from the sidecar. */
    void chore(Runnable work) {
        chores.now(work);
    }

    void markOthers(PresenceMessages.Changed changed) {
        lock.lock();
        try {
            find(changed.uri()).ifPresent(document -> document.show(changed));
        } finally {
            lock.unlock();
        }
    }

    void look(HeadlessDocument document, Position anchor, Position head) {
        PresenceMessages.Span span = new PresenceMessages.Span(
                new PresenceMessages.Place(anchor.getLine(), anchor.getCharacter()),
                new PresenceMessages.Place(head.getLine(), head.getCharacter()));
        PresenceMessages.Look look =
                new PresenceMessages.Look(document.uri(), document.currentVersion(), List.of(span), true);
        session.tell(to -> to.presence(look), 0);
    }

    void markLive(String uri, boolean live) {
        lock.lock();
        try {
            find(uri).ifPresent(document -> document.becomeLive(live));
        } finally {
            lock.unlock();
        }
    }

    /** A sidecar that begins to wait for the whole text gets it, unless this plays a client that knows nothing of that. */
    void markPaused(String uri, boolean paused) {
        lock.lock();
        try {
            find(uri).ifPresent(document -> {
                if (document.becomePaused(paused) && !profile.stock()) {
                    reportWhole(document);
                }
            });
        } finally {
            lock.unlock();
        }
    }

    /** Keeps the person from typing where they may only read, unless this plays a client that knows nothing of that. */
    void markReadOnly(String uri, boolean readOnly) {
        lock.lock();
        try {
            find(uri).ifPresent(document -> {
                if (!profile.stock() && document.becomeReadOnly(readOnly)) {
                    happened("readOnly", new EditorEvent.ReadOnly(uri, readOnly));
                }
            });
        } finally {
            lock.unlock();
        }
    }

    private void reportWhole(HeadlessDocument document) {
        document.nextVersion();
        report(document, List.of(new TextDocumentContentChangeEvent(document.currentText())));
    }

    void happened(String name, Object body) {
        events.accept(new EditorEvent(name, body));
    }

    // ---- edits from the sidecar ----

    private record Planned(HeadlessDocument document, List<TextChange> changes) {
        void apply() {
            document.applyFromSidecar(changes);
        }
    }

    /** Called on the thread that reads from the sidecar; the answer goes out in its turn. */
    CompletableFuture<ApplyWorkspaceEditResponse> applyEdit(ApplyWorkspaceEditParams params) {
        CompletableFuture<ApplyWorkspaceEditResponse> sent = new CompletableFuture<>();
        lock.lock();
        try {
            List<Planned> plans = List.of();
            ApplyWorkspaceEditResponse answer = new ApplyWorkspaceEditResponse(true);
            try {
                plans = plan(params);
                applied++;
            } catch (BadTextException e) {
                refused++;
                if (!profile.claimsApplied()) {
                    answer.setApplied(false);
                    answer.setFailureReason(e.getMessage());
                }
            }
            if (!profile.stock()) {
                plans.forEach(Planned::apply);
            }
            session.inTurn(() -> sent.complete(answer), profile.lag().toNanos());
            if (profile.stock()) {
                // Such a client answers within the request, and reports when its idle timer runs.
                plans.forEach(Planned::apply);
            }
        } finally {
            lock.unlock();
        }
        return sent;
    }

    /** All that the request asks for, checked against the documents as they are. */
    private List<Planned> plan(ApplyWorkspaceEditParams params) {
        var documentChanges = params.getEdit().getDocumentChanges();
        if (documentChanges == null || documentChanges.isEmpty()) {
            throw new BadTextException("only documentChanges are applied, because only they name a version");
        }
        List<Planned> plans = new ArrayList<>();
        for (var change : documentChanges) {
            if (!change.isLeft()) {
                throw new BadTextException("this editor neither creates, renames nor deletes files");
            }
            var id = change.getLeft().getTextDocument();
            HeadlessDocument document = fitting(id.getUri(), id.getVersion());
            if (plans.stream().anyMatch(plan -> plan.document() == document)) {
                throw new BadTextException(id.getUri() + " is named twice in one request");
            }
            List<TextEdit> edits = new ArrayList<>();
            for (var edit : change.getLeft().getEdits()) {
                if (!edit.isLeft()) {
                    throw new BadTextException("snippets are not applied");
                }
                edits.add(edit.getLeft());
            }
            plans.add(new Planned(document, document.plan(edits, encoding())));
        }
        return plans;
    }

    private HeadlessDocument fitting(String uri, Integer version) {
        HeadlessDocument document =
                find(uri).orElseThrow(() -> new BadTextException(uri + " is not open in this editor"));
        if (version == null || version != document.currentVersion()) {
            throw new BadTextException("the edit is for version " + version + " of " + uri + ", which is at version "
                    + document.currentVersion());
        }
        return document;
    }

    private Optional<HeadlessDocument> find(String uri) {
        try {
            return Optional.ofNullable(open.get(Path.of(URI.create(uri)).normalize()));
        } catch (IllegalArgumentException e) {
            LOG.log(Level.WARNING, "the sidecar named a document " + uri, e);
            return Optional.empty();
        }
    }

    // ---- comparing ----

    private DigestVerdict heal(HeadlessDocument document, int version, DigestVerdict verdict) {
        lock.lock();
        try {
            boolean still = document.currentVersion() == version && open.containsValue(document);
            if (still && verdict.verdict().equals("different")) {
                reportWhole(document);
                happened("repaired", new EditorEvent.Repaired(document.uri()));
            }
            if (still && !verdict.verdict().equals("busy")) {
                document.checkedNow();
            }
            return verdict;
        } finally {
            lock.unlock();
        }
    }

    private void checkIdleDocuments() {
        if (profile.stock() || session().isEmpty()) {
            return;
        }
        lock.lock();
        try {
            open.values().stream()
                    .filter(document -> document.isIdleAndUnchecked(CHECK_AFTER_IDLE))
                    .forEach(this::checkQuietly);
        } finally {
            lock.unlock();
        }
    }

    private void checkQuietly(HeadlessDocument document) {
        CompletableFuture<DigestVerdict> unused = check(document).whenComplete((verdict, failure) -> {
            if (failure != null) {
                LOG.log(Level.WARNING, "comparing " + document.uri() + " failed", SidecarSession.explain(failure));
            }
        });
    }

    private void announceOpen(SidecarSession to, HeadlessDocument document) {
        var item = new TextDocumentItem(
                document.uri(),
                Handshake.languageOf(document.path()),
                document.currentVersion(),
                document.currentText());
        to.tell(sidecar -> sidecar.getTextDocumentService().didOpen(new DidOpenTextDocumentParams(item)), 0);
    }

    /** What the keeper of the sidecar needs of this editor. */
    private final class Owner implements SidecarKeeper.Owner {
        @Override
        public SidecarListener ears() {
            return new SidecarEars(HeadlessEditor.this);
        }

        @Override
        public void started(SidecarSession fresh) {
            lock.lock();
            try {
                session = fresh;
                open.values().forEach(document -> announceOpen(fresh, document));
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void happened(String name, Object body) {
            HeadlessEditor.this.happened(name, body);
        }
    }
}
