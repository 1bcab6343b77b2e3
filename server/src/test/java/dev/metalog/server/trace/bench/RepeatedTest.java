package dev.metalog.server.trace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.trace.Trace;
import dev.metalog.server.trace.TraceFile;
import dev.metalog.server.trace.TraceSamples;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RepeatedTest {
    @TempDir
    private Path folder;

    @Test
    void eachTimeTheSameTextStandsInFrontOfWhatIsLeft() throws Exception {
        for (String json : new String[] {TraceSamples.SEQUENTIAL, TraceSamples.CONCURRENT, TraceSamples.ASTRAL}) {
            Trace trace = TraceFile.read(TraceSamples.write(folder, "trace.json", json))
                    .get(0);
            EventGraph once = new EventGraph();
            BundleCodec.pack(trace.events()).forEach(once::admit);
            EventRuns runs = once.runsSince(0);
            EventGraph three = new EventGraph();
            three.admit(Repeated.all(runs, once.tip(), 3));
            assertThat(three.text()).isEqualTo(trace.endContent().repeat(3));
            assertThat(three.eventCount()).isEqualTo(3 * once.eventCount());
            EventGraph last = new EventGraph();
            last.admit(
                    Repeated.replacing(runs, once.tip(), 3, trace.endContent().length()));
            assertThat(last.text()).isEqualTo(trace.endContent());
            assertThat(last.eventCount()).isGreaterThan(3 * once.eventCount());
        }
    }
}
