package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.DocumentCodec.CachedText;
import dev.metalog.protocol.codec.DocumentCodec.Packing;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A real history as a saved document: its size, and that it is the same history and text again. */
final class SavedHistoryTest {
    /** Three quarters of what diamond-types writes for the same history, which is 35 kB. */
    private static final int GOAL_BYTES = 26_000;

    @Test
    void aRealHistoryIsSmallAndComesBack() throws Exception {
        Trace trace = Trace.concurrent(getClass().getResourceAsStream("friendsforever.json.gz"));
        EventGraph graph = new EventGraph();
        for (List<Event> transaction : trace.transactions()) {
            graph.admit(new Bundle(transaction));
        }
        CachedText text = new CachedText(graph.tip(), graph.text());
        byte[] file = DocumentCodec.encode(graph.runsSince(0), text, Packing.EVERYTHING);
        byte[] historyOnly = DocumentCodec.encode(graph.runsSince(0), Packing.EVERYTHING);
        assertThat(historyOnly.length).isLessThan(GOAL_BYTES);

        DocumentCodec.check(file);
        assertThat(DocumentCodec.readText(file)).isEqualTo(text);
        EventGraph again = new EventGraph();
        assertThat(again.admit(DocumentCodec.readHistory(file))).isInstanceOf(Admission.Added.class);
        assertThat(again.tip()).isEqualTo(graph.tip());
        assertThat(again.text()).isEqualTo(trace.endContent());
        assertThat(DocumentCodec.encode(again.runsSince(0), text, Packing.EVERYTHING))
                .isEqualTo(file);
    }
}
