package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a hostile member or guest can send, by name. Afterwards honest people have the same text with all that they typed, go on
 * typing, and were told of what was refused: once, and not once for each message.
 */
class HostileMembersTest {
    private static void play(Attack attack) throws Exception {
        AttackScene scene = new AttackScene(attack.name().hashCode());
        long toldBefore = scene.refusals();
        attack.play().play(scene);
        scene.typeBoth();
        scene.settle();
        scene.typeBoth();
        scene.settle();
        scene.assertTogether();
        long told = scene.refusals() - toldBefore;
        if (attack.outcome() == Attack.Outcome.REFUSED) {
            assertThat(told).as("what was refused is told").isPositive();
        } else {
            assertThat(told).as("nothing to tell").isZero();
        }
        assertThat(told).as("and not for each message").isLessThan(50);
    }

    @ParameterizedTest
    @EnumSource
    void graph(GraphAttack attack) throws Exception {
        play(attack);
    }

    @ParameterizedTest
    @EnumSource
    void identity(IdentityAttack attack) throws Exception {
        play(attack);
    }

    @ParameterizedTest
    @EnumSource
    void envelope(EnvelopeAttack attack) throws Exception {
        play(attack);
    }

    @ParameterizedTest
    @EnumSource
    void blackboard(BoardAttack attack) throws Exception {
        play(attack);
    }

    @ParameterizedTest
    @EnumSource
    void membership(MembershipAttack attack) throws Exception {
        play(attack);
    }
}
