package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeardUpToTest {
    private static final long NOW = 1_800_000_000_000L;

    private final HeardUpTo heard = new HeardUpTo();

    private static PeerId peer(int number) {
        return new PeerId(String.format("peer-%040x", number));
    }

    @Test
    void ofEarlierRunsTheNewestCountsAndInThisOneNothingDoes() {
        heard.restore(Map.of(peer(1), NOW));
        heard.passed(peer(1), NOW + 10);
        heard.passed(peer(1), NOW + 5);
        assertThat(heard.passedInAnEarlierRun(peer(1), NOW)).isTrue();
        assertThat(heard.passedInAnEarlierRun(peer(1), NOW + 1)).isFalse();
        assertThat(heard.passedInAnEarlierRun(peer(2), NOW)).isFalse();
        assertThat(heard.toKeep(NOW + 10)).isEqualTo(Map.of(peer(1), NOW + 10));
    }

    @Test
    void whatIsStaleAnywayIsNotKept() {
        heard.passed(peer(1), NOW);
        heard.passed(peer(2), NOW + 1);
        assertThat(heard.toKeep(NOW + 1 + Limits.ANNOUNCEMENT_SKEW_MILLIS)).containsOnlyKeys(peer(2));
    }

    @Test
    void whoWasHeardLongestAgoIsForgottenFirst() {
        for (int i = 0; i < HeardUpTo.MOST; i++) {
            heard.passed(peer(i), NOW);
        }
        heard.passed(peer(0), NOW);
        heard.passed(peer(HeardUpTo.MOST), NOW);
        assertThat(heard.toKeep(NOW))
                .hasSize(HeardUpTo.MOST)
                .containsKeys(peer(0), peer(HeardUpTo.MOST))
                .doesNotContainKey(peer(1));
    }
}
