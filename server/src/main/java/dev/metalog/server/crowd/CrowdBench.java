package dev.metalog.server.crowd;

import com.sun.management.OperatingSystemMXBean;
import dev.metalog.server.link.BrokerProcess;
import dev.metalog.server.link.RelayAddress;
import dev.metalog.server.workspace.RandomBytes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * How peers find each other at one broker: all at once, as when a broker comes back, and one more when all the others are
 * there. Each who listens checks every announcement itself, as on a machine of its own.
 */
final class CrowdBench {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MEBIBYTE = 1 << 20;

    /**
     * What is to be done.
     *
     * @param listeners how many of them hear the others; the newcomers all do
     * @param perSecond how many start in a second; 0: all at once
     * @param broker {@code null} for an embedded one of its own
     * @param prefix of the public topics
     */
    record Plan(
            int peers,
            int listeners,
            int perSecond,
            int newcomers,
            RelayAddress broker,
            String prefix,
            Duration patience) {}

    /**
     * What came of it; seconds since the first was started, or since the newcomer was.
     *
     * @param listeners of whom it is known when they knew all the others
     * @param connectedSeconds until all were connected
     * @param knowsAll until one knew all the others
     * @param newcomerKnowsAll until a newcomer knew all the others
     * @param newcomerKnown until all the others knew a newcomer
     * @param cpuSeconds of this process until all knew all, which is what all the peers had to do
     * @param threads of this process
     * @param heapMebibytes of this process, in use, when all knew all
     * @param brokerCpuSeconds of an embedded broker; -1 when it is not ours
     * @param brokerMebibytes of an embedded broker, resident; -1 when it is not ours
     */
    record Figures(
            int peers,
            int listeners,
            String broker,
            double connectedSeconds,
            Spread knowsAll,
            Spread newcomerKnowsAll,
            Spread newcomerKnown,
            double cpuSeconds,
            int threads,
            double heapMebibytes,
            double brokerCpuSeconds,
            double brokerMebibytes) {}

    /** Of several that were measured; in seconds. */
    record Spread(int count, double p50, double p99, double longest) {
        static Spread of(double[] seconds) {
            if (seconds.length == 0) {
                return new Spread(0, 0, 0, 0);
            }
            double[] sorted = seconds.clone();
            Arrays.sort(sorted);
            return new Spread(sorted.length, at(sorted, 50), at(sorted, 99), sorted[sorted.length - 1]);
        }

        private static double at(double[] sorted, int percent) {
            return sorted[(sorted.length - 1) * percent / 100];
        }
    }

    /** Not everything came to be in time; the message says what is missing. */
    static final class NotInTimeException extends Exception {
        private static final long serialVersionUID = 1L;

        NotInTimeException(String message) {
            super(message);
        }
    }

    private final Plan plan;
    private final RandomBytes random;
    private final Consumer<String> narrator;

    /** @param narrator told what is being done */
    CrowdBench(Plan plan, RandomBytes random, Consumer<String> narrator) {
        this.plan = plan;
        this.random = random;
        this.narrator = narrator;
    }

    Figures measure() throws IOException, InterruptedException, NotInTimeException {
        try (BrokerProcess own = plan.broker() == null ? BrokerProcess.start(0) : null) {
            RelayAddress broker = own == null ? plan.broker() : own.address();
            try (Crowd crowd = new Crowd(broker, plan.prefix(), random, plan.peers() + plan.newcomers())) {
                return measure(crowd, broker, own);
            }
        }
    }

    private Figures measure(Crowd crowd, RelayAddress broker, BrokerProcess own)
            throws IOException, InterruptedException, NotInTimeException {
        narrator.accept("making " + plan.peers() + " identities");
        List<LightPeer> peers = new ArrayList<>();
        for (int i = 0; i < plan.peers(); i++) {
            // Evenly among those that only announce themselves.
            long before = (long) i * plan.listeners() / plan.peers();
            peers.add(crowd.add((i + 1L) * plan.listeners() / plan.peers() > before));
        }
        Census census = crowd.census();
        narrator.accept(plan.perSecond() == 0 ? "all of them start at once" : "they start, one after the other");
        double cpuBefore = cpuSeconds();
        long startedNanos = System.nanoTime();
        start(peers);
        if (!census.awaitConnected(plan.patience())) {
            throw new NotInTimeException("Not all " + plan.peers() + " were connected in time.");
        }
        double connected = seconds(System.nanoTime() - startedNanos);
        narrator.accept("connected; they get to know each other");
        if (!census.awaitAll(plan.patience())) {
            throw new NotInTimeException(census.missing() + " times one does not know another in time.");
        }
        double cpu = cpuSeconds() - cpuBefore;
        double[] knowsAll = peers.stream()
                .filter(LightPeer::listens)
                .mapToDouble(peer -> seconds(census.knowsAllNanos(peer.number()) - startedNanos))
                .toArray();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        double heap = heapMebibytes();
        double[][] newcomers = newcomers(crowd);
        return new Figures(
                plan.peers(),
                plan.listeners(),
                broker.url(),
                connected,
                Spread.of(knowsAll),
                Spread.of(newcomers[0]),
                Spread.of(newcomers[1]),
                cpu,
                threads,
                heap,
                own == null ? -1 : Usage.cpuSeconds(own.pid()),
                own == null ? -1 : Usage.residentMebibytes(own.pid()));
    }

    private void start(List<LightPeer> peers) {
        long began = System.nanoTime();
        for (LightPeer peer : peers) {
            if (plan.perSecond() > 0) {
                long due = began + peer.number() * TimeUnit.SECONDS.toNanos(1) / plan.perSecond();
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
            }
            peer.start();
        }
    }

    /** One after the other; when it knew all, and when all knew it. */
    private double[][] newcomers(Crowd crowd) throws InterruptedException, NotInTimeException {
        narrator.accept(plan.newcomers() + " more come, one after the other");
        double[][] seconds = new double[2][plan.newcomers()];
        for (int i = 0; i < plan.newcomers(); i++) {
            LightPeer newcomer = crowd.add(true);
            long startedNanos = System.nanoTime();
            newcomer.start();
            if (!crowd.census().await(newcomer.number(), plan.patience())) {
                throw new NotInTimeException("A newcomer and the others do not all know each other in time.");
            }
            seconds[0][i] = seconds(crowd.census().knowsAllNanos(newcomer.number()) - startedNanos);
            seconds[1][i] = seconds(crowd.census().knownByAllNanos(newcomer.number()) - startedNanos);
        }
        return seconds;
    }

    private static double seconds(long nanos) {
        return nanos / NANOS_PER_SECOND;
    }

    private static double cpuSeconds() {
        return seconds(((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime());
    }

    private static double heapMebibytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEBIBYTE;
    }
}
