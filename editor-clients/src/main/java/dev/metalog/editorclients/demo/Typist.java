package dev.metalog.editorclients.demo;

import dev.metalog.editorclients.drive.EditorRefusal;
import dev.metalog.editorclients.rig.Latencies;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes seeded random edits in one person's editor while the other person types as well, and times how long each takes to
 * become visible in the other's buffer.
 *
 * <p>Everything that is typed ends with a character that occurs nowhere else: an ideograph, one for each edit. The other
 * editor is told to wait for it before it is typed. Whoever's clock it is that counts, it is one: {@link System#nanoTime}
 * of this process, which gives the command and hears of the arrival.
 */
final class Typist {
    private static final List<String> WORDS = List.of(
            "plum", "acorn", "river", "lantern", "moss", "copper", "finch", "harbour", "juniper", "marble", "thistle",
            "willow", "ember", "quartz", "saffron", "tundra");
    private static final int FIRST_SIGN = 0x4E00;
    private static final int MOST_DELETED = 6;
    private static final Duration ARRIVAL = Duration.ofSeconds(5);
    private static final Duration COMMAND = Duration.ofSeconds(30);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Person self;
    private final Person other;
    private final SplittableRandom random;
    private final int firstSign;
    private final Latencies latencies;
    private final Narrator narrator;
    private int length;
    private int signs;

    /** @param side 0 or 1: the two people use different signs */
    Typist(Person self, Person other, int side, long seed, int length, Latencies latencies, Narrator narrator) {
        this.self = self;
        this.other = other;
        this.random = new SplittableRandom(seed * 2 + side);
        this.firstSign = FIRST_SIGN + side * DemoOptions.MOST_EDITS;
        this.length = length;
        this.latencies = latencies;
        this.narrator = narrator;
    }

    /** @throws IOException when the editor does not carry out what any editor can */
    void type(int edits) throws IOException {
        for (int done = 0; done < edits; done++) {
            editOnce();
            // A person pauses as well; without it this would measure how long a queue gets.
            LockSupport.parkNanos(PAUSE_NANOS / 2 + random.nextLong(PAUSE_NANOS));
        }
    }

    /** The other person may have made the text shorter meanwhile, or a place may be inside a character: try another. */
    private void editOnce() throws IOException {
        EditorRefusal last = null;
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                length = random.nextInt(4) == 0 && length > MOST_DELETED ? deleteSome() : typeWord();
                return;
            } catch (EditorRefusal refusal) {
                last = refusal;
                length = Math.max(0, length - random.nextInt(1, 10));
            }
        }
        throw new IOException(self.name() + "'s editor refused every place to edit: " + last.getMessage(), last);
    }

    private int deleteSome() throws EditorRefusal, IOException {
        int count = random.nextInt(1, MOST_DELETED + 1);
        return await(self.editor().delete(random.nextInt(length - count + 1), count));
    }

    private int typeWord() throws EditorRefusal, IOException {
        String sign = Character.toString(firstSign + signs++ % DemoOptions.MOST_EDITS);
        String text = (random.nextInt(8) == 0 ? "\n" : " ") + WORDS.get(random.nextInt(WORDS.size())) + sign;
        int at = random.nextInt(length + 1);
        var arrival = other.editor().waitForContains(sign, ARRIVAL);
        long typedNanos = System.nanoTime();
        CompletableFuture<Void> unused = arrival.thenRun(() -> {
            long tookNanos = System.nanoTime() - typedNanos;
            latencies.add(tookNanos);
            narrator.arrived(self.name(), other.name(), text.strip(), tookNanos);
        });
        boolean replaces = random.nextInt(6) == 0 && at + 3 <= length;
        return await(
                replaces ? self.editor().replace(at, 3, text) : self.editor().insert(at, text));
    }

    private int await(CompletableFuture<Integer> result) throws EditorRefusal, IOException {
        try {
            return result.get(COMMAND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof EditorRefusal refusal) {
                    throw refusal;
                }
            }
            throw new IOException(self.name() + "'s editor failed", e);
        } catch (TimeoutException e) {
            throw new IOException(self.name() + "'s editor did not answer within " + COMMAND.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
