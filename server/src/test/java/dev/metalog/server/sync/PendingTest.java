package dev.metalog.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.editor.MetricsMessages;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What waits is bounded, and nobody can push out what others sent. */
class PendingTest {
    private static final EventId MISSING = new EventId(new ReplicaId("m"), 1);

    private final Pending pending = new Pending();

    private static PeerId peer(int number) {
        return new PeerId("peer-" + String.format("%040x", number));
    }

    private static Speaker speaker(int number) {
        return new Speaker(peer(number), 1);
    }

    private static Chunk chunk(int number, int bytes) {
        byte[] content = new byte[bytes];
        ByteBuffer.wrap(content).putInt(number);
        return new Chunk(content);
    }

    @Test
    void aFloodOfOneCostsItsOwnOldestAlone() {
        pending.add(speaker(1), chunk(-1, 10), MISSING);
        for (int i = 0; i < 5_000; i++) {
            pending.add(speaker(2), chunk(i, 10), MISSING);
        }
        assertThat(pending.of(peer(1))).isOne();
        assertThat(pending.of(peer(2))).isEqualTo(Limits.PENDING_BUNDLES_OF_ONE);
        assertThat(pending.add(speaker(2), chunk(4_999, 10), MISSING))
                .as("the newest is here")
                .isFalse();
        assertThat(pending.add(speaker(2), chunk(0, 10), MISSING))
                .as("the oldest is not")
                .isTrue();
    }

    @Test
    void manyTogetherStayWithinTheirBoundAndTheLargestLoses() {
        pending.add(speaker(99), chunk(-1, 10), MISSING);
        for (int i = 0; i < 10; i++) {
            for (int k = 0; k < 200; k++) {
                pending.add(speaker(i), chunk(i * 1_000 + k, 10), MISSING);
            }
        }
        assertThat(pending.size()).isEqualTo(Limits.PENDING_BUNDLES);
        assertThat(pending.of(peer(99))).isOne();
        MetricsMessages.Queue queue = pending.queue("a.txt");
        assertThat(queue.size()).isEqualTo(Limits.PENDING_BUNDLES);
        assertThat(queue.overflows()).isEqualTo(2_001 - Limits.PENDING_BUNDLES);
        assertThat(queue.most()).isEqualTo(Limits.PENDING_BUNDLES);
    }

    @Test
    void bytesAreBoundedToo() {
        for (int i = 0; i < 100; i++) {
            pending.add(speaker(1), chunk(i, Limits.BATCH_BYTES), MISSING);
        }
        assertThat(pending.size()).isEqualTo(Limits.PENDING_BYTES_OF_ONE / Limits.BATCH_BYTES);
        for (int i = 0; i < 1_000; i++) {
            pending.add(speaker(2 + i % 10), chunk(1_000 + i, Limits.BATCH_BYTES), MISSING);
        }
        assertThat(pending.size()).isEqualTo(Limits.PENDING_BYTES / Limits.BATCH_BYTES);
    }

    @Test
    void whatOurOwnLogGaveBackNeverMakesRoom() {
        for (int i = 0; i < 2 * Limits.PENDING_BUNDLES; i++) {
            pending.recall(chunk(i, 10), MISSING);
        }
        for (int i = 0; i < 5_000; i++) {
            pending.add(speaker(i % 7), chunk(100_000 + i, 10), MISSING);
        }
        assertThat(pending.size()).isEqualTo(3 * Limits.PENDING_BUNDLES);
        assertThat(pending.add(speaker(1), chunk(0, 10), MISSING)).isFalse();
    }

    @Test
    void whatNothingWillEverFollowOnDoesNotFillTheDisk() {
        long kept = 0;
        for (int i = 0; i < 1_000; i++) {
            kept += pending.add(speaker(i % 7), chunk(i, Limits.BATCH_BYTES), MISSING) ? Limits.BATCH_BYTES : 0;
        }
        assertThat(kept).isEqualTo(Limits.PENDING_BYTES);
    }
}
