package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.Version;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TraceTest {
    @Test
    void theReferencesCasesEndAsTheReferenceSays() {
        int number = 0;
        for (Trace trace : Trace.conformance()) {
            PlainWalker plain = new PlainWalker();
            EventGraph graph = new EventGraph();
            for (List<Event> transaction : trace.transactions()) {
                plain.add(transaction);
                assertThat(graph.admit(new Bundle(transaction))).isInstanceOf(Admission.Added.class);
            }
            assertThat(plain.text()).as("plain, case %d", number).isEqualTo(trace.endContent());
            assertThat(graph.text()).as("graph, case %d", number).isEqualTo(trace.endContent());
            assertThat(Texts.apply("", graph.editsBetween(Version.ROOT, graph.tip())))
                    .as("replay, case %d", number)
                    .isEqualTo(trace.endContent());
            number++;
        }
        assertThat(number).isEqualTo(200);
    }

    @Test
    void twoFriendsWriteOneText() {
        Trace trace = Trace.concurrent(getClass().getResourceAsStream("friendsforever.json.gz"));
        EventGraph graph = new EventGraph();
        for (List<Event> transaction : trace.transactions()) {
            graph.admit(new Bundle(transaction));
        }
        assertThat(graph.text()).isEqualTo(trace.endContent());
        assertThat(Texts.apply("", graph.editsBetween(Version.ROOT, graph.tip())))
                .isEqualTo(trace.endContent());
    }
}
