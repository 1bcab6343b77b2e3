package dev.metalog.editorclients.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.editorclients.headless.BufferChange;
import dev.metalog.editorclients.text.TextChange;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordClockTest {
    private static final long MILLI = 1_000_000;

    private final WordClock clock = new WordClock(10);

    private void arrive(long nowNanos, long... writtenNanos) {
        StringBuilder text = new StringBuilder();
        for (long written : writtenNanos) {
            text.append(Long.toString(written, 36)).append(' ');
        }
        List<TextChange> changes = List.of(new TextChange(0, 0, text.toString()));
        clock.changed(new BufferChange(BufferChange.Origin.SIDECAR, 1, changes, nowNanos));
    }

    @Test
    void wordsThatComeTogetherAreMeasuredEach() {
        clock.measureFrom(0);
        arrive(10 * MILLI, 4 * MILLI, 9 * MILLI);
        assertThat(clock.words()).isEqualTo(2);
        assertThat(clock.latencies().count()).isEqualTo(2);
        assertThat(clock.latencies().percentileMillis(100)).isEqualTo(6);
        assertThat(clock.latencies().percentileMillis(50)).isEqualTo(1);
    }

    @Test
    void theWarmUpIsOnlyCounted() {
        arrive(3 * MILLI, MILLI);
        clock.measureFrom(5 * MILLI);
        arrive(7 * MILLI, 4 * MILLI);
        assertThat(clock.words()).isEqualTo(2);
        assertThat(clock.latencies().count()).isZero();
    }
}
