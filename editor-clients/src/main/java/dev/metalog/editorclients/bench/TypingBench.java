package dev.metalog.editorclients.bench;

import dev.metalog.editorclients.headless.BufferChange;
import dev.metalog.editorclients.headless.BufferListener;
import dev.metalog.editorclients.headless.HeadlessDocument;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.rig.Broker;
import dev.metalog.editorclients.rig.Latencies;
import dev.metalog.editorclients.rig.Scratch;
import dev.metalog.editorclients.rig.Seat;
import dev.metalog.editorclients.sidecar.SidecarException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes from a key in one editor until the character is in the other editor's buffer: through the editor
 * protocol, a sidecar, a broker, another sidecar, and the editor protocol again.
 *
 * <p>One person types at the end of the text and nobody else does, so the k-th key has arrived when the other buffer has
 * grown by k. Both times are read from {@link System#nanoTime} of this process, at the change of each buffer. Keys come at
 * a steady pace; one that comes late because the machine is busy is counted from when it was really typed.
 */
public final class TypingBench {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private TypingBench() {}

    /**
     * What was measured, in milliseconds.
     *
     * @param warmUpKeys typed before, and not counted: both sidecars have just started
     */
    public record Figures(
            int keys,
            int warmUpKeys,
            int keysPerSecond,
            double p50Millis,
            double p90Millis,
            double p99Millis,
            double maxMillis,
            String broker) {}

    /** @param brokerUrl empty for an embedded broker of its own */
    public static Figures measure(int keys, int warmUpKeys, int keysPerSecond, String brokerUrl)
            throws IOException, SidecarException {
        try (Scratch scratch = Scratch.create("bench")) {
            if (!brokerUrl.isEmpty()) {
                return measure(scratch, keys, warmUpKeys, keysPerSecond, brokerUrl, brokerUrl);
            }
            try (Broker broker = Broker.start()) {
                return measure(scratch, keys, warmUpKeys, keysPerSecond, broker.url(), "embedded");
            }
        }
    }

    private static Figures measure(
            Scratch scratch, int keys, int warmUpKeys, int keysPerSecond, String brokerUrl, String brokerName)
            throws IOException, SidecarException {
        try (HeadlessEditor ada = Seat.in(scratch, "Ada", brokerUrl).headless().start(event -> {});
                HeadlessEditor ben =
                        Seat.in(scratch, "Ben", brokerUrl).headless().start(event -> {})) {
            await(ada.requests().federationInit(Optional.empty()));
            await(ben.requests().federationInit(Optional.empty()));
            HeadlessDocument from = ada.open(Path.of("typed.txt"));
            String invitation = await(ada.requests().share(from)).invitation();
            HeadlessDocument to = await(ben.requests().join(invitation, Optional.of(Path.of("typed.txt"))))
                    .document();

            typeAndTime(from, to, warmUpKeys, keysPerSecond);
            Latencies latencies = typeAndTime(from, to, keys, keysPerSecond);
            if (!from.text().equals(to.text())) {
                throw new IOException("the two buffers differ after all keys arrived");
            }
            return new Figures(
                    keys,
                    warmUpKeys,
                    keysPerSecond,
                    latencies.percentileMillis(50),
                    latencies.percentileMillis(90),
                    latencies.percentileMillis(99),
                    latencies.percentileMillis(100),
                    brokerName);
        }
    }

    private static Latencies typeAndTime(HeadlessDocument from, HeadlessDocument to, int keys, int keysPerSecond)
            throws IOException {
        Latencies latencies = new Latencies(keys);
        AtomicLongArray typedNanos = new AtomicLongArray(keys);
        CountDownLatch arrived = new CountDownLatch(keys);
        int start = from.length();
        BufferListener arrival = new BufferListener() {
            private int seen = 0;

            @Override
            public void changed(BufferChange change) {
                int grown = change.changes().stream().mapToInt(c -> c.growth()).sum();
                for (int key = seen; key < seen + grown && key < keys; key++) {
                    latencies.add(change.nanoTime() - typedNanos.get(key));
                    arrived.countDown();
                }
                seen += grown;
            }
        };
        to.addListener(arrival);
        try {
            type(from, start, keys, keysPerSecond, typedNanos);
            if (!arrived.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(arrived.getCount() + " of " + keys + " keys did not arrive within "
                        + PATIENCE.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            to.removeListener(arrival);
        }
        return latencies;
    }

    private static void type(
            HeadlessDocument document, int start, int keys, int keysPerSecond, AtomicLongArray typedNanos) {
        long pauseNanos = TimeUnit.SECONDS.toNanos(1) / keysPerSecond;
        long nextNanos = System.nanoTime();
        for (int key = 0; key < keys; key++) {
            for (long left = nextNanos - System.nanoTime(); left > 0; left = nextNanos - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            String text = key % 60 == 59 ? "\n" : Character.toString('a' + key % 26);
            typedNanos.set(key, System.nanoTime());
            document.insert(start + key, text);
            nextNanos = Math.max(nextNanos + pauseNanos, System.nanoTime());
        }
    }

    static <T> T await(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(
                    e.getCause() == null ? "no answer in time" : e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
