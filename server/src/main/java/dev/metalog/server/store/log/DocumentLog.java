package dev.metalog.server.store.log;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The records of one document, in segments that only grow, with a snapshot in front of them once there was one
 * (docs/decisions/0013). What a record means is the caller's business; here it is a type and bytes.
 *
 * <p>{@link #append} returns when the operating system has the record: a killed process loses nothing. Only {@link #sync}
 * makes it survive a power loss; {@link LogSyncer} does that for many records at once. After a failed sync nothing is known
 * about what the disk holds, so the log takes no more records in this run (the descriptor would report success next time
 * without having written the lost bytes).
 *
 * <p>A write that the disk refuses for now, as when it is full, loses nothing either: the record waits here, the next ones
 * behind it, and they are written first as soon as that works again.
 *
 * <p>One thread appends and begins snapshots; {@code sync} and the rest of a snapshot may run on others. Do not interrupt a
 * thread inside: Java closes the file under it, and the log refuses to go on.
 */
public final class DocumentLog implements AutoCloseable {
    /** The largest body of a record. */
    public static final int MAX_BODY_BYTES = LogFormat.MAX_BODY_BYTES;

    /** What became of a record. */
    public enum Appended {
        /** The operating system has it. */
        WRITTEN,
        /** The disk does not take it now. It is not safe, and nobody else should be told of it. */
        WAITING
    }

    /**
     * How large things get.
     *
     * @param segmentBytes a segment that is longer is followed by another
     * @param logBytes the segments in use together: then the log refuses to grow, before reading it back takes minutes
     * @param snapshotAfterBytes a snapshot is due when the segments behind the last one are longer than this, and than it
     */
    public record Bounds(long segmentBytes, long logBytes, long snapshotAfterBytes) {
        public static final Bounds USUAL = new Bounds(4L << 20, 1L << 30, 1L << 20);
    }

    private final StoreFiles files;
    private final Path folder;
    private final DocumentId id;
    private final Bounds bounds;
    private final LogOpening opening;
    private final Unwritten unwritten;
    /** Held by whoever forces files to the disk, and by whoever closes them: never one under the other. */
    private final Object syncOrClose = new Object();

    /** Segments that are full and not forced yet. */
    private final List<Segment> full = new ArrayList<>();

    /** How long the segments in use are, by their numbers, but for the current one. */
    private final NavigableMap<Integer, Long> lengths = new TreeMap<>();

    private Segment current;
    private LogName snapshot;
    private long snapshotBytes;
    private boolean dirty;
    private boolean namesDirty;
    private boolean snapshotBegun;
    private boolean failed;
    private boolean closed;

    private DocumentLog(Place place, Bounds bounds, Unwritten.Room room, LogSurvey survey, LogOpening opening)
            throws IOException {
        this.files = place.files();
        this.folder = place.folder();
        this.id = place.id();
        this.bounds = bounds;
        this.opening = opening;
        this.unwritten = new Unwritten(room);
        adopt(survey);
    }

    /**
     * Where a log lies.
     *
     * @param folder the document's own, in that of the workspace
     */
    public record Place(StoreFiles files, Path folder, DocumentId id) {}

    /** Opens a log, or makes it, and mends what is wrong with it. */
    static DocumentLog open(Place place, Bounds bounds, Unwritten.Room room) throws StoreRefused {
        try {
            makeFolder(place);
            sweep(place);
            LogSurvey survey = LogSurvey.of(place.files(), place.folder(), place.id());
            LogOpening opening = LogRepair.repair(place.files(), place.folder(), place.id(), survey);
            return new DocumentLog(place, bounds, room, survey, opening);
        } catch (IOException e) {
            throw StoreRefused.because(place.folder(), "Opening the log", e);
        }
    }

    private static void makeFolder(Place place) throws IOException {
        if (!place.files().exists(place.folder())) {
            place.files().createFolder(place.folder());
            place.files().forceFolder(place.folder().getParent());
        }
    }

    /** Removes snapshots that a process did not finish. We hold the workspace's lock, so nobody is writing. */
    private static void sweep(Place place) throws IOException {
        for (Path file : place.files().list(place.folder())) {
            if (file.getFileName().toString().endsWith(LogSnapshot.UNFINISHED)) {
                place.files().delete(file);
            }
        }
    }

    private void adopt(LogSurvey survey) throws IOException {
        LogFile base = survey.snapshot();
        snapshot = base == null ? null : base.name();
        snapshotBytes = base == null ? 0 : base.bytes();
        byte[] previous = base == null ? new byte[LogFormat.HASH_BYTES] : base.previous();
        List<LogFile> found = survey.segments();
        for (int i = 0; i < found.size() - 1; i++) {
            lengths.put(found.get(i).name().number(), found.get(i).goodBytes());
        }
        if (found.isEmpty()) {
            current = create(snapshot == null ? 1 : snapshot.number(), previous);
            return;
        }
        LogFile last = found.get(found.size() - 1);
        if (last.name().kind() == LogName.Kind.SINGLE_FILE) {
            // What an older program wrote is read and no longer written.
            Segment old = Segment.resume(files, folder, last, previous);
            lengths.put(0, old.end());
            old.close();
            current = create(1, old.hash());
        } else {
            current = Segment.resume(files, folder, last, last.previous());
        }
    }

    private Segment create(int number, byte[] previous) throws IOException {
        namesDirty = true;
        dirty = true;
        return Segment.create(files, folder, id, LogName.segment(number), previous);
    }

    /** In what state the log was found. */
    public LogOpening opening() {
        return opening;
    }

    public DocumentId id() {
        return id;
    }

    /** How long the segments in use are, headers included. */
    public synchronized long sizeBytes() {
        long bytes = current.end();
        for (long length : lengths.values()) {
            bytes += length;
        }
        return bytes;
    }

    /** How long the snapshot in front of them is; 0 when there is none. */
    public synchronized long snapshotBytes() {
        return snapshotBytes;
    }

    /** Whether records wait here that the disk would not take. */
    public synchronized boolean isBehind() {
        return !unwritten.isEmpty();
    }

    /** Whether a snapshot is due: the segments have outgrown the last one, and none is being written. */
    public synchronized boolean wantsSnapshot() {
        return isUsable() && !snapshotBegun && sizeBytes() > Math.max(bounds.snapshotAfterBytes(), snapshotBytes);
    }

    /**
     * Adds a record. {@link Appended#WRITTEN}: it will be found by the next {@link #replay}, also when the process is
     * killed.
     *
     * @throws StoreRefused when it is too large; or when the disk refuses it for good, or too much waits already: then the
     *     log takes no more in this run
     */
    public synchronized Appended append(byte type, byte[] body) throws StoreRefused {
        demandUsable();
        if (body.length > MAX_BODY_BYTES) {
            throw new StoreRefused(
                    StoreRefused.Reason.TOO_LARGE,
                    folder,
                    "A record of " + body.length + " bytes is larger than " + MAX_BODY_BYTES + ".",
                    "Write it in several records.");
        }
        if (sizeBytes() + LogFormat.RECORD_HEAD_BYTES + body.length > bounds.logBytes()) {
            failed = true;
            throw new StoreRefused(
                    StoreRefused.Reason.TOO_LARGE,
                    folder,
                    "The log would grow beyond " + bounds.logBytes() + " bytes.",
                    "Continue the text in a new document.");
        }
        if (writeWaiting()) {
            try {
                write(type, body);
                return Appended.WRITTEN;
            } catch (IOException e) {
                demandPassing(e);
            }
        }
        if (unwritten.add(type, body)) {
            return Appended.WAITING;
        }
        failed = true;
        throw new StoreRefused(
                StoreRefused.Reason.NO_SPACE,
                folder,
                "The disk has taken nothing for too long; what was typed since is in the editor alone.",
                "Save the file, free some space, and restart meta-log.");
    }

    /** Returns whether nothing waits any more. */
    private boolean writeWaiting() throws StoreRefused {
        while (!unwritten.isEmpty()) {
            try {
                write(unwritten.first().type(), unwritten.first().body());
            } catch (IOException e) {
                demandPassing(e);
                return false;
            }
            unwritten.removeFirst();
        }
        return true;
    }

    private void write(byte type, byte[] body) throws IOException {
        if (current.end() >= bounds.segmentBytes() && current.hasRecords()) {
            roll();
        }
        dirty = true;
        try {
            current.append(type, body);
        } catch (IOException e) {
            cutHalfRecord();
            throw e;
        }
    }

    /** So that nobody finds it, should this be the last that is written. If it fails, it is tried before the next write. */
    private void cutHalfRecord() {
        try {
            current.cutHalfRecord();
        } catch (IOException e) {
            // Whoever appends next is told, should it fail once more.
            return;
        }
    }

    /** Begins the next segment. Nothing is forced here, as the caller may be about to send; the next sync does that. */
    private void roll() throws IOException {
        Segment next = create(current.name().number() + 1, current.hash());
        lengths.put(current.name().number(), current.end());
        full.add(current);
        current = next;
    }

    /** A disk that is full or read-only may take something later; any other failure is for good. */
    private void demandPassing(IOException e) throws StoreRefused {
        StoreRefused refused = StoreRefused.because(folder, "Writing to the log", e);
        boolean passes = refused.reason() == StoreRefused.Reason.NO_SPACE
                || refused.reason() == StoreRefused.Reason.READ_ONLY
                || refused.reason() == StoreRefused.Reason.NO_PERMISSION;
        if (failed || !passes) {
            // What comes after a record that is missing is worth nothing, so nothing comes after it.
            failed = true;
            throw refused;
        }
    }

    /**
     * Hands over every record from the first on: of the snapshot, then of the segments.
     *
     * @throws StoreRefused when a file cannot be read, or changed under us since it was opened
     */
    public void replay(RecordConsumer consumer) throws StoreRefused {
        LogName from;
        int last;
        long end;
        synchronized (this) {
            from = snapshot;
            last = current.name().number();
            end = current.end();
        }
        new LogReader(new Place(files, folder, id)).tell(from, last, end, consumer);
    }

    /**
     * Makes everything that was appended before this call survive a power loss, and tries to write what waits. Costs 0.4
     * to 10 ms. A log that was closed meanwhile was synced by that, so then there is nothing to do.
     */
    public void sync() throws StoreRefused {
        synchronized (syncOrClose) {
            List<Segment> toForce;
            boolean forceNames;
            synchronized (this) {
                if (failed) {
                    throw failedBefore();
                }
                if (closed) {
                    return;
                }
                writeWaiting();
                // Before the call, so that what is appended meanwhile counts for the next one.
                toForce = new ArrayList<>(full);
                full.clear();
                if (dirty) {
                    toForce.add(current);
                }
                forceNames = namesDirty;
                dirty = false;
                namesDirty = false;
            }
            force(toForce, forceNames);
        }
    }

    private void force(List<Segment> segments, boolean names) throws StoreRefused {
        try {
            for (Segment segment : segments) {
                segment.force();
            }
            if (names) {
                files.forceFolder(folder);
            }
            for (Segment segment : segments) {
                if (!isCurrent(segment)) {
                    segment.close();
                }
            }
        } catch (IOException e) {
            fail();
            throw StoreRefused.because(folder, "Forcing the log to the disk", e);
        }
    }

    /** One that was full meanwhile is in the list for the next time. */
    private synchronized boolean isCurrent(Segment segment) {
        return segment == current || full.contains(segment);
    }

    private synchronized void fail() {
        failed = true;
    }

    /**
     * Begins a snapshot of everything that was appended so far: what is appended from now on goes behind it.
     *
     * @return {@code null} when there is nothing new, records wait to be written, or another snapshot is being written
     */
    public synchronized LogSnapshot beginSnapshot() throws StoreRefused {
        demandUsable();
        boolean isNews = current.hasRecords() || !lengths.isEmpty();
        if (snapshotBegun || !isNews || !writeWaiting()) {
            return null;
        }
        try {
            if (current.hasRecords()) {
                roll();
            }
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Beginning a snapshot", e);
        }
        snapshotBegun = true;
        LogName name = LogName.snapshot(current.name().number());
        return new LogSnapshot(new Place(files, folder, id), this, snapshot, name, current.previous());
    }

    /** A snapshot is there, or will not come. */
    synchronized void snapshotEnded(LogName made, long bytes) {
        snapshotBegun = false;
        if (made != null) {
            snapshot = made;
            snapshotBytes = bytes;
            lengths.headMap(made.number()).clear();
        }
    }

    /** Whether a snapshot may still take the place of others. */
    synchronized boolean isUsable() {
        return !failed && !closed;
    }

    private void demandUsable() throws StoreRefused {
        if (failed || closed || !current.isOpen()) {
            throw failedBefore();
        }
    }

    private StoreRefused failedBefore() {
        return new StoreRefused(
                StoreRefused.Reason.FAILED_BEFORE,
                folder,
                closed ? "The log is closed." : "An earlier write to this log failed, so it takes no more.",
                "Check the disk, then restart meta-log.");
    }

    /**
     * Syncs and closes. Closing it twice is harmless.
     *
     * @throws StoreRefused also when records wait that the disk does not take
     */
    @Override
    public void close() throws StoreRefused {
        synchronized (syncOrClose) {
            try {
                if (isUsable()) {
                    sync();
                }
            } finally {
                closeFiles();
            }
        }
    }

    private synchronized void closeFiles() throws StoreRefused {
        int lost = unwritten.size();
        unwritten.clear();
        closed = true;
        try {
            for (Segment segment : full) {
                segment.close();
            }
            current.close();
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Closing the log", e);
        }
        if (lost > 0) {
            throw new StoreRefused(
                    StoreRefused.Reason.NO_SPACE,
                    folder,
                    lost + " changes were not written, as the disk took nothing.",
                    "They are in the editor: save the file. Opened again, it is compared with what is kept.");
        }
    }
}
