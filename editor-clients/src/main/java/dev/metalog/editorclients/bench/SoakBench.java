package dev.metalog.editorclients.bench;

import dev.metalog.editorclients.headless.HeadlessDocument;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.rig.Broker;
import dev.metalog.editorclients.rig.Latencies;
import dev.metalog.editorclients.rig.Launcher;
import dev.metalog.editorclients.rig.Scratch;
import dev.metalog.editorclients.rig.Seat;
import dev.metalog.editorclients.sidecar.SidecarException;
import dev.metalog.protocol.editor.MetricsMessages.Metrics;
import dev.metalog.protocol.editor.MetricsMessages.Queue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One sidecar that shares very many documents with many who write in them all the time, for as long as is wanted: whether
 * what they write still arrives soon, and whether anything piles up.
 *
 * <p>That sidecar is a real process with an editor. The others are conductors with keys and a connection each, all in one
 * process ({@code meta-log bench writers}); they hear nothing of each other, as otherwise each had as much to do as the one that is
 * measured, which one machine cannot carry 64 times. Each writes in documents of its own, so nothing is written at the same
 * place at the same time; that is measured elsewhere.
 */
public final class SoakBench {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /**
     * What is to be done.
     *
     * @param open documents that the editor shows; in all others the sidecar is alone with what arrives
     * @param warmUpSeconds at the beginning, which do not count
     * @param mosquitto whether Mosquitto carries it, or else the embedded broker
     */
    public record Plan(
            int writers, int documents, int open, int perSecond, int seconds, int warmUpSeconds, boolean mosquitto) {}

    /**
     * What came of it. Times are of words in open documents, from their writing until they were in the buffer.
     *
     * @param missing words that had not come to the open documents in the end
     * @param heardPerSecond messages that the sidecar took from the broker in each second of it all
     * @param cpuPercent of one core, of the sidecar
     * @param residentMebibytes of the sidecar, the most there ever was; NaN where the system does not say
     * @param fullest the bounded queue of the sidecar that was ever fullest
     * @param overflowed those that ever had no room
     */
    public record Figures(
            Plan plan,
            int words,
            long missing,
            double p50Millis,
            double p90Millis,
            double p99Millis,
            double maxMillis,
            double heardPerSecond,
            double cpuPercent,
            double residentMebibytes,
            Queue fullest,
            List<Queue> overflowed) {}

    private final Plan plan;

    private SoakBench(Plan plan) {
        this.plan = plan;
    }

    public static Figures measure(Plan plan) throws IOException, SidecarException {
        return new SoakBench(plan).measure();
    }

    private Figures measure() throws IOException, SidecarException {
        try (Scratch scratch = Scratch.create("soak");
                Broker broker = plan.mosquitto() ? Broker.mosquitto(scratch, null) : Broker.start()) {
            // The writers have no way of their own, so all goes by the broker.
            Map<String, String> variables = Map.of("META_LOG_DIRECT", "off", "META_LOG_TOPIC_PREFIX", "meta-log-soak");
            Seat seat = Seat.in(scratch, "Ann", broker.url(), variables);
            Usage.Children children = Usage.children();
            try (HeadlessEditor editor = seat.headless().start(event -> {})) {
                ProcessHandle sidecar = children.born();
                TypingBench.await(editor.requests().federationInit(Optional.empty()));
                List<HeadlessDocument> shown = new ArrayList<>();
                List<String> invitations = share(editor, shown);
                return soak(editor, sidecar, broker, shown, invitations);
            }
        }
    }

    private List<String> share(HeadlessEditor editor, List<HeadlessDocument> shown) throws IOException {
        List<String> invitations = new ArrayList<>();
        for (int number = 0; number < plan.documents(); number++) {
            HeadlessDocument document = editor.open(Path.of(number + ".txt"));
            invitations.add(TypingBench.await(editor.requests().share(document)).invitation());
            if (number < plan.open()) {
                shown.add(document);
            } else {
                document.close();
            }
        }
        return invitations;
    }

    private Figures soak(
            HeadlessEditor editor,
            ProcessHandle sidecar,
            Broker broker,
            List<HeadlessDocument> shown,
            List<String> invitations)
            throws IOException {
        Process writers = startWriters(broker);
        try (PrintStream to = new PrintStream(writers.getOutputStream(), false, StandardCharsets.UTF_8);
                BufferedReader from = writers.inputReader(StandardCharsets.UTF_8)) {
            invitations.forEach(to::println);
            to.flush();
            WordClock clock = new WordClock(expected(shown.size()));
            shown.forEach(document -> document.addListener(clock));
            expect(from, "ready");
            long beganNanos = System.nanoTime();
            Duration cpuBefore = Usage.cpuOf(sidecar);
            long heardBefore = heard(TypingBench.await(editor.requests().metrics()));
            clock.measureFrom(beganNanos + TimeUnit.SECONDS.toNanos(plan.warmUpSeconds()));
            expect(from, "wrote");
            double seconds = (System.nanoTime() - beganNanos) / 1e9;
            double cpuNanos = Usage.cpuOf(sidecar).minus(cpuBefore).toNanos();
            long missing = awaitWords(clock, expected(shown.size()));
            Metrics metrics = TypingBench.await(editor.requests().metrics());
            return figures(sidecar, clock.latencies(), missing, metrics, heardBefore, seconds, cpuNanos);
        } finally {
            writers.destroy();
        }
    }

    private Process startWriters(Broker broker) throws IOException {
        return new ProcessBuilder(Launcher.command(
                        "bench",
                        "writers",
                        "--broker",
                        broker.url(),
                        "--documents",
                        Integer.toString(plan.documents()),
                        "--writers",
                        Integer.toString(plan.writers()),
                        "--per-second",
                        Integer.toString(plan.perSecond()),
                        "--seconds",
                        Integer.toString(plan.seconds())))
                .redirectError(Redirect.INHERIT)
                .start();
    }

    private static void expect(BufferedReader from, String word) throws IOException {
        String line = from.readLine();
        if (line == null || !line.startsWith(word)) {
            throw new IOException("the writers said \"" + line + "\" instead of \"" + word + "\"");
        }
    }

    /** How many words come to the first so many documents; they are written in all of them in turn. */
    private int expected(int documents) {
        long words = (long) plan.perSecond() * plan.seconds();
        return (int) (words / plan.documents() * documents + Math.min(words % plan.documents(), documents));
    }

    /** Returns how many did not come in time. */
    private static long awaitWords(WordClock clock, int expected) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (clock.words() < expected && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return expected - clock.words();
    }

    private Figures figures(
            ProcessHandle sidecar,
            Latencies latencies,
            long missing,
            Metrics metrics,
            long heardBefore,
            double seconds,
            double cpuNanos)
            throws IOException {
        return new Figures(
                plan,
                latencies.count(),
                missing,
                latencies.percentileMillis(50),
                latencies.percentileMillis(90),
                latencies.percentileMillis(99),
                latencies.percentileMillis(100),
                Math.round((heard(metrics) - heardBefore) / seconds),
                Math.round(cpuNanos / seconds / 1e7),
                Usage.mostResidentMebibytes(sidecar),
                metrics.queues().stream()
                        .max(Comparator.comparingDouble(queue -> (double) queue.most() / queue.bound()))
                        .orElseThrow(),
                metrics.queues().stream().filter(queue -> queue.overflows() > 0).toList());
    }

    private static long heard(Metrics metrics) {
        return metrics.links().stream().mapToLong(link -> link.messagesIn()).sum();
    }
}
