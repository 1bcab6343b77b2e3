package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.BundleCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
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

    /** Git's Makefile, 349,000 units by 375 writers that never all meet. */
    @Test
    void theHistoryOfAMakefile() throws IOException {
        Path traces = tracesFolder();
        Trace trace;
        try (InputStream in = Files.newInputStream(traces.resolve("git-makefile.json.gz"))) {
            trace = Trace.concurrent(in);
        }
        EventGraph graph = new EventGraph();
        List<Event> events = trace.transactions().stream().flatMap(List::stream).toList();
        for (Bundle bundle : BundleCodec.pack(events)) {
            assertThat(graph.admit(bundle)).isInstanceOf(Admission.Added.class);
        }
        assertThat(graph.eventCount()).isEqualTo(348_819);
        assertThat(Texts.apply("", graph.editsBetween(Version.ROOT, graph.tip())))
                .isEqualTo(graph.text());
        assertThat(graph.text()).isEqualTo(trace.endContent());
    }

    private static Path tracesFolder() {
        String folder = System.getProperty("metalog.traces", System.getenv("META_LOG_TRACES"));
        Assumptions.assumeTrue(
                folder != null && Files.exists(Path.of(folder, "git-makefile.json.gz")),
                "META_LOG_TRACES names no folder with git-makefile.json.gz (its text is GPL-2 and not kept here)");
        return Path.of(folder);
    }
}
