package dev.metalog.server.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Attention;
import dev.metalog.protocol.Caret;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When we speak of ourselves. */
class SpeakingTest {
    private static final Carets HERE = new Carets(List.of(new Caret(1, 2)));

    private final Speaking speaking = new Speaking();
    private long tokens;

    private PeerMessage.Presence next(Attention attention, boolean moved, long nowMillis) {
        PeerMessage.Presence said = speaking.next(attention, "Ada", moved, Version.ROOT, HERE, nowMillis);
        if (said != null) {
            speaking.sent(++tokens);
        }
        return said;
    }

    private void taken() {
        assertThat(speaking.settled(tokens)).isTrue();
    }

    @Test
    void theFirstWordComesAtOnceAndTheNextWithinItsTime() {
        assertThat(next(Attention.GONE, false, 1_000)).isNull();
        assertThat(next(Attention.IN_FRONT, true, 1_000)).isNotNull();
        taken();
        assertThat(next(Attention.IN_FRONT, true, 1_010)).isNull();
        assertThat(speaking.wakeAtMillis()).isEqualTo(1_000 + Speaking.GAP_MILLIS);
        PeerMessage.Presence second = next(Attention.IN_FRONT, true, speaking.wakeAtMillis());
        assertThat(second.number()).isEqualTo(2);
        assertThat(second.name()).isEqualTo("Ada");
        assertThat(second.carets()).isEqualTo(HERE.all());
    }

    @Test
    void neverMoreThanItsShare() {
        int said = 0;
        for (long now = 0; now < 10_000; now++) {
            if (next(Attention.IN_FRONT, true, now) != null) {
                said++;
                taken();
            }
        }
        assertThat(said).isEqualTo(10 * Limits.PRESENCE_A_SECOND);
    }

    /** A link that is full takes nothing over, and so is given nothing. */
    @Test
    void whileOneIsUnderWayTheNewestWaits() {
        next(Attention.IN_FRONT, true, 0);
        assertThat(next(Attention.IN_FRONT, true, 500)).isNull();
        assertThat(speaking.settled(99)).isFalse();
        taken();
        assertThat(next(Attention.IN_FRONT, true, 600)).isNotNull();
        assertThat(next(Attention.IN_FRONT, true, 600 + Speaking.AGAIN_MILLIS))
                .as("it counts as lost")
                .isNotNull();
    }

    @Test
    void whoIsThereSaysSoAgainAndWhoIsNotDoesNot() {
        List<Long> saidAt = new ArrayList<>();
        next(Attention.IN_FRONT, true, 0);
        taken();
        while (saidAt.size() < 3) {
            long now = speaking.wakeAtMillis();
            assertThat(next(Attention.IN_FRONT, false, now)).isNotNull();
            taken();
            saidAt.add(now);
        }
        assertThat(saidAt).containsExactly(10_000L, 20_000L, 30_000L);
        assertThat(next(Attention.BEHIND, false, 31_000)).isNotNull();
        taken();
        assertThat(speaking.wakeAtMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(next(Attention.GONE, false, 32_000).carets()).isEmpty();
        assertThat(next(Attention.GONE, false, 90_000)).isNull();
    }

    @Test
    void whoComesAndWhoIsReachedAgainHearsIt() {
        next(Attention.BEHIND, true, 0);
        taken();
        speaking.again();
        assertThat(next(Attention.BEHIND, false, 100)).isNotNull();
        speaking.anew();
        assertThat(next(Attention.BEHIND, false, 200)).isNotNull();
        taken();
        assertThat(next(Attention.BEHIND, false, 300)).isNull();
    }

    @Test
    void aVersionOfTooManyHeadsIsNotSaid() {
        List<EventId> heads = new ArrayList<>();
        for (int i = 0; i <= Limits.PRESENCE_HEADS; i++) {
            heads.add(new EventId(new ReplicaId("r" + i), 0));
        }
        PeerMessage.Presence said = speaking.next(Attention.IN_FRONT, "", true, new Version(heads), HERE, 0);
        assertThat(said.carets()).isEmpty();
        assertThat(said.version()).isEqualTo(Version.ROOT);
    }
}
