package dev.metalog.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Two editors with sidecars and identities of their own, and the documents they share one after another. */
final class Pair {
    private static final int EDITS_A_SIDE = 500;
    private static final long TYPING_SECONDS = 180;
    private static final String BEGINNING =
            "@version: 1\n{\"id\": \"a→b\", \"label\": \"😀 שלום\"}\n\nlast line without end";

    private final Driven first;
    private final Driven second;

    private Pair(Driven first, Driven second) {
        this.first = first;
        this.second = second;
    }

    static Pair start(Rig rig, String brokerUrl, Editors.Kind one, Editors.Kind other) throws Exception {
        Seat ada = rig.seat("ada", brokerUrl);
        Seat ben = rig.seat("ben", brokerUrl);
        try (Both both = new Both()) {
            Future<Driven> starting = both.run(() -> rig.keep(one.start(ada)));
            Driven second = other.start(ben);
            Driven first = Both.await(starting);
            rig.keep(second);
            return new Pair(first, second);
        }
    }

    /** Starts one editor in a place. */
    interface Starting {
        Driven in(Seat seat) throws Exception;
    }

    /** Two of one kind, in places that were made before. */
    static Pair start(Seat ada, Seat ben, Starting starting) throws Exception {
        return new Pair(starting.in(ada), starting.in(ben));
    }

    Driven first() {
        return first;
    }

    Driven second() {
        return second;
    }

    /** The first shares a new document, and the second joins it; from then on commands act on it. */
    void share(String name) throws IOException {
        share(name, BEGINNING);
    }

    void share(String name, String text) throws IOException {
        first.open(first.seat().file(name, text));
        second.join(first.share(), second.seat().workspace().resolve(name));
        second.waitForText(text);
    }

    /** Both make random edits at the same time, and end with one text. */
    void typeAndConverge(long seed) throws Exception {
        RandomTyping ones = new RandomTyping(first, seed, 0);
        RandomTyping others = new RandomTyping(second, seed, 1);
        atOnce(
                () -> {
                    ones.edit(EDITS_A_SIDE);
                    return true;
                },
                () -> {
                    others.edit(EDITS_A_SIDE);
                    return true;
                });
        meet();
        String text = first.text();
        assertThat(second.text())
                .as("the texts of %s and %s (seed %d)", first.name(), second.name(), seed)
                .isEqualTo(text);
        assertNothingTwice(text);
    }

    /**
     * Waits until everything typed so far is everywhere. Whatever somebody typed before a mark comes before it in the
     * event graph, so a buffer that shows the mark shows all of it.
     */
    void meet() {
        first.insert(0, "⟦one is done⟧");
        second.insert(0, "⟦the other is done⟧");
        for (Driven editor : new Driven[] {first, second}) {
            editor.waitForContains("⟦one is done⟧");
            editor.waitForContains("⟦the other is done⟧");
        }
    }

    void close() {
        first.call("close", Map.of());
        second.call("close", Map.of());
    }

    static void assertNothingTwice(String text) {
        assertThat(text.codePoints().filter(RandomTyping::isSign).boxed().toList())
                .as("keys that are there twice")
                .doesNotHaveDuplicates();
    }

    /** Runs both at the same time, until both are done. */
    static <A, B> void atOnce(Callable<A> one, Callable<B> other) throws Exception {
        try (Both both = new Both()) {
            Future<A> running = both.run(one);
            other.call();
            Both.await(running);
        }
    }

    /** A second thread. */
    private static final class Both implements AutoCloseable {
        private final ExecutorService executor = Executors.newSingleThreadExecutor();

        <T> Future<T> run(Callable<T> work) {
            return executor.submit(work);
        }

        static <T> T await(Future<T> running) throws Exception {
            try {
                return running.get(TYPING_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("the first of the two: " + e.getCause().getMessage(), e.getCause());
            } catch (TimeoutException e) {
                throw new AssertionError("the first of the two was not done after " + TYPING_SECONDS + " s", e);
            }
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}
