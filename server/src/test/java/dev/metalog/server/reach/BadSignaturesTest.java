package dev.metalog.server.reach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import org.junit.jupiter.api.Test;

class BadSignaturesTest {
    private static final PeerId MALLORY = peer(0);

    private final BadSignatures counted = new BadSignatures();

    private static PeerId peer(int number) {
        return new PeerId(String.format("peer-%040x", number));
    }

    @Test
    void tenWithinAMinuteAreBorneAndOneMoreIsNot() {
        for (int i = 0; i < Limits.BAD_SIGNATURES_PER_MINUTE; i++) {
            assertThat(counted.count(MALLORY, 1_000 + i)).isFalse();
        }
        assertThat(counted.bannedForMillis(MALLORY, 60_999)).isZero();
        assertThat(counted.count(MALLORY, 60_999)).isTrue();
        assertThat(counted.bannedForMillis(MALLORY, 60_999)).isEqualTo(Limits.BAN_MILLIS);
        assertThat(counted.bannedForMillis(peer(1), 60_999)).isZero();
        assertThat(counted.count(MALLORY, 61_000)).as("it is banned already").isFalse();
        assertThat(counted.bannedForMillis(MALLORY, 60_999 + Limits.BAN_MILLIS - 1))
                .isOne();
        assertThat(counted.bannedForMillis(MALLORY, 60_999 + Limits.BAN_MILLIS)).isZero();
    }

    /** One every six seconds, for an hour. */
    @Test
    void asManyAsMayComeInAMinuteMayComeForEver() {
        for (long at = 0; at < 3_600_000; at += 60_000 / Limits.BAD_SIGNATURES_PER_MINUTE) {
            assertThat(counted.count(MALLORY, at)).isFalse();
        }
    }

    @Test
    void whoWasCountedLongestAgoIsForgottenFirst() {
        for (int i = 0; i <= Limits.BAD_SIGNATURES_PER_MINUTE; i++) {
            counted.count(MALLORY, i);
        }
        for (int other = 1; other < BadSignatures.MOST; other++) {
            counted.count(peer(other), 100);
        }
        assertThat(counted.bannedForMillis(peer(1), 100)).isZero();
        assertThat(counted.bannedForMillis(MALLORY, 100))
                .as("as many as there may be")
                .isPositive();
        for (int other = 1; other <= BadSignatures.MOST; other++) {
            counted.count(peer(other), 200);
        }
        assertThat(counted.bannedForMillis(MALLORY, 200)).isZero();
    }
}
