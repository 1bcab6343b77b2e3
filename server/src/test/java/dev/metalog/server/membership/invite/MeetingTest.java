package dev.metalog.server.membership.invite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.server.membership.Folk;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeetingTest {
    private static final SpokenCode CODE = SpokenCode.parse("004711-zoo-abandon");
    private static final byte[] SESSION = new byte[16];

    private static Meeting inviter(SpokenCode code, long seed) {
        return Meeting.inviter(code, SESSION, Folk.random(new Random(seed), Meeting.RANDOM_BYTES));
    }

    private static Meeting asker(SpokenCode code, byte[] session, long seed) {
        return Meeting.asker(code, session, Folk.random(new Random(seed), Meeting.RANDOM_BYTES));
    }

    /** @return whether each believes the other: the inviter, the asker */
    private static boolean[] meet(Meeting inviter, Meeting asker) {
        byte[] first = asker.round1();
        byte[] own = inviter.round1();
        if (!inviter.hearRound1(first) || !asker.hearRound1(own)) {
            return new boolean[2];
        }
        byte[] second = asker.round2();
        assertThat(asker.hearRound2(inviter.round2())).isTrue();
        assertThat(inviter.hearRound2(second)).isTrue();
        byte[] last = inviter.round3();
        return new boolean[] {inviter.hearRound3(asker.round3()), asker.hearRound3(last)};
    }

    @Test
    void whoKnowsTheSameWordsGetsTheSameSecret() {
        long before = System.nanoTime();
        for (int seed = 0; seed < 12; seed++) {
            Meeting inviter = inviter(CODE, seed);
            Meeting asker = asker(CODE, SESSION, 100 + seed);
            assertThat(meet(inviter, asker)).containsExactly(true, true);
            assertThat(inviter.secret().tag("x")).isEqualTo(asker.secret().tag("x"));
        }
        System.out.println("a meeting, both sides: " + (System.nanoTime() - before) / 12_000_000 + " ms");
    }

    @Test
    void whoKnowsOthersDoesNot() {
        Meeting inviter = inviter(CODE, 1);
        Meeting asker = asker(SpokenCode.parse("004711-zoo-zoo"), SESSION, 2);
        assertThat(meet(inviter, asker)).containsExactly(false, false);
        assertThat(inviter.secret().tag("x")).isNotEqualTo(asker.secret().tag("x"));
    }

    @Test
    void whatIsOfAnotherAttemptOrSideIsUnsound() {
        byte[] other = SESSION.clone();
        other[3] = 1;
        assertThat(inviter(CODE, 1).hearRound1(asker(CODE, other, 2).round1())).isFalse();
        Meeting mirrored = inviter(CODE, 1);
        assertThat(mirrored.hearRound1(mirrored.round1()))
                .as("its own, sent back")
                .isFalse();
        for (byte[] odd : new byte[][] {new byte[Meeting.ROUND_1_BYTES], filled(Meeting.ROUND_1_BYTES)}) {
            assertThat(inviter(CODE, 1).hearRound1(odd)).isFalse();
        }
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0xff);
        return bytes;
    }

    /** Given bytes and nothing else make what is said. */
    @Test
    void theSameBytesSayTheSame() {
        byte[] first = asker(CODE, SESSION, 7).round1();
        assertThat(asker(CODE, SESSION, 7).round1()).isEqualTo(first);
        assertThat(asker(CODE, SESSION, 8).round1()).isNotEqualTo(first);
    }

    @Test
    void anUnsoundRoundCanBeFollowedByASoundOne() {
        Meeting inviter = inviter(CODE, 1);
        Meeting asker = asker(CODE, SESSION, 2);
        byte[] own = inviter.round1();
        byte[] first = asker.round1();
        byte[] changed = first.clone();
        changed[500] ^= 1;
        assertThat(inviter.hearRound1(changed)).isFalse();
        assertThat(inviter.hearRound1(first)).isTrue();
        assertThat(asker.hearRound1(own)).isTrue();
        byte[] ownSecond = inviter.round2();
        byte[] second = asker.round2();
        byte[] spoilt = second.clone();
        spoilt[5] ^= 1;
        assertThat(inviter.hearRound2(spoilt)).isFalse();
        assertThat(inviter.hearRound2(second)).isTrue();
        assertThat(asker.hearRound2(ownSecond)).isTrue();
        inviter.round3();
        assertThat(inviter.hearRound3(asker.round3())).isTrue();
    }
}
