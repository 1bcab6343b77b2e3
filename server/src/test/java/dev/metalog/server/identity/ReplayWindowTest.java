package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
    /** Against a plain set of everything that was ever seen. */
    @Test
    void nothingIsNewTwiceAndEverythingInsideIsNewOnce() {
        long seed = Long.getLong("metalog.seed", 5L);
        for (long run = seed; run < seed + 20; run++) {
            Random random = new Random(run);
            ReplayWindow window = new ReplayWindow();
            Set<Long> seen = new HashSet<>();
            long highest = -1;
            for (int i = 0; i < 5_000; i++) {
                long counter = Math.max(0, highest + random.nextInt(3 * ReplayWindow.WIDTH) - 2L * ReplayWindow.WIDTH);
                if (random.nextInt(200) == 0) {
                    counter = highest + random.nextInt(1 << 20);
                    counter = Math.max(0, counter);
                }
                boolean expected = counter > highest - ReplayWindow.WIDTH && !seen.contains(counter);
                assertThat(window.isNew(counter))
                        .as("seed %d, step %d, counter %d", run, i, counter)
                        .isEqualTo(expected);
                if (expected) {
                    window.mark(counter);
                    seen.add(counter);
                    highest = Math.max(highest, counter);
                }
            }
        }
    }

    @Test
    void theLargestCounterWorks() {
        ReplayWindow window = new ReplayWindow();
        window.mark(Long.MAX_VALUE - 2);
        window.mark(Long.MAX_VALUE);
        assertThat(window.isNew(Long.MAX_VALUE)).isFalse();
        assertThat(window.isNew(Long.MAX_VALUE - 1)).isTrue();
        assertThat(window.isNew(0)).isFalse();
    }
}
