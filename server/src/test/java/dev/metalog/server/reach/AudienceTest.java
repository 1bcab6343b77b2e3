package dev.metalog.server.reach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Speaker;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AudienceTest {
    private static final long NO_LINK = Long.MAX_VALUE;

    private final Audience audience = new Audience();
    private final Map<PeerId, Long> upSince = new HashMap<>();

    private static Speaker speaker(int peer, int run) {
        return new Speaker(peer(peer), run);
    }

    private static PeerId peer(int number) {
        return new PeerId(String.format("peer-%040x", number));
    }

    private int linkedAt(long nowMillis) {
        return audience.linked(peer -> upSince.getOrDefault(peer, NO_LINK), nowMillis);
    }

    @Test
    void nobodyIsNoAudience() {
        assertThat(linkedAt(0)).isZero();
    }

    @Test
    void allHaveToBeHeardOverALinkThatIsUpSince() {
        upSince.put(peer(1), 10L);
        upSince.put(peer(2), 20L);
        audience.heard(speaker(1, 1), true, 10);
        assertThat(linkedAt(10)).isEqualTo(1);
        audience.heard(speaker(2, 1), false, 30);
        assertThat(linkedAt(30)).isZero();
        audience.heard(speaker(2, 1), true, 31);
        assertThat(linkedAt(31)).isEqualTo(2);
        upSince.put(peer(1), 40L);
        assertThat(linkedAt(41)).as("heard over the link before this one").isZero();
        audience.heard(speaker(1, 1), true, 41);
        assertThat(linkedAt(41)).isEqualTo(2);
        upSince.remove(peer(2));
        assertThat(linkedAt(42)).isZero();
    }

    @Test
    void whoIsSilentForLongIsNotThere() {
        upSince.put(peer(1), 0L);
        audience.heard(speaker(2, 1), false, 0);
        audience.heard(speaker(1, 1), true, 1);
        assertThat(linkedAt(Audience.GONE_MILLIS)).isZero();
        audience.heard(speaker(1, 1), true, Audience.GONE_MILLIS);
        assertThat(linkedAt(Audience.GONE_MILLIS + 1)).isEqualTo(1);
    }

    @Test
    void aRunThatAnotherFollowedHasMostlyEnded() {
        upSince.put(peer(1), 0L);
        audience.heard(speaker(1, 1), false, 0);
        audience.heard(speaker(1, 2), true, 10);
        assertThat(linkedAt(10 + Audience.SUCCEEDED_MILLIS)).isZero();
        assertThat(linkedAt(11 + Audience.SUCCEEDED_MILLIS)).isEqualTo(1);
        audience.heard(speaker(1, 1), true, 60_000);
        assertThat(linkedAt(60_000)).as("it had not").isEqualTo(2);
    }

    @Test
    void moreThanCanBeKnownAreNeverAllLinked() {
        for (int i = 0; i <= Audience.MOST; i++) {
            upSince.put(peer(i), 0L);
            audience.heard(speaker(i, 1), true, 5);
        }
        assertThat(linkedAt(5)).isZero();
        assertThat(linkedAt(4 + Audience.GONE_MILLIS)).isZero();
        audience.heard(speaker(1, 1), true, 5 + Audience.GONE_MILLIS);
        assertThat(linkedAt(6 + Audience.GONE_MILLIS)).isEqualTo(1);
    }

    /** Whoever listens by a broker alone is never passed over while it is heard now and then. */
    @Test
    void nobodyIsPassedOver() {
        long seed = Long.getLong("audience.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<Speaker, Long> byBrokerAt = new HashMap<>();
        long now = 1_000;
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(2_000);
            PeerId peer = peer(random.nextInt(4));
            Speaker speaker = new Speaker(peer, random.nextInt(2));
            if (random.nextInt(8) == 0) {
                upSince.put(peer, random.nextBoolean() ? now : NO_LINK);
            }
            boolean directly = upSince.getOrDefault(peer, NO_LINK) <= now && random.nextInt(10) > 0;
            audience.heard(speaker, directly, now);
            byBrokerAt.remove(speaker);
            if (!directly) {
                byBrokerAt.put(speaker, now);
            }
            long at = now;
            boolean anyByBroker =
                    byBrokerAt.values().stream().anyMatch(heard -> at - heard < Audience.SUCCEEDED_MILLIS);
            if (anyByBroker) {
                assertThat(linkedAt(now)).as("seed %d, step %d", seed, i).isZero();
            }
        }
    }
}
