package dev.metalog.server.benchmarks;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.MalformedBundleException;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Bundles to bytes and back, and into a fresh graph: one key, and 4,000 edits at random places. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BundleBenchmark {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final int EDITS = 4_000;

    private Bundle key;
    private byte[] keyBytes;
    private Bundle history;
    private byte[] historyBytes;

    @Setup
    public void make() {
        key = new Bundle(List.of(
                Event.insertion(new EventId(ANNA, 200_000), List.of(new EventId(ANNA, 199_999)), 100_000, "x")));
        keyBytes = BundleCodec.encode(key);
        Random random = new Random(1);
        List<Event> events = new ArrayList<>();
        List<EventId> follow = List.of();
        for (int seq = 0; seq < EDITS; seq++) {
            Event event = Event.insertion(new EventId(ANNA, seq), follow, random.nextInt(seq + 1), "k");
            events.add(event);
            follow = List.of(event.lastId());
        }
        history = new Bundle(events);
        historyBytes = BundleCodec.encode(history);
    }

    @Benchmark
    public byte[] encodeAKey() {
        return BundleCodec.encode(key);
    }

    @Benchmark
    public Bundle decodeAKey() throws MalformedBundleException {
        return BundleCodec.decode(keyBytes);
    }

    @Benchmark
    public byte[] encodeAHistory() {
        return BundleCodec.encode(history);
    }

    @Benchmark
    public Bundle decodeAHistory() throws MalformedBundleException {
        return BundleCodec.decode(historyBytes);
    }

    @Benchmark
    public Admission admitAHistory() throws MalformedBundleException {
        return new EventGraph().admit(BundleCodec.decode(historyBytes));
    }
}
