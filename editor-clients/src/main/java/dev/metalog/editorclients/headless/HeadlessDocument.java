package dev.metalog.editorclients.headless;

import dev.metalog.editorclients.headless.BufferChange.Origin;
import dev.metalog.editorclients.text.BadTextException;
import dev.metalog.editorclients.text.PositionEncoding;
import dev.metalog.editorclients.text.TextBuffer;
import dev.metalog.editorclients.text.TextChange;
import dev.metalog.editorclients.text.TextFile;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.PresenceMessages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextEdit;

/**
 * One open document of a {@link HeadlessEditor}. Its methods may be called from any thread; each takes effect as a whole.
 *
 * <p>The version grows at once with every change, whether or not the sidecar has been told of it. That is what lets an
 * edit computed for an older text be refused.
 */
public final class HeadlessDocument {
    private static final int SHOWN_AFTER = 4;

    private record Waiter(Predicate<String> condition, long sinceNanos, CompletableFuture<Duration> met) {}

    private final HeadlessEditor editor;
    private final ReentrantLock lock;
    private final Path path;
    private final String uri;
    private final TextBuffer buffer;
    private final TextFile format;
    private final List<BufferListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private int version = 1;
    private boolean closed;
    private boolean live;
    private long lastChangeNanos = System.nanoTime();
    private int checkedVersion;
    private boolean paused;
    private boolean readOnly;
    private Caret caret = new Caret(0);
    private final Map<PresenceMessages.Person, Caret> others = new LinkedHashMap<>();

    HeadlessDocument(HeadlessEditor editor, ReentrantLock lock, Path path, TextFile.Loaded loaded) {
        this.editor = editor;
        this.lock = lock;
        this.path = path;
        this.uri = path.toUri().toString();
        this.buffer = new TextBuffer(loaded.text());
        this.format = loaded.format();
    }

    public Path path() {
        return path;
    }

    public String uri() {
        return uri;
    }

    public int version() {
        return locked(() -> version);
    }

    /** The text as the buffer has it: carriage returns are in it only when the file's line ends disagree. */
    public String text() {
        return locked(buffer::text);
    }

    public int length() {
        return locked(buffer::length);
    }

    /** SHA-256 of the text with {@code \n} line ends as UTF-8, in 64 hex digits. */
    public String sha256() {
        return TextBuffer.sha256(text());
    }

    /** The offset in this buffer of an offset in its text with {@code \n} line ends. */
    public int offsetOfLfOffset(int lfOffset) {
        return locked(() -> buffer.offsetOfLfOffset(lfOffset));
    }

    /** The other way round. */
    public int lfOffsetOf(int offset) {
        return locked(() -> TextBuffer.withLf(buffer.text(0, offset)).length());
    }

    public void insert(int at, String text) {
        change(List.of(new TextChange(at, 0, text)));
    }

    public void delete(int at, int length) {
        change(List.of(new TextChange(at, length, "")));
    }

    public void replace(int at, int length, String text) {
        change(List.of(new TextChange(at, length, text)));
    }

    /**
     * What a person does in one action: the changes one after the other, each told in the text the one before it left.
     *
     * @throws BadTextException when one of them does not fit, or the person may only read; then none was made
     */
    public void change(List<TextChange> changes) {
        lock.lock();
        try {
            requireWritable();
            changeAnyway(changes);
        } finally {
            lock.unlock();
        }
    }

