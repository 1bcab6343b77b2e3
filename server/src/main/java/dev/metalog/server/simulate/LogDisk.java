package dev.metalog.server.simulate;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.MalformedBundleException;
import dev.metalog.server.peers.MalformedPeersException;
import dev.metalog.server.peers.PeerBookCodec;
import dev.metalog.server.peers.PeerRecord;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.LogKind;
import dev.metalog.server.workspace.LoggedEvents;
import dev.metalog.server.workspace.SharedDocument;
import dev.metalog.server.workspace.StoredDocument;
import dev.metalog.server.workspace.StoredPeers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A disk that is a little worse than the store promises: records of each document in order. A kill leaves all that was
 * written. A power loss leaves what was flushed, and of the rest any part, even behind a hole, where the store leaves
 * nothing. What a full disk does not take waits in memory, in its order, until the document is forgotten. (That the store
 * keeps its promise over torn sectors and reordered blocks is tried by its own tests, byte by byte.)
 */
final class LogDisk {
    /** A record and the keys that only it is known to hold. */
    private record Item(StoredDocument.Item item, Set<Integer> keys) {}

    private static final class Log {
        final List<Item> items = new ArrayList<>();
        final List<Item> behind = new ArrayList<>();
        int flushed;
        /** What was written before the document was left for the last time. */
        int before;
        /** Whether it tells of a screen that showed what is in no record. */
        boolean showsWhatIsGone;
    }

    private final Clockwork clockwork;
    private final Map<DocumentId, SharedDocument> remembered = new LinkedHashMap<>();
    private final Map<DocumentId, Log> logs = new LinkedHashMap<>();
    private List<PeerRecord> peers = List.of();
    private List<byte[]> contacts = List.of();
    private boolean full;

    LogDisk(Clockwork clockwork) {
        this.clockwork = clockwork;
    }

    /** Whether a power loss would leave everything. */
    boolean isFlushed() {
        return logs.values().stream().allMatch(log -> log.behind.isEmpty() && log.flushed == log.items.size());
    }

    boolean isFull() {
        return full;
    }

    void fill() {
        full = true;
    }

    /** There is space again. Returns the documents whose records had waited for it. */
    List<DocumentId> free() {
        full = false;
        List<DocumentId> written = new ArrayList<>();
        logs.forEach((document, log) -> {
            if (!log.behind.isEmpty()) {
                log.items.addAll(log.behind);
                log.behind.clear();
                written.add(document);
            }
        });
        return written;
    }

    /** The process that had them in memory is gone. Returns the keys that were in them. */
    Set<Integer> loseWhatWaits() {
        Set<Integer> gone = new HashSet<>();
        for (Log log : logs.values()) {
            log.behind.forEach(item -> gone.addAll(item.keys()));
            log.behind.clear();
        }
        return gone;
    }

    /** Returns whether there was space. */
    boolean keepPeers(List<PeerRecord> records) {
        peers = full ? peers : records;
        return !full;
    }

    void keepContacts(List<byte[]> statements) {
        contacts = full ? contacts : statements;
    }

    List<byte[]> contacts() {
        return contacts;
    }

    /** As they are after they were written and read. */
    StoredPeers peers() {
        try {
            return new StoredPeers(PeerBookCodec.decode(PeerBookCodec.encode(peers)), Map.of(), null);
        } catch (MalformedPeersException e) {
            throw new IllegalStateException("What was kept cannot be read again.", e);
        }
    }

    void remember(SharedDocument shared) {
        remembered.put(shared.id(), shared);
    }

    /** Its log is closed: what is in it stays, what waits for space does not. */
    void forget(DocumentId document) {
        remembered.remove(document);
        Log log = logs.get(document);
        if (log != null) {
            log.behind.clear();
            log.before = log.items.size();
        }
    }

    /** Whether something waits for space. */
    boolean isBehind() {
        return logs.values().stream().anyMatch(log -> !log.behind.isEmpty());
    }

    /** Whether some record says what an editor of this process shows. */
    boolean hasScreenOf(long process) {
        return logs.values().stream()
                .flatMap(log -> log.items.stream().skip(log.before))
                .filter(item -> item.item().kind() == LogKind.ON_SCREEN.number())
                .anyMatch(item -> ByteBuffer.wrap(item.item().body()).getLong(Integer.BYTES) == process);
    }

    /** Whether some record says what somebody shows or showed of this document, since it was joined last. */
    boolean hasScreens(DocumentId document) {
        Log log = logs.getOrDefault(document, new Log());
        return log.items.stream().skip(log.before).anyMatch(item -> item.item().kind() == LogKind.ON_SCREEN.number());
    }

