package dev.metalog.server.link.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettlementsTest {
    private final List<Long> settled = new ArrayList<>();
    private final Settlements settlements = new Settlements(settled::add);

    @Test
    void aTokenIsToldOnceWhenTheLastLinkIsDone() {
        byte[] frame = {1};
        byte[] equal = {1};
        settlements.begin(frame, 7, 2);
        settlements.done(equal);
        settlements.done(frame);
        assertThat(settled).isEmpty();
        settlements.done(frame);
        settlements.done(frame);
        assertThat(settled).containsExactly(7L);
        assertThat(settlements.open()).isZero();
    }

    @Test
    void whatIsThrownAwayIsToldToo() {
        Outgoing outgoing = new Outgoing();
        Outgoing full = new Outgoing();
        full.end();
        byte[] moved = {1};
        byte[] bye = {2};
        assertThat(outgoing.offer(moved, true)).isTrue();
        assertThat(outgoing.endWith(bye, full)).isFalse();
        assertThat(outgoing.takeDropped()).containsExactly(moved);
        assertThat(outgoing.takeDropped()).isEmpty();
    }
}
