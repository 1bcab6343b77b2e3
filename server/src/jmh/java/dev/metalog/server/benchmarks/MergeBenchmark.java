package dev.metalog.server.benchmarks;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Two branches of one text, each of some hundreds of edits, merged in a fresh graph. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MergeBenchmark {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");
    private static final int UNITS = 100_000;

    @Param({"100", "1000"})
    public int edits;

    private final List<Bundle> bundles = new ArrayList<>();

    @Setup
    public void write() {
        bundles.clear();
        Random random = new Random(1);
        EventGraph annas = new EventGraph();
        bundles.addAll(annas.edit(ANNA, Version.ROOT, List.of(new TextEdit(0, 0, "x".repeat(UNITS)))));
        EventGraph bens = new EventGraph();
        bundles.forEach(bens::admit);
        bundles.addAll(branch(annas, ANNA, random));
        bundles.addAll(branch(bens, BEN, random));
    }

    private List<Bundle> branch(EventGraph graph, ReplicaId writer, Random random) {
        List<Bundle> written = new ArrayList<>();
        for (int edit = 0; edit < edits; edit++) {
            int at = random.nextInt(graph.length() - 5);
            TextEdit change = edit % 3 == 0 ? new TextEdit(at, 4, "") : new TextEdit(at, 0, "key");
            written.addAll(graph.edit(writer, graph.tip(), List.of(change)));
        }
        return written;
    }

    @Benchmark
    public int merge() {
        EventGraph graph = new EventGraph();
        bundles.forEach(graph::admit);
        return graph.length();
    }
}