    /** Whether what somebody showed of this document is gone behind a hole: then nobody can tell what she typed since. */
    boolean showsWhatIsGone(DocumentId document) {
        return logs.getOrDefault(document, new Log()).showsWhatIsGone;
    }

    /** Returns whether there was space. */
    boolean append(Effect.Persist persist) {
        Log log = logs.computeIfAbsent(persist.document(), none -> new Log());
        StoredDocument.Item item = new StoredDocument.Item(persist.kind().number(), persist.body());
        (full ? log.behind : log.items).add(new Item(item, keysOf(persist)));
        return !full;
    }

    private static Set<Integer> keysOf(Effect.Persist persist) {
        return persist.kind() == LogKind.BLACKBOARD ? Board.tokensIn(persist.body()) : Keys.of(insertedBy(persist));
    }

    /** What a record inserts; behind four bytes for the screen in what was typed here. */
    private static String insertedBy(Effect.Persist persist) {
        int from = persist.kind() == LogKind.TYPED_ON_SCREEN ? Integer.BYTES : 0;
        if (from == 0 && persist.kind() != LogKind.BUNDLE && persist.kind() != LogKind.WAITING) {
            return "";
        }
        try {
            EventRuns runs = LoggedEvents.read(persist.body(), from).runs();
            return runs.contentString(0, runs.contentLength());
        } catch (MalformedBundleException e) {
            throw new IllegalStateException("What was kept cannot be read again.", e);
        }
    }

    void flush() {
        logs.values().forEach(log -> log.flushed = log.items.size());
    }

    /** Returns the keys that are gone, and those in records behind a gone one: what follows on it waits for it in vain. */
    Set<Integer> losePower() {
        Set<Integer> gone = loseWhatWaits();
        for (Log log : logs.values()) {
            int manner = clockwork.below(3);
            int keepUpTo = log.flushed + clockwork.below(log.items.size() - log.flushed + 1);
            int hole = log.items.size();
            int eventsHole = hole;
            for (int i = log.items.size() - 1; i >= log.flushed; i--) {
                boolean survives = manner == 0 || (manner == 1 ? i < keepUpTo : clockwork.chance(50));
                if (!survives) {
                    Item lost = log.items.remove(i);
                    gone.addAll(lost.keys());
                    hole = i;
                    // What comes behind it has moved up by one.
                    eventsHole = isNoteOnly(lost) ? eventsHole - 1 : i;
                }
            }
            log.showsWhatIsGone |= log.items.stream().skip(eventsHole).anyMatch(LogDisk::isOfScreen);
            log.items.stream().skip(hole).forEach(item -> gone.addAll(item.keys()));
            log.flushed = log.items.size();
            log.before = Math.min(log.before, log.items.size());
        }
        return gone;
    }

    private static boolean isNoteOnly(Item item) {
        int kind = item.item().kind();
        return kind == LogKind.ON_SCREEN.number() || kind == LogKind.SHOWN.number();
    }

    private static boolean isOfScreen(Item item) {
        int kind = item.item().kind();
        return kind == LogKind.ON_SCREEN.number() || kind == LogKind.TYPED_ON_SCREEN.number();
    }

    /** Damages one record; returns the keys that are gone, and those that only follow on it. */
    Set<Integer> flip() {
        List<Log> written =
                logs.values().stream().filter(log -> !log.items.isEmpty()).toList();
        if (written.isEmpty()) {
            return Set.of();
        }
        Log log = written.get(clockwork.below(written.size()));
        int damaged = clockwork.below(log.items.size());
        Set<Integer> gone = new HashSet<>();
        log.items.subList(damaged, log.items.size()).forEach(item -> gone.addAll(item.keys()));
        // What came before what it follows on stands before it.
        log.items.stream()
                .filter(item -> item.item().kind() == LogKind.WAITING.number())
                .forEach(item -> gone.addAll(item.keys()));
        log.items.remove(damaged);
        log.flushed = Math.min(log.flushed, log.items.size());
        return gone;
    }

    /** What the store gives back. */
    List<StoredDocument> load() {
        List<StoredDocument> documents = new ArrayList<>();
        for (SharedDocument shared : remembered.values()) {
            documents.add(new StoredDocument(shared, read(shared.id())));
        }
        return documents;
    }

    /** The records of a document that are on the disk. */
    List<StoredDocument.Item> read(DocumentId document) {
        return logs.getOrDefault(document, new Log()).items.stream()
                .map(Item::item)
                .toList();
    }
}
