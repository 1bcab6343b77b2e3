package dev.metalog.editorclients.bench;

import dev.metalog.editorclients.headless.HeadlessDocument;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.rig.Broker;
import dev.metalog.editorclients.rig.Latencies;
import dev.metalog.editorclients.rig.Scratch;
import dev.metalog.editorclients.rig.Seat;
import dev.metalog.editorclients.sidecar.SidecarException;
import dev.metalog.protocol.editor.PeerMessages.PeerState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * What each way between two sidecars costs: keys, a large paste, joining a large document, many who type at once, and the death
 * of the broker while a direct link is up. Every editor is a headless one in this process with a sidecar process of its own.
 */
public final class LinksBench implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration WARM_UP_PATIENCE = Duration.ofMinutes(2);
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final int LARGE_UNITS = 1_000_000;
    private static final int REPEATS = 5;
    private static final int KILL_KEYS_PER_SECOND = 50;
    private static final int KILL_SECONDS = 8;
    private static final int WRITER_KEYS_PER_SECOND = 20;
    private static final int WRITER_SECONDS = 15;
    private static final Path FILE = Path.of("typed.txt");

    /** What is measured. */
    public enum Part {
        KEYS,
        PASTE,
        JOIN,
        /** The death of the broker. */
        KILL,
        WRITERS,
        IDLE
    }

    /** By which way what is typed gets to the other sidecar first. */
    public enum Way {
        /** A direct link; the same goes through the embedded broker as well. */
        DIRECT,
        EMBEDDED_BROKER,
        MOSQUITTO;

        private String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        private String direct(Far far) {
            if (this != DIRECT) {
                return "off";
            }
            return far == null ? "loopback" : "on";
        }
    }

    /**
     * Where all but the first one's sidecars are.
     *
     * @param prefix words before a command that has to run there
     * @param nearAddress of this machine, as it is reached from there
     */
    public record Far(List<String> prefix, String nearAddress) {}

    /**
     * One figure, in milliseconds.
     *
     * @param count of what was measured
     */
    public record Row(
            String what,
            String way,
            int count,
            double p50Millis,
            double p90Millis,
            double p99Millis,
            double maxMillis) {
        private static Row of(String what, Way way, Latencies latencies) {
            return new Row(
                    what,
                    way.word(),
                    latencies.count(),
                    latencies.percentileMillis(50),
                    latencies.percentileMillis(90),
                    latencies.percentileMillis(99),
                    latencies.percentileMillis(100));
        }
    }

    private final Way way;
    /** {@code null} when all are on this machine. */
    private final Far far;

    private final Scratch scratch;
    private final Broker broker;
    private final List<HeadlessEditor> editors = new ArrayList<>();
    private final List<HeadlessDocument> documents = new ArrayList<>();
    private ProcessHandle firstSidecar;

    private LinksBench(Way way, Far far, Scratch scratch, Broker broker) {
        this.way = way;
        this.far = far;
        this.scratch = scratch;
        this.broker = broker;
    }

    /**
     * Starts the broker that the way needs: on this machine, and Mosquitto where it has to be reached from afar.
     *
     * @param far {@code null} when all are to be on this machine
     */
    public static LinksBench of(Way way, Far far) throws IOException {
        if (way == Way.EMBEDDED_BROKER && far != null) {
            throw new IOException("the embedded broker serves no other machine without users and TLS");
        }
        Scratch scratch = Scratch.create("links");
        boolean embedded = way != Way.MOSQUITTO && far == null;
        String address = far == null ? null : far.nearAddress();
        return new LinksBench(way, far, scratch, embedded ? Broker.start() : Broker.mosquitto(scratch, address));
    }

    /** One more who shares the document, or begins it. */
    private void sit() throws IOException, SidecarException {
        Seat seat =
                Seat.in(scratch, "Person" + editors.size(), broker.url(), Map.of("META_LOG_DIRECT", way.direct(far)));
        if (far != null && !editors.isEmpty()) {
            seat = seat.behind(far.prefix());
        }
        Usage.Children children = Usage.children();
        HeadlessEditor editor = seat.headless().start(event -> {});
        if (editors.isEmpty()) {
            firstSidecar = children.born();
        }
        editors.add(editor);
        await(editor.requests().federationInit(Optional.empty()));
        if (documents.isEmpty()) {
            documents.add(editor.open(FILE));
        } else {
            String invitation =
                    await(editors.get(0).requests().share(documents.get(0))).invitation();
            documents.add(
                    await(editor.requests().join(invitation, Optional.of(FILE))).document());
        }
    }

    private void sit(int persons) throws IOException, SidecarException {
        while (editors.size() < persons) {
            sit();
        }
        if (way == Way.DIRECT) {
            waitForDirectLinks();
        }
    }

    /** The first one has to be linked to all others. */
    private void waitForDirectLinks() throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long linked = 0;
        while (linked < editors.size() - 1) {
            if (System.nanoTime() > end) {
                throw new IOException("only " + linked + " direct links came up within " + PATIENCE.toSeconds() + " s");
            }
            linked = await(editors.get(0).requests().peerList()).peers().stream()
                    .filter(LinksBench::isDirect)
                    .count();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static boolean isDirect(PeerState peer) {
        return peer.way() != null && peer.way().kind().equals("direct");
    }

    /** A key in one editor until the character is in the other one's buffer. */
    public Row keys(int keys, int warmUpKeys, int keysPerSecond) throws IOException, SidecarException {
        sit(2);
        try (KeyClock warmUp = new KeyClock(documents.get(0), documents.get(1), 'w', warmUpKeys)) {
            warmUp.type(keysPerSecond);
            var unused = warmUp.arrived(WARM_UP_PATIENCE);
        }
        try (KeyClock clock = new KeyClock(documents.get(0), documents.get(1), 'k', keys)) {
            clock.type(keysPerSecond);
            return Row.of("key", way, clock.arrived(PATIENCE));
        }
    }

    /** A paste of a million characters until all of it is in the other one's buffer. */
    public Row paste() throws IOException, SidecarException {
        sit(2);
        Latencies latencies = new Latencies(REPEATS);
        for (int i = 0; i <= REPEATS; i++) {
            HeadlessDocument from = documents.get(0);
            from.delete(0, from.length());
            awaitLength(documents.get(1), 0);
            long startNanos = System.nanoTime();
            from.insert(0, largeText(i));
            awaitLength(documents.get(1), LARGE_UNITS);
            if (i > 0) {
                latencies.add(System.nanoTime() - startNanos);
            }
        }
        return Row.of("paste of 1 MB", way, latencies);
    }

    /** Joining a document of a million characters until all of it is in the buffer of who joins. */
    public Row join() throws IOException, SidecarException {
        sit(2);
        Latencies latencies = new Latencies(REPEATS);
        for (int i = 0; i <= REPEATS; i++) {
            Path file = Path.of("large" + i + ".txt");
            HeadlessDocument from = editors.get(0).open(file);
            from.insert(0, largeText(i));
            String invitation = await(editors.get(0).requests().share(from)).invitation();
            long startNanos = System.nanoTime();
            HeadlessDocument to = await(editors.get(1).requests().join(invitation, Optional.of(file)))
                    .document();
            awaitLength(to, LARGE_UNITS);
            if (i > 0) {
                latencies.add(System.nanoTime() - startNanos);
            }
        }
        return Row.of("join of 1 MB", way, latencies);
    }

    /** The longest silence at the other editor while one types steadily and the broker is killed in the middle. */
    public Row brokerKilled() throws IOException, SidecarException {
        sit(2);
        int keys = KILL_SECONDS * KILL_KEYS_PER_SECOND;
        try (KeyClock clock = new KeyClock(documents.get(0), documents.get(1), 'b', keys)) {
            Thread killer = new Thread(() -> {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(KILL_SECONDS) / 2);
                broker.kill();
            });
            killer.start();
            clock.type(KILL_KEYS_PER_SECOND);
            Latencies latencies = clock.arrived(PATIENCE);
            Row row = Row.of("key, broker killed", way, latencies);
            return new Row(
                    row.what(),
                    row.way(),
                    row.count(),
                    row.p50Millis(),
                    row.p90Millis(),
                    row.p99Millis(),
                    clock.longestSilenceMillis());
        }
    }

    /** Keys of several who type in one document at once, until they are in the first one's buffer. */
    public Row writers(int writers, int warmUpSeconds) throws IOException, SidecarException {
        sit(writers + 1);
        if (warmUpSeconds > 0) {
            Duration patience = WARM_UP_PATIENCE.plusSeconds(warmUpSeconds);
            var unused = write(writers, 'a', warmUpSeconds, patience);
        }
        return Row.of(writers + " writers, a key", way, write(writers, 'A', WRITER_SECONDS, PATIENCE));
    }

    /** @param letter of the first one; each has one of their own */
    private Latencies write(int writers, char letter, int seconds, Duration patience) throws IOException {
        int keys = seconds * WRITER_KEYS_PER_SECOND;
        List<KeyClock> clocks = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            KeyClock clock = new KeyClock(documents.get(writer + 1), documents.get(0), (char) (letter + writer), keys);
            clocks.add(clock);
            threads.add(new Thread(() -> clock.type(WRITER_KEYS_PER_SECOND)));
        }
        threads.forEach(Thread::start);
        Latencies all = new Latencies(keys * writers);
        for (KeyClock clock : clocks) {
            clock.arrived(patience).copyTo(all);
            clock.close();
        }
        return all;
    }

    /**
     * What the first one's sidecar takes while nobody does anything.
     *
     * @param cpuPercent of one core
     * @param residentMebibytes as the system counts them; NaN where it does not say
     */
    public record Idle(String way, int peers, double cpuPercent, double residentMebibytes) {}

    /** Looks on for a while at a sidecar that has so many peers. */
    public Idle idle(int peers) throws IOException, SidecarException {
        sit(peers + 1);
        ProcessHandle sidecar = firstSidecar;
        LockSupport.parkNanos(IDLE.toNanos() / 2);
        Duration before = Usage.cpuOf(sidecar);
        long startNanos = System.nanoTime();
        LockSupport.parkNanos(IDLE.toNanos());
        double used = Usage.cpuOf(sidecar).minus(before).toNanos();
        return new Idle(
                way.word(), peers, 100 * used / (System.nanoTime() - startNanos), Usage.residentMebibytes(sidecar));
    }

    private static String largeText(int number) {
        char[] text = new char[LARGE_UNITS];
        Arrays.fill(text, (char) ('a' + number));
        for (int i = 59; i < text.length; i += 60) {
            text[i] = '\n';
        }
        return new String(text);
    }

    private static void awaitLength(HeadlessDocument document, int units) throws IOException {
        var unused = await(document.await(text -> text.length() == units, PATIENCE));
    }

    private static <T> T await(CompletableFuture<T> answer) throws IOException {
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

    @Override
    public void close() throws IOException {
        editors.forEach(HeadlessEditor::close);
        broker.close();
        scratch.close();
    }
}
