package dev.metalog.server.benchmarks;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.State;

/** One key typed here, in documents of several lengths: the cost must not grow with them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TypingBenchmark {
    private static final int KEYS = 1_000;
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final String LINE = "the quick brown fox jumps over the lazy dog\n";

    @Param({"1000", "100000", "1000000"})
    public int units;

    private EventGraph graph;

    @Setup(Level.Iteration)
    public void fill() {
        graph = new EventGraph();
        String text = LINE.repeat(units / LINE.length() + 1).substring(0, units);
        graph.edit(ANNA, Version.ROOT, List.of(new TextEdit(0, 0, text)));
    }

    @Benchmark
    @OperationsPerInvocation(2 * KEYS)
    public int typeAndDelete() {
        int middle = units / 2;
        for (int key = 0; key < KEYS; key++) {
            graph.edit(ANNA, graph.tip(), List.of(new TextEdit(middle + key, 0, "k")));
        }
        for (int key = KEYS - 1; key >= 0; key--) {
            graph.edit(ANNA, graph.tip(), List.of(new TextEdit(middle + key, 1, "")));
        }
        return graph.length();
    }
}
