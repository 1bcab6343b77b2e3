package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.sync.SyncEffect;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Sends pieces of answers so slowly that what is typed overtakes them: a few at a time, the next when one was taken
 * over. Those who asked get theirs in turn.
 *
 * <p>Overflow rule: when {@value #MOST_BYTES_OF_ONE} bytes wait for one who asked, what comes for it is dropped, and it asks
 * again; when {@value #MOST_BYTES} wait together, all that waits for the one for whom most does. When no way is open
 * everything is.
 */
final class BulkSender {
    static final int MOST_BYTES = 16 << 20;
    static final int MOST_BYTES_OF_ONE = 2 << 20;
    /** Pieces given to the links and not taken over yet. */
    static final int MOST_UNDER_WAY = 2;
    /** What a piece costs that has nothing in it. */
    private static final int PIECE_BYTES = 256;

    private record Asker(Channel channel, Speaker speaker) {}

    private record Waiting(SyncEffect.Say say, int bytes) {}

    /** What waits for one. */
    private static final class Line {
        final Deque<Waiting> waiting = new ArrayDeque<>();
        int bytes;
    }

    private final Ways ways;
    /** In the order in which they are served next. */
    private final Map<Asker, Line> lines = new LinkedHashMap<>();

    private final Set<Long> underWay = new HashSet<>();
    private int bytes;
    private int mostBytes;
    private long overflows;

    BulkSender(Ways ways) {
        this.ways = ways;
    }

    /** @return whether it will be sent, unless every way closes before, or others ask for too much */
    boolean add(Channel channel, SyncEffect.Say say) {
        int size = say.bytes() + PIECE_BYTES;
        Asker asker = new Asker(channel, say.to());
        Line known = lines.get(asker);
        if (!ways.areOpen()) {
            return false;
        }
        if (known != null && known.bytes + size > MOST_BYTES_OF_ONE) {
            overflows++;
            return false;
        }
        Line line = lines.computeIfAbsent(asker, none -> new Line());
        line.waiting.add(new Waiting(say, size));
        line.bytes += size;
        bytes += size;
        mostBytes = Math.max(mostBytes, bytes);
        while (bytes > MOST_BYTES) {
            overflows++;
            drop(Collections.max(lines.entrySet(), Comparator.comparingInt(entry -> entry.getValue().bytes))
                    .getKey());
        }
        boolean stays = lines.containsKey(asker);
        pump();
        return stays;
    }

    private void drop(Asker asker) {
        bytes -= lines.remove(asker).bytes;
    }

    /** A message was taken over, or it never will. */
    void settled(long token) {
        if (underWay.remove(token)) {
            pump();
        }
    }

    /** What was under way may never be heard of again. */
    void linkDown() {
        underWay.clear();
        if (!ways.areOpen()) {
            lines.clear();
            bytes = 0;
        } else {
            pump();
        }
    }

    /** Nothing more is sent to it. */
    void forget(PeerId peer) {
        lines.entrySet().removeIf(entry -> {
            boolean its = entry.getKey().speaker() != null
                    && entry.getKey().speaker().peer().equals(peer);
            bytes -= its ? entry.getValue().bytes : 0;
            return its;
        });
    }

    MetricsMessages.Queue queue() {
        return new MetricsMessages.Queue("answers, bytes", null, bytes, MOST_BYTES, mostBytes, overflows);
    }

    int waitingBytes() {
        return bytes;
    }

    private void pump() {
        while (underWay.size() < MOST_UNDER_WAY && !lines.isEmpty()) {
            Iterator<Map.Entry<Asker, Line>> first = lines.entrySet().iterator();
            Map.Entry<Asker, Line> next = first.next();
            first.remove();
            Line line = next.getValue();
            Waiting piece = line.waiting.poll();
            line.bytes -= piece.bytes();
            bytes -= piece.bytes();
            if (!line.waiting.isEmpty()) {
                lines.put(next.getKey(), line);
            }
            Channel channel = next.getKey().channel();
            if (!channel.isSilent()) {
                underWay.add(channel.send(piece.say().to(), piece.say().message()));
            }
        }
    }
}
