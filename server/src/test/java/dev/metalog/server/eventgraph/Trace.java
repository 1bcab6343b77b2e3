package dev.metalog.server.eventgraph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A recorded history: what was done in which transaction, and the text it has to end in. The recordings count code
 * points and hold no astral character, so their positions are UTF-16 positions too.
 */
record Trace(List<List<Event>> transactions, String endContent) {
    /** The cases of the eg-walker reference: events are named by a running number, seqs are given. */
    static List<Trace> conformance() {
        List<Trace> cases = new ArrayList<>();
        for (JsonNode root : json(Trace.class.getResourceAsStream("conformance-200.json.gz"))) {
            Map<Integer, EventId> ids = new HashMap<>();
            List<List<Event>> transactions = new ArrayList<>();
            for (JsonNode txn : root.get("txns")) {
                ReplicaId agent = new ReplicaId(txn.get("agent").asText());
                int seq = txn.get("seqStart").asInt();
                int number = txn.get("span").get(0).asInt();
                List<EventId> parents = new ArrayList<>();
                txn.get("parents").forEach(parent -> parents.add(ids.get(parent.asInt())));
                transactions.add(events(agent, seq, parents, txn.get("ops")));
                for (int i = 0; number + i < txn.get("span").get(1).asInt(); i++) {
                    ids.put(number + i, new EventId(agent, seq + i));
                }
            }
            cases.add(new Trace(transactions, root.get("endContent").asText()));
        }
        return cases;
    }

    /** A concurrent editing trace: parents are transactions, events are numbered in the order of the transactions. */
    static Trace concurrent(InputStream gzipped) {
        JsonNode root = json(gzipped);
        Map<ReplicaId, Integer> nextSeqs = new HashMap<>();
        List<List<EventId>> ends = new ArrayList<>();
        List<List<Event>> transactions = new ArrayList<>();
        for (JsonNode txn : root.get("txns")) {
            ReplicaId agent = new ReplicaId(
                    String.format(Locale.ROOT, "a%06d", txn.get("agent").asInt()));
            List<EventId> parents = new ArrayList<>();
            txn.get("parents").forEach(parent -> parents.addAll(ends.get(parent.asInt())));
            int seq = nextSeqs.getOrDefault(agent, 0);
            List<Event> events = events(agent, seq, parents, txn.get("patches"));
            ends.add(
                    events.isEmpty()
                            ? parents
                            : List.of(events.get(events.size() - 1).lastId()));
            nextSeqs.put(agent, seq + events.stream().mapToInt(Event::length).sum());
            transactions.add(events);
        }
        return new Trace(transactions, root.get("endContent").asText());
    }

    private static List<Event> events(ReplicaId agent, int firstSeq, List<EventId> firstParents, JsonNode patches) {
        List<Event> events = new ArrayList<>();
        int seq = firstSeq;
        List<EventId> parents = firstParents;
        for (JsonNode patch : patches) {
            int position = patch.get(0).asInt();
            int deleted = patch.get(1).asInt();
            String inserted = patch.get(2).asText();
            if (deleted > 0) {
                events.add(Event.deletion(new EventId(agent, seq), parents, position, deleted));
                seq += deleted;
                parents = List.of(new EventId(agent, seq - 1));
            }
            if (!inserted.isEmpty()) {
                events.add(Event.insertion(new EventId(agent, seq), parents, position, inserted));
                seq += inserted.length();
                parents = List.of(new EventId(agent, seq - 1));
            }
        }
        return events;
    }

    private static JsonNode json(InputStream gzipped) {
        try (InputStream in = new GZIPInputStream(gzipped)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
