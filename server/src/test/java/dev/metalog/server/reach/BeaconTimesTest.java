package dev.metalog.server.reach;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Often at first, seldom later, never in vain. */
class BeaconTimesTest {
    private final BeaconTimes times = new BeaconTimes();

    private List<Long> shown(long fromMillis, long toMillis) {
        List<Long> at = new ArrayList<>();
        for (long now = fromMillis; now < toMillis; now += 500) {
            if (times.isDue(now)) {
                at.add(now);
            }
        }
        return at;
    }

    @Test
    void thePausesDoubleUpToTheLongest() {
        assertThat(shown(0, 10_000)).isEmpty();
        times.begin(10_000);
        assertThat(shown(10_000, 300_000))
                .containsExactly(10_000L, 11_000L, 13_000L, 17_000L, 25_000L, 41_000L, 73_000L, 137_000L, 265_000L);
        List<Long> later = shown(300_000, 3_000_000);
        assertThat(later).hasSizeBetween(8, 9);
        assertThat(later.get(4) - later.get(3)).isEqualTo(BeaconTimes.LONGEST_MILLIS);
    }

    @Test
    void itEnds() {
        times.begin(0);
        times.end();
        assertThat(shown(0, 1_000_000)).isEmpty();
        times.answer(1_000_000);
        assertThat(times.isOn()).isFalse();
    }

    @Test
    void whoTurnsUpIsAnsweredOnceAndNotWithinASecond() {
        times.begin(0);
        shown(0, 200_000);
        for (int i = 0; i < 100; i++) {
            times.answer(200_000);
        }
        assertThat(shown(200_000, 203_000)).containsExactly(200_000L);
        times.answer(200_500);
        assertThat(times.nextAtMillis()).isEqualTo(201_000);
    }

    @Test
    void changesThatFollowEachOtherAreNotShownMoreOftenThanOnceASecond() {
        for (long now = 0; now < 10_000; now += 100) {
            times.end();
            times.begin(now);
            times.isDue(now);
        }
        assertThat(times.nextAtMillis()).isEqualTo(10_000);
    }
}
