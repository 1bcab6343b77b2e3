package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Floods, by name. While one lasts honest people type on and each key is dealt with soon; afterwards they have the same text,
 * and neither memory nor disk is full of it. The figures are in docs/benchmarks.md; the bounds here leave room for a slow
 * machine.
 */
class HostileFloodsTest {
    private static final long MOST_KEY_MICROS = 40_000;
    private static final long MOST_DISK_BYTES = 128L << 20;

    @ParameterizedTest
    @EnumSource
    void flood(ResourceAttack attack) throws Exception {
        AttackScene scene = new AttackScene(attack.name().hashCode());
        scene.forgetWhatIsOnlyTheTests();
        long toldBefore = scene.refusals();
        long heapBefore = AttackScene.heapBytes();
        long began = System.nanoTime();
        attack.play().play(scene);
        long tookMillis = (System.nanoTime() - began) / 1_000_000;
        scene.forgetWhatIsOnlyTheTests();
        long heap = AttackScene.heapBytes() - heapBefore;
        long disk = scene.ada.writtenBytes;
        System.out.printf(
                Locale.ROOT,
                "%-50s %5d keys p99 %6d us, %6d ms in all, slowest message %5d ms, heap %+6d KiB, disk %6d KiB%n",
                attack,
                scene.keysTimed(),
                scene.p99Micros(),
                tookMillis,
                scene.slowestMillis(),
                heap >> 10,
                disk >> 10);
        scene.typeBoth();
        scene.settle();
        scene.typeBoth();
        scene.settle();
        scene.assertTogether();
        long told = scene.refusals() - toldBefore;
        if (attack.outcome() == Attack.Outcome.REFUSED) {
            assertThat(told).as("what was refused is told").isPositive();
        }
        assertThat(scene.ada.logged.size() + scene.ben.logged.size())
                .as("and not for each message")
                .isLessThan(120);
        assertThat(heap).isLessThan(2 * AttackScene.MOST_HEAP_BYTES);
        assertThat(disk).isLessThan(MOST_DISK_BYTES);
        assertThat(scene.p99Micros()).isLessThan(MOST_KEY_MICROS);
    }
}