    /** The same, as in an editor that does not keep people from it, or before this one has heard that it has to. */
    public void changeAnyway(List<TextChange> changes) {
        lock.lock();
        try {
            requireOpen();
            make(Origin.PERSON, changes);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the person may only read it. */
    public boolean isReadOnly() {
        return locked(() -> readOnly);
    }

    /**
     * Deletes or inserts as {@code choose} says, looking at the text while nobody else can change it.
     *
     * @return what was changed
     */
    public TextChange changeSeeing(Function<String, TextChange> choose) {
        lock.lock();
        try {
            requireWritable();
            TextChange chosen = choose.apply(buffer.text());
            make(Origin.PERSON, List.of(chosen));
            return chosen;
        } finally {
            lock.unlock();
        }
    }

    /** Has the document in front, with the caret there; what lies between anchor and caret is selected. */
    public void look(int anchor, int at) {
        lock.lock();
        try {
            requireOpen();
            caret = new Caret(at);
            editor.look(this, buffer.positionOf(anchor, editor.encoding()), buffer.positionOf(at, editor.encoding()));
        } finally {
            lock.unlock();
        }
    }

    /** Inserts at the caret. */
    public void type(String text) {
        lock.lock();
        try {
            insert(caret.at(), text);
        } finally {
            lock.unlock();
        }
    }

    /** Who else is shown in it. */
    public List<Other> others() {
        return locked(() -> {
            List<Other> shown = new ArrayList<>();
            others.forEach((person, where) -> {
                String name = person.name() == null ? "" : person.name();
                int at = where == null ? -1 : where.at();
                String after = where == null ? "" : buffer.text(at, Math.min(buffer.length(), at + SHOWN_AFTER));
                shown.add(new Other(person.peerId(), name, at, after));
            });
            return shown;
        });
    }

    public void addListener(BufferListener listener) {
        listeners.add(listener);
    }

    public void removeListener(BufferListener listener) {
        listeners.remove(listener);
    }

    /**
     * Waits, without holding a thread, until the text with {@code \n} line ends is as wanted.
     *
     * @return how long it took; fails with {@link TimeoutException}
     */
    public CompletableFuture<Duration> await(Predicate<String> condition, Duration timeout) {
        lock.lock();
        try {
            requireOpen();
            CompletableFuture<Duration> met = new CompletableFuture<>();
            if (condition.test(TextBuffer.withLf(buffer.text()))) {
                met.complete(Duration.ZERO);
                return met;
            }
            Waiter waiter = new Waiter(condition, System.nanoTime(), met);
            waiters.add(waiter);
            return met.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((took, failure) -> locked(() -> waiters.remove(waiter)));
        } finally {
            lock.unlock();
        }
    }

    /** Writes the file as it was found (line ends, byte-order mark, mode) and tells the sidecar; returns the bytes. */
    public int save() throws IOException {
        lock.lock();
        try {
            requireOpen();
            int bytes = format.write(path, buffer.text());
            editor.saved(this);
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the document without saving it. */
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                editor.closed(this);
                IllegalStateException reason = new IllegalStateException(path + " was closed");
                List.copyOf(waiters).forEach(waiter -> waiter.met().completeExceptionally(reason));
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- for the editor, which holds the lock ----

    int currentVersion() {
        return version;
    }

    String currentText() {
        return buffer.text();
    }

    boolean isLive() {
        return live;
    }

    void becomeLive(boolean nowLive) {
        live = nowLive;
    }

    /** Returns whether that is news. */
    boolean becomeReadOnly(boolean nowReadOnly) {
        boolean changes = nowReadOnly != readOnly;
        readOnly = nowReadOnly;
        return changes;
    }

    /** Returns whether the sidecar waits for the whole text now and did not before. */
    boolean becomePaused(boolean nowPaused) {
        boolean begins = nowPaused && !paused;
        paused = nowPaused;
        return begins;
    }

    /** Whether the text has been left alone this long and not been compared since. */
    boolean isIdleAndUnchecked(Duration idle) {
        return live && checkedVersion != version && System.nanoTime() - lastChangeNanos >= idle.toNanos();
    }

    /** What is told of another version than this one is told again. */
    void show(PresenceMessages.Changed changed) {
        if (changed.version() != version && !changed.people().isEmpty()) {
            return;
        }
        others.clear();
        for (PresenceMessages.Person person : changed.people()) {
            Caret where = null;
            if (!person.selections().isEmpty()) {
                PresenceMessages.Place head = person.selections().get(0).head();
                where = new Caret(buffer.offsetOf(new Position(head.line(), head.character()), editor.encoding()));
            }
            others.put(person, where);
        }
    }

    void checkedNow() {
        checkedVersion = version;
    }

    /** The version grows though the text stays: it is about to be reported whole. */
    int nextVersion() {
        return ++version;
    }

    /** @throws BadTextException when the edits do not fit this text */
    List<TextChange> plan(List<TextEdit> edits, PositionEncoding encoding) {
        List<TextChange> changes = IncomingEdit.plan(buffer, edits, encoding);
        requireRoom(changes.stream().mapToLong(TextChange::growth).sum());
        return changes;
    }

    void applyFromSidecar(List<TextChange> changes) {
        make(Origin.SIDECAR, changes);
    }

    private void make(Origin origin, List<TextChange> changes) {
        boolean whole = editor.reportsWhole()
                || buffer.hasCarriageReturns()
                || changes.stream().anyMatch(c -> c.text().indexOf('\r') >= 0);
        List<TextDocumentContentChangeEvent> events = applyAll(changes, whole);
        version += editor.versionsFor(changes.size());
        for (TextChange change : changes) {
            caret.moveWith(change);
            others.values().stream().filter(Objects::nonNull).forEach(other -> other.moveWith(change));
        }
        lastChangeNanos = System.nanoTime();
        BufferChange change = new BufferChange(origin, version, List.copyOf(changes), lastChangeNanos);
        editor.report(this, whole ? List.of(new TextDocumentContentChangeEvent(buffer.text())) : events);
        listeners.forEach(listener -> listener.changed(change));
        wake();
    }

    /**
     * Makes all changes or none.
     *
     * @return the same changes for {@code didChange}; empty when the whole text will be reported. A text with carriage
     *     returns in it is always reported whole: which of them ends a line alone can change with its neighbours.
     */
    private List<TextDocumentContentChangeEvent> applyAll(List<TextChange> changes, boolean whole) {
        List<TextDocumentContentChangeEvent> events = new ArrayList<>();
        Deque<TextChange> back = new ArrayDeque<>();
        try {
            for (TextChange change : changes) {
                buffer.check(change);
                requireRoom(change.growth());
                if (!whole) {
                    events.add(eventOf(change));
                }
                String removed = buffer.text(change.at(), change.at() + change.length());
                buffer.apply(change);
                back.push(new TextChange(change.at(), change.text().length(), removed));
            }
        } catch (BadTextException e) {
            back.forEach(buffer::apply);
            throw e;
        }
        return events;
    }

    private TextDocumentContentChangeEvent eventOf(TextChange change) {
        PositionEncoding encoding = editor.encoding();
        Position start = buffer.positionOf(change.at(), encoding);
        Position end = buffer.positionOf(change.at() + change.length(), encoding);
        return new TextDocumentContentChangeEvent(new Range(start, end), change.text());
    }

    private void requireRoom(long growth) {
        if (buffer.length() + growth > Limits.DOCUMENT_BYTES) {
            throw new BadTextException(path + " would grow beyond " + Limits.DOCUMENT_BYTES + " bytes");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(path + " was closed; open it again");
        }
    }

    private void requireWritable() {
        requireOpen();
        if (readOnly) {
            throw new BadTextException(path + " may only be read here: what is typed in it would reach nobody");
        }
    }

    private void wake() {
        if (waiters.isEmpty()) {
            return;
        }
        String now = TextBuffer.withLf(buffer.text());
        for (Waiter waiter : List.copyOf(waiters)) {
            if (waiter.condition().test(now)) {
                waiters.remove(waiter);
                waiter.met().complete(Duration.ofNanos(System.nanoTime() - waiter.sinceNanos()));
            }
        }
    }

    private <T> T locked(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }
}
