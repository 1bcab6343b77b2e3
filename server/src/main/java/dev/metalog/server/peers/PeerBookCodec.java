package dev.metalog.server.peers;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The peers of a workspace as JSON, one peer on each line so that a person can read it. A number that is 0 and a text that
 * is empty are left out. Of the status only the person's part is kept: whether it is blocked.
 */
public final class PeerBookCodec {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private PeerBookCodec() {}

    public static byte[] encode(List<PeerRecord> records) {
        StringBuilder text = new StringBuilder("{\"peers\": [");
        String separator = "\n";
        for (PeerRecord record : records) {
            text.append(separator).append(json(record));
            separator = ",\n";
        }
        return text.append("\n]}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode json(PeerRecord record) {
        ObjectNode json = JSON.createObjectNode().put("peer", record.peer().value());
        put(json, "firstSeenAt", record.firstSeenMillis());
        put(json, "blockedAt", record.blockedAtMillis());
        put(json, "dropped", record.dropped());
        put(json, record.dealings());
        ArrayNode relations = json.putArray("relations");
        for (PeerRecord.Relation relation : record.relations()) {
            put(relations.addObject().put("about", relation.about().value()), relation.dealings());
        }
        return json;
    }

    private static void put(ObjectNode json, Dealings dealings) {
        put(json, "heardAt", dealings.heardAtMillis());
        put(json, "syncedAt", dealings.syncedAtMillis());
        put(json, "asked", dealings.asked());
        put(json, "answered", dealings.answered());
        put(json, "unanswered", dealings.unanswered());
        put(json, "bundlesIn", dealings.bundlesIn());
        put(json, "bytesIn", dealings.bytesIn());
        put(json, "bundlesOut", dealings.bundlesOut());
        put(json, "bytesOut", dealings.bytesOut());
        put(json, "failedAt", dealings.failedAtMillis());
        if (!dealings.failure().isEmpty()) {
            json.put("failure", dealings.failure());
        }
    }

    private static void put(ObjectNode json, String name, long number) {
        if (number != 0) {
            json.put(name, number);
        }
    }

    /** Reads what {@link #encode} wrote; everybody who is not blocked is inactive. */
    public static List<PeerRecord> decode(byte[] bytes) throws MalformedPeersException {
        try {
            JsonNode json = JSON.readTree(bytes);
            if (json == null || !json.path("peers").isArray()) {
                throw new MalformedPeersException("It is no list of peers.");
            }
            List<PeerRecord> records = new ArrayList<>();
            Set<PeerId> seen = new HashSet<>();
            int relations = 0;
            for (JsonNode one : json.path("peers")) {
                PeerRecord record = record(one);
                relations += record.relations().size();
                if (!seen.add(record.peer())) {
                    throw new MalformedPeersException("A peer is there twice.");
                }
                records.add(record);
            }
            if (records.size() > PeerBook.MOST_PEERS || relations > PeerBook.MOST_RELATIONS) {
                throw new MalformedPeersException("There are more peers or relations than are kept.");
            }
            return records;
        } catch (IOException | IllegalArgumentException e) {
            throw new MalformedPeersException(
                    "It is not what was written: " + e.getClass().getSimpleName() + ".");
        }
    }

    private static PeerRecord record(JsonNode json) throws MalformedPeersException {
        List<PeerRecord.Relation> relations = new ArrayList<>();
        Set<DocumentId> seen = new HashSet<>();
        for (JsonNode one : json.path("relations")) {
            DocumentId about = new DocumentId(text(one, "about"));
            if (!seen.add(about)) {
                throw new MalformedPeersException("A relation is there twice.");
            }
            relations.add(new PeerRecord.Relation(about, dealings(one)));
        }
        long blockedAtMillis = number(json, "blockedAt");
        return new PeerRecord(
                new PeerId(text(json, "peer")),
                blockedAtMillis > 0 ? PeerStatus.BLOCKED : PeerStatus.INACTIVE,
                number(json, "firstSeenAt"),
                blockedAtMillis,
                number(json, "dropped"),
                dealings(json),
                relations);
    }

    private static Dealings dealings(JsonNode json) throws MalformedPeersException {
        String failure = json.has("failure") ? text(json, "failure") : "";
        if (failure.length() > PeerBook.FAILURE_UNITS) {
            throw new MalformedPeersException("A failure is longer than is kept.");
        }
        return new Dealings(
                number(json, "heardAt"),
                number(json, "syncedAt"),
                number(json, "asked"),
                number(json, "answered"),
                number(json, "unanswered"),
                number(json, "bundlesIn"),
                number(json, "bytesIn"),
                number(json, "bundlesOut"),
                number(json, "bytesOut"),
                number(json, "failedAt"),
                failure);
    }

    private static long number(JsonNode json, String name) throws MalformedPeersException {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw new MalformedPeersException(name + " is no number of what can be counted.");
        }
        return value.longValue();
    }

    private static String text(JsonNode json, String name) throws MalformedPeersException {
        JsonNode value = json.path(name);
        if (!value.isTextual()) {
            throw new MalformedPeersException(name + " is no text.");
        }
        return value.textValue();
    }
}
