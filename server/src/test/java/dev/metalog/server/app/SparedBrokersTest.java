package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.server.link.LinkLimits;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SparedBrokersTest {
    private final Mailbox mailbox = new Mailbox();
    private final SparedBrokers spared = new SparedBrokers(Map.of(), mailbox);

    private static Effect.Send message(long token, int bytes) {
        return new Effect.Send("ml/1/x", new byte[bytes], null, true, true, 1, List.of("mqtt://gone"), token);
    }

    @Test
    void whatIsTakenIsHeldNoMore() throws InterruptedException {
        assertThat(spared.hold(message(1, 10))).isTrue();
        assertThat(spared.take(1).token()).isEqualTo(1);
        assertThat(spared.take(1)).isNull();
        spared.turnTo(1);
        assertThat(mailbox.take(0)).isNull();
    }

    @Test
    void whatNoBrokerTakesIsTold() throws InterruptedException {
        assertThat(spared.hold(message(7, 10))).isTrue();
        spared.turnTo(7);
        assertThat(mailbox.take(0))
                .isInstanceOfSatisfying(
                        Input.NotPublished.class,
                        told -> assertThat(told.token()).isEqualTo(7));
        assertThat(spared.take(7)).isNull();
    }

    @Test
    void moreThanHasRoomIsNotHeldBack() {
        for (int i = 0; i < LinkLimits.DIRECT_PROOFS; i++) {
            assertThat(spared.hold(message(i, 1))).isTrue();
        }
        assertThat(spared.hold(message(-1, 1))).isFalse();
        assertThat(spared.queue().overflows()).isEqualTo(1);
        assertThat(spared.queue().most()).isEqualTo(LinkLimits.DIRECT_PROOFS);
        assertThat(spared.take(3)).isNotNull();
        assertThat(spared.hold(message(-1, 1))).isTrue();
    }

    @Test
    void norAreMoreBytes() {
        assertThat(spared.hold(message(1, LinkLimits.DIRECT_PROOF_BYTES))).isTrue();
        assertThat(spared.hold(message(2, 1))).isFalse();
        assertThat(spared.take(1)).isNotNull();
        assertThat(spared.hold(message(2, 1))).isTrue();
    }
}
