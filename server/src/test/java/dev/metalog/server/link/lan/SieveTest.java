package dev.metalog.server.link.lan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.server.link.LinkLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SieveTest {
    private final Sieve sieve = new Sieve();

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    @Test
    void ofAFloodSoManyPassAndTheOthersAreCounted() {
        int passed = 0;
        for (int i = 0; i < 10_000; i++) {
            passed += sieve.takes(Long.MAX_VALUE - 5) ? 1 : 0;
        }
        assertThat(passed).isEqualTo(LinkLimits.LAN_BEACONS_A_SECOND);
        assertThat(sieve.tally()).isEqualTo(new BeaconTally(passed, passed, 10_000L - passed));
        assertThat(sieve.takes(Long.MAX_VALUE - 5 + millis(999))).isFalse();
        assertThat(sieve.takes(Long.MAX_VALUE - 5 + millis(1_000))).isTrue();
        assertThat(sieve.tally().now()).isEqualTo(1);
    }

    @Test
    void theSameIsPassedOnOnceInAWhile() {
        long again = LinkLimits.LAN_BEACON_AGAIN.toMillis();
        assertThat(sieve.isNew(new byte[] {1}, 0)).isTrue();
        assertThat(sieve.isNew(new byte[] {1}, millis(again - 1))).isFalse();
        assertThat(sieve.isNew(new byte[] {2}, millis(1))).isTrue();
        assertThat(sieve.isNew(new byte[] {1}, millis(again))).isTrue();
        assertThat(sieve.isNew(new byte[] {1}, millis(again + 1))).isFalse();
    }

    @Test
    void onlySoManyAreRemembered() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(sieve.isNew(new byte[] {(byte) i, (byte) (i >> 8)}, 0)).isTrue();
        }
        assertThat(sieve.remembered()).isEqualTo(LinkLimits.LAN_BEACONS_REMEMBERED);
        assertThat(sieve.isNew(new byte[] {0, 0}, 0))
                .as("the oldest is forgotten")
                .isTrue();
    }
}
