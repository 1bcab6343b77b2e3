package dev.metalog.server.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static boolean offer(Outbox outbox, int bytes, long token) {
        return outbox.offer("t", new byte[bytes], 1, false, token);
    }

    @Test
    void takesNothingBeyondItsNumberOfMessagesAndKeepsWhatItHas() {
        Outbox outbox = new Outbox(3, 1_000, 2);
        assertThat(offer(outbox, 1, 1)).isTrue();
        assertThat(offer(outbox, 1, 2)).isTrue();
        assertThat(offer(outbox, 1, 3)).isTrue();
        assertThat(offer(outbox, 1, 4)).isFalse();
        Outbox.Entry first = outbox.takeNext();
        assertThat(offer(outbox, 1, 4)).as("in flight still counts").isFalse();
        assertThat(outbox.refused()).isEqualTo(2);
        assertThat(outbox.most()).isEqualTo(3);
        assertThat(outbox.remove(first)).isTrue();
        assertThat(offer(outbox, 1, 5)).isTrue();
        assertThat(outbox.takeNext().token).isEqualTo(2);
        assertThat(outbox.takeNext().token).isEqualTo(3);
    }

    @Test
    void takesNothingBeyondItsNumberOfBytes() {
        Outbox outbox = new Outbox(100, 10, 2);
        assertThat(offer(outbox, 11, 1)).isFalse();
        assertThat(offer(outbox, 10, 2)).isTrue();
        assertThat(offer(outbox, 1, 3)).isFalse();
        assertThat(offer(outbox, 0, 4)).isTrue();
        assertThat(outbox.remove(outbox.takeNext())).isTrue();
        assertThat(offer(outbox, 10, 5)).isTrue();
    }

    @Test
    void aFullWindowHoldsTheRestBack() {
        Outbox outbox = new Outbox(10, 100, 2);
        for (int i = 0; i < 4; i++) {
            offer(outbox, 1, i);
        }
        Outbox.Entry first = outbox.takeNext();
        outbox.takeNext();
        assertThat(outbox.hasNext()).isFalse();
        assertThat(outbox.takeNext()).isNull();
        outbox.remove(first);
        assertThat(outbox.takeNext().token).isEqualTo(2);
    }

    @Test
    void qosZeroIsNotSentTwice() {
        Outbox outbox = new Outbox(10, 100, 5);
        outbox.offer("t", new byte[1], 0, false, 1);
        offer(outbox, 1, 2);
        outbox.takeNext();
        outbox.takeNext();
        outbox.connectionEnded(Integer.MAX_VALUE);
        assertThat(outbox.takeNext().token).isEqualTo(2);
        assertThat(outbox.size()).isEqualTo(1);
    }

    @Test
    void aLateAcknowledgementCountsOnce() {
        Outbox outbox = new Outbox(10, 100, 5);
        offer(outbox, 1, 1);
        Outbox.Entry entry = outbox.takeNext();
        outbox.connectionEnded(Integer.MAX_VALUE);
        assertThat(outbox.remove(entry)).isTrue();
        assertThat(outbox.remove(entry)).isFalse();
        assertThat(outbox.isEmpty()).isTrue();
    }

    /** Whatever happens, everything not acknowledged is handed out again, each time from the oldest on. */
    @Test
    void keepsOrderThroughRandomLosses() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Outbox outbox = new Outbox(64, 10_000, 7);
        List<Long> unacknowledged = new ArrayList<>();
        List<Outbox.Entry> flying = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    if (offer(outbox, random.nextInt(50), step)) {
                        unacknowledged.add((long) step);
                    }
                }
                case 3, 4 -> {
                    Outbox.Entry next = outbox.takeNext();
                    if (next != null) {
                        flying.add(next);
                    }
                }
                case 5, 6 -> {
                    if (!flying.isEmpty()) {
                        Outbox.Entry entry = flying.remove(random.nextInt(flying.size()));
                        assertThat(outbox.remove(entry)).as("seed %s", seed).isTrue();
                        unacknowledged.remove(Long.valueOf(entry.token));
                    }
                }
                default -> {
                    outbox.connectionEnded(Integer.MAX_VALUE);
                    flying.clear();
                }
            }
            assertThat(outbox.size()).as("seed %s", seed).isEqualTo(unacknowledged.size());
            assertThat(flying)
                    .as("seed %s", seed)
                    .isSortedAccordingTo(Comparator.comparingLong((Outbox.Entry entry) -> entry.token));
        }
    }

    @Test
    void givesUpWhatEndsEveryConnectionAndNothingElse() {
        Outbox outbox = new Outbox(10, 100, 2);
        offer(outbox, 1, 1);
        offer(outbox, 1, 2);
        assertThat(outbox.connectionEnded(3)).as("nothing was sent").isNull();
        for (int ended = 0; ended < 2; ended++) {
            outbox.takeNext();
            assertThat(outbox.connectionEnded(3)).isNull();
        }
        assertThat(outbox.connectionEnded(3)).as("nothing was sent this time").isNull();
        for (int ended = 0; ended < 2; ended++) {
            outbox.takeNext();
            assertThat(outbox.connectionEnded(3)).isNull();
        }
        outbox.takeNext();
        assertThat(outbox.connectionEnded(3).token).isEqualTo(1);
        outbox.takeNext();
        assertThat(outbox.connectionEnded(3)).isNull();
        assertThat(outbox.size()).isEqualTo(1);
    }
}
