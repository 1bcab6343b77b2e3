package dev.metalog.editorclients.bench;

import dev.metalog.editorclients.headless.EditorEvent;
import dev.metalog.editorclients.headless.HeadlessDocument;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.rig.Broker;
import dev.metalog.editorclients.rig.Latencies;
import dev.metalog.editorclients.rig.Scratch;
import dev.metalog.editorclients.rig.Seat;
import dev.metalog.editorclients.sidecar.SidecarException;
import dev.metalog.protocol.editor.PresenceMessages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes from a move of the caret in one editor until the other editor was told of it, over the embedded
 * broker. The caret moves a little less often than it may be told of, so that no move waits for its turn.
 */
public final class PresenceBench {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(70);

    private PresenceBench() {}

    /** What was measured, in milliseconds. */
    public record Figures(int moves, double p50Millis, double p90Millis, double p99Millis, double maxMillis) {}

    public static Figures measure(int moves, int warmUpMoves) throws IOException, SidecarException {
        BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        try (Scratch scratch = Scratch.create("bench");
                Broker broker = Broker.start();
                HeadlessEditor ada =
                        Seat.in(scratch, "Ada", broker.url()).headless().start(event -> {});
                HeadlessEditor ben =
                        Seat.in(scratch, "Ben", broker.url()).headless().start(event -> note(event, seen))) {
            TypingBench.await(ada.requests().federationInit(Optional.empty()));
            TypingBench.await(ben.requests().federationInit(Optional.empty()));
            HeadlessDocument from = ada.open(Path.of("read.txt"));
            from.insert(0, "x".repeat(1 + Math.max(moves, warmUpMoves)));
            String invitation = TypingBench.await(ada.requests().share(from)).invitation();
            TypingBench.await(ben.requests().join(invitation, Optional.of(Path.of("read.txt"))));
            move(from, warmUpMoves, seen);
            Latencies latencies = move(from, moves, seen);
            return new Figures(
                    moves,
                    latencies.percentileMillis(50),
                    latencies.percentileMillis(90),
                    latencies.percentileMillis(99),
                    latencies.percentileMillis(100));
        }
    }

    private static void note(EditorEvent event, BlockingQueue<Integer> seen) {
        if (event.body() instanceof PresenceMessages.Changed changed
                && !changed.people().isEmpty()
                && !changed.people().get(0).selections().isEmpty()) {
            seen.add(changed.people().get(0).selections().get(0).head().character());
        }
    }

    private static Latencies move(HeadlessDocument from, int moves, BlockingQueue<Integer> seen) throws IOException {
        Latencies latencies = new Latencies(moves);
        for (int at = 1; at <= moves; at++) {
            long movedNanos = System.nanoTime();
            from.look(at, at);
            try {
                Integer told;
                do {
                    told = seen.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                } while (told != null && told != at);
                if (told == null) {
                    throw new IOException("the other editor was not told of move " + at);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            latencies.add(System.nanoTime() - movedNanos);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return latencies;
    }
}
