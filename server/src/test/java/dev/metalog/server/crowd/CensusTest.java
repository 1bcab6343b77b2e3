package dev.metalog.server.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CensusTest {
    private final Census census = new Census(3);

    @Test
    void tellsWhenAllKnowAll() throws InterruptedException {
        int ann = census.comes("ann", true);
        int ben = census.comes("ben", true);
        assertThat(census.missing()).isEqualTo(2);
        census.learned(ann, "ben");
        assertThat(census.awaitAll(Duration.ZERO)).isFalse();
        census.learned(ben, "ann");
        assertThat(census.awaitAll(Duration.ZERO)).isTrue();
        assertThat(census.knownByAllNanos(ann)).isGreaterThanOrEqualTo(census.knownByAllNanos(ben));
    }

    @Test
    void aNewcomerIsToBeKnownByAllAgain() throws InterruptedException {
        int ann = census.comes("ann", true);
        int ben = census.comes("ben", true);
        census.learned(ann, "ben");
        census.learned(ben, "ann");
        int cal = census.comes("cal", true);
        assertThat(census.missing()).isEqualTo(4);
        census.learned(ann, "cal");
        census.learned(ben, "cal");
        assertThat(census.await(cal, Duration.ZERO)).isFalse();
        census.learned(cal, "ann");
        census.learned(cal, "ben");
        assertThat(census.await(cal, Duration.ZERO)).isTrue();
    }

    @Test
    void whoIsForgottenIsMissing() {
        int ann = census.comes("ann", true);
        census.comes("ben", true);
        census.learned(ann, "ben");
        census.forgot(ann, "ben");
        assertThat(census.missing()).isEqualTo(2);
    }

    @Test
    void whoDoesNotListenNeedOnlyBeKnown() throws InterruptedException {
        int ann = census.comes("ann", true);
        int ben = census.comes("ben", false);
        assertThat(census.missing()).isEqualTo(1);
        census.learned(ann, "ben");
        assertThat(census.awaitAll(Duration.ZERO)).isTrue();
        assertThat(census.knownByAllNanos(ben)).isPositive();
    }

    @Test
    void strangersAtTheBrokerDoNotCount() {
        int ann = census.comes("ann", true);
        census.learned(ann, "somebody");
        assertThat(census.missing()).isZero();
    }
}
