package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TidyingTest {
    private final Tidying tidying = new Tidying(0);

    @Test
    void onceAfterMuchWhenLittleIsHeard() {
        for (int second = 0; second < 100; second++) {
            assertThat(tidying.isDue(30, second * 1_000L)).as("somebody types").isFalse();
        }
        assertThat(tidying.isDue(1, 110_000)).as("the window had typing in it").isFalse();
        assertThat(tidying.isDue(1, 131_000)).isTrue();
        assertThat(tidying.isDue(1, 200_000)).as("nothing came since").isFalse();
    }

    @Test
    void neverOfLittle() {
        for (int second = 0; second < (Tidying.MUCH - 1) * 25; second += 25) {
            assertThat(tidying.isDue(1, second * 1_000L)).isFalse();
        }
        assertThat(tidying.isDue(1, (Tidying.MUCH - 1) * 25_000L)).isTrue();
    }

    @Test
    void aClockThatIsSetBackBeginsAnew() {
        assertThat(tidying.isDue(Tidying.MUCH, 1_000_000)).isTrue();
        assertThat(tidying.isDue(Tidying.MUCH, 0)).isFalse();
        assertThat(tidying.isDue(1, 1)).isFalse();
        assertThat(tidying.isDue(1, 2 + Tidying.WINDOW_MILLIS)).isFalse();
        assertThat(tidying.isDue(1, 3 + 2 * Tidying.WINDOW_MILLIS)).isTrue();
    }
}
