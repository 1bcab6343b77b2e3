package dev.metalog.server.workspace;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.blackboard.Blackboard;
import dev.metalog.server.blackboard.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Notes on the blackboard which peers were heard of, in the namespace {@value #NAMESPACE}: under the peer's id its public
 * key, address, status ({@code active} or {@code gone}) and when it was seen last.
 *
 * <p>Peers announce themselves every five minutes, and all members hear it. So that this is not a write each, an entry is
 * renewed only when it says something else or is older than an hour; who finds it renewed by another has nothing to do. A
 * peer counts as gone only a minute after it left: whoever restarts does not flicker. Nobody can fill the blackboard by
 * announcing peers: {@value #MOST} are recorded, and an entry that nobody renews disappears after thirty days.
 */
final class PeerRecorder {
    static final String NAMESPACE = "peers";
    static final int MOST = 1_024;
    static final long RENEW_MILLIS = 3_600_000;
    static final long GONE_MILLIS = 60_000;
    static final int TTL_SECONDS = 30 * 24 * 3_600;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Carries a write out. */
    interface Pen {
        void set(EntryName name, EntryValue value, int ttlSeconds);
    }

    private final Blackboard board;
    private final Timeline time;
    private final Pen pen;
    /** When who left counts as gone. Bounded by the peers that are recorded. */
    private final Map<EntryName, Long> leaving = new LinkedHashMap<>();

    PeerRecorder(Blackboard board, Timeline time, Pen pen) {
        this.board = board;
        this.time = time;
        this.pen = pen;
    }

    void heard(EditorMessages.Peer peer) {
        EntryName name = new EntryName(NAMESPACE, peer.peerId());
        leaving.remove(name);
        ObjectNode value = JSON.createObjectNode()
                .put("address", peer.address())
                .put("lastSeen", Instant.ofEpochMilli(time.wallMillis()).toString())
                .put("publicKey", peer.publicKey())
                .put("status", "active");
        JsonNode before = recorded(name);
        boolean isNew = before == null;
        if (isNew ? isRoom() : isStale(before, value, time.wallMillis())) {
            pen.set(name, EntryValue.of(value.toString()), TTL_SECONDS);
        }
    }

    void left(String peerId) {
        EntryName name = new EntryName(NAMESPACE, peerId);
        if (leaving.size() < MOST && recorded(name) != null) {
            leaving.putIfAbsent(name, time.millis() + GONE_MILLIS);
        }
    }

    void wake() {
        for (Iterator<Map.Entry<EntryName, Long>> all = leaving.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<EntryName, Long> next = all.next();
            if (next.getValue() > time.millis()) {
                return;
            }
            all.remove();
            if (recorded(next.getKey()) instanceof ObjectNode value
                    && "active".equals(value.path("status").asText())) {
                value.put("status", "gone");
                pen.set(next.getKey(), EntryValue.of(value.toString()), TTL_SECONDS);
            }
        }
    }

    long wakeAtMillis() {
        return leaving.isEmpty() ? Long.MAX_VALUE : leaving.values().iterator().next();
    }

    private boolean isRoom() {
        return board.list(name -> name.namespace().equals(NAMESPACE), null, MOST, time.wallMillis())
                        .size()
                < MOST;
    }

    private static boolean isStale(JsonNode before, ObjectNode after, long nowMillis) {
        for (String member : new String[] {"address", "publicKey", "status"}) {
            if (!after.path(member).equals(before.path(member))) {
                return true;
            }
        }
        try {
            Instant seen = Instant.parse(before.path("lastSeen").asText());
            return Duration.between(seen, Instant.ofEpochMilli(nowMillis)).abs().toMillis() >= RENEW_MILLIS;
        } catch (DateTimeException e) {
            return true;
        }
    }

    /** Returns {@code null} when there is none. */
    private JsonNode recorded(EntryName name) {
        Entry entry = board.get(name, time.wallMillis());
        if (entry == null) {
            return null;
        }
        try {
            return JSON.readTree(entry.shown().get(0).posting().value().json());
        } catch (IOException impossible) {
            throw new UncheckedIOException("It was checked when it came.", impossible);
        }
    }
}
