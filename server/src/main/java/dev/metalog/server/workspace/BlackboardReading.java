package dev.metalog.server.workspace;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.codec.BlackboardCodec;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.server.blackboard.Blackboard;
import dev.metalog.server.blackboard.BlackboardRefused;
import dev.metalog.server.blackboard.Entry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** What the records of the blackboard's log amount to. A record that cannot be used takes nothing else with it. */
final class BlackboardReading implements Reading {
    /** Nothing is written in its name. */
    private static final PeerId NOBODY = new PeerId("peer-" + "0".repeat(40));

    private final Blackboard board = new Blackboard(NOBODY, new ReplicaId("nobody"));
    private int unreadable;
    private String why = "";

    private BlackboardReading() {}

    static BlackboardReading of(List<StoredDocument.Item> records) {
        BlackboardReading reading = new BlackboardReading();
        for (StoredDocument.Item item : records) {
            try {
                if (item.kind() == LogKind.BLACKBOARD.number()) {
                    reading.board.restore(BlackboardCodec.decode(item.body()));
                } else {
                    reading.unreadable++;
                }
            } catch (MalformedMessageException | BlackboardRefused e) {
                reading.unreadable++;
                reading.why = " (" + e.getMessage() + ")";
            }
        }
        return reading;
    }

    Blackboard board() {
        return board;
    }

    /** All entries, whether they have expired or not. */
    @Override
    public String text() {
        return board.list(name -> true, null, Integer.MAX_VALUE, 0).stream()
                .map(BlackboardReading::line)
                .collect(Collectors.joining());
    }

    private static String line(Entry entry) {
        List<String> values = entry.shown().stream()
                .map(posted -> posted.posting().value().json())
                .toList();
        String shown = entry.kind() == Posting.Kind.VALUE
                ? "\"value\":" + values.get(0)
                : "\"members\":[" + String.join(",", values) + "]";
        return "{\"namespace\":\"" + entry.name().namespace() + "\",\"name\":\""
                + new String(JsonStringEncoder.getInstance()
                        .quoteAsString(entry.name().name())) + "\"," + shown
                + "}\n";
    }

    @Override
    public int events() {
        return board.vector().nextSeqs().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    @Override
    public String trouble() {
        return unreadable == 0 ? null : unreadable + " of its records could not be used" + why;
    }

    @Override
    public byte[] savedDocument() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Snapshot snapshot() {
        return unreadable == 0 ? new BlackboardSnapshot(board.everything()) : null;
    }
}
