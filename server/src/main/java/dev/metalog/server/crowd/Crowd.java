package dev.metalog.server.crowd;

import dev.metalog.server.link.RelayAddress;
import dev.metalog.server.workspace.RandomBytes;
import dev.metalog.server.workspace.StoredDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Light peers of one process at one broker. */
final class Crowd implements AutoCloseable {
    private static final int LEAVING_AT_ONCE = 32;
    private static final Duration GOODBYE = Duration.ofSeconds(2);
    private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(60);

    private final RelayAddress broker;
    private final String prefix;
    private final RandomBytes random;
    private final Census census;
    private final List<Worker> workers = new ArrayList<>();
    private final List<LightPeer> peers = new ArrayList<>();

    /**
     * @param prefix of the public topics
     * @param most how many there will ever be
     */
    Crowd(RelayAddress broker, String prefix, RandomBytes random, int most) {
        this.broker = broker;
        this.prefix = prefix;
        this.random = random;
        census = new Census(most);
        for (int number = 0; number < Runtime.getRuntime().availableProcessors(); number++) {
            workers.add(new Worker(number));
        }
    }

    Census census() {
        return census;
    }

    /**
     * One more, with keys, that is not started.
     *
     * @param listens whether it hears the others
     */
    LightPeer add(boolean listens) {
        return add(List.of(), topic -> listens);
    }

    /** The same with documents, see {@link LightPeer}. */
    LightPeer add(List<StoredDocument> documents, Predicate<String> hears) {
        LightPeer peer = LightPeer.create(
                broker, prefix, random, workers.get(peers.size() % workers.size()), census, documents, hears);
        peers.add(peer);
        return peer;
    }

    @Override
    public void close() {
        workers.forEach(Worker::close);
        ExecutorService leaving = Executors.newFixedThreadPool(LEAVING_AT_ONCE);
        peers.forEach(peer -> leaving.execute(() -> peer.stop(GOODBYE)));
        leaving.shutdown();
        try {
            if (!leaving.awaitTermination(LONGEST_GOODBYE.toSeconds(), TimeUnit.SECONDS)) {
                leaving.shutdownNow();
            }
        } catch (InterruptedException e) {
            leaving.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
