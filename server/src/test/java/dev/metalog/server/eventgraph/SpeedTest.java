package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** That nothing has become slow by an order: the best of several runs, in this thread's own processor time. */
final class SpeedTest {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");
    private static final String TEXT =
            "the quick brown fox jumps over the lazy dog\n".repeat(2_200).substring(0, 95_000);

    @Test
    void aKeyConcurrentWithAThousandEventsTakesMilliseconds() {
        double best = Double.MAX_VALUE;
        for (int run = 0; run < 40; run++) {
            Random random = new Random(run);
            EventGraph graph = new EventGraph();
            graph.edit(ANNA, Version.ROOT, List.of(new TextEdit(0, 0, TEXT)));
            Version base = graph.tip();
            for (int i = 0; i < 1_000; i++) {
                int at = random.nextInt(graph.length() - 10);
                TextEdit edit = random.nextBoolean() ? new TextEdit(at, 0, "x") : new TextEdit(at, 5, "");
                graph.edit(ANNA, graph.tip(), List.of(edit));
            }
            Version shown = graph.tip();
            graph.edit(BEN, base, List.of(new TextEdit(50_000, 0, "z")));
            Version tip = graph.tip();
            long start = processorNanos();
            List<TextEdit> edits = graph.editsBetween(shown, tip);
            best = Math.min(best, (processorNanos() - start) / 1e6);
            assertThat(edits).hasSizeLessThanOrEqualTo(1);
        }
        assertThat(best).as("milliseconds").isLessThan(3);
    }

    @Test
    void typingTakesMicrosecondsAKey() {
        double best = Double.MAX_VALUE;
        for (int run = 0; run < 5; run++) {
            EventGraph graph = new EventGraph();
            graph.edit(ANNA, Version.ROOT, List.of(new TextEdit(0, 0, TEXT)));
            int keys = 10_000;
            long start = processorNanos();
            for (int i = 0; i < keys; i++) {
                graph.edit(ANNA, graph.tip(), List.of(new TextEdit(1_000 + i, 0, "k")));
            }
            best = Math.min(best, (processorNanos() - start) / 1e3 / keys);
        }
        assertThat(best).as("microseconds a key").isLessThan(10);
    }

    @Test
    void twentyThousandEventsAreOpenedWithinASecond() {
        Random random = new Random(1);
        EventGraph written = new EventGraph();
        List<Bundle> bundles = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            TextEdit edit = i % 5 == 4
                    ? new TextEdit(random.nextInt(written.length()), 1, "")
                    : new TextEdit(random.nextInt(written.length() + 1), 0, "k");
            bundles.addAll(written.edit(i % 100 < 50 ? ANNA : BEN, written.tip(), List.of(edit)));
        }
        long start = processorNanos();
        EventGraph opened = new EventGraph();
        bundles.forEach(opened::admit);
        String text = opened.text();
        double seconds = (processorNanos() - start) / 1e9;
        assertThat(text).isEqualTo(written.text());
        assertThat(seconds).isLessThan(1);
    }

    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
