package dev.metalog.server.blackboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.codec.BlackboardCodec;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What a full blackboard costs. The figures are printed; the bounds here are several times what was measured. */
final class BlackboardFiguresTest {
    private static final int ENTRIES = Limits.BLACKBOARD_POSTINGS;
    private static final String VALUE =
            "{\"address\":\"0x1e23cc3422726bb35a814a0824ec72648200b353\",\"status\":\"%d\"}";

    private final PeerId peer = new PeerId("peer-" + "a".repeat(40));

    @Test
    void aFullBlackboardIsSmallAndQuick() throws Exception {
        Blackboard warm = new Blackboard(peer, new ReplicaId("warmwarmwarmwarm"));
        fill(warm);
        merged(fill(new Blackboard(peer, new ReplicaId("warmagainwarmaga"))));

        long before = heap();
        Blackboard board = new Blackboard(peer, new ReplicaId("aaaaaaaaaaaaaaaa"));
        long began = System.nanoTime();
        List<byte[]> sent = fill(board);
        double writesASecond = ENTRIES * 1e9 / (System.nanoTime() - began);
        long bytes = sent.stream().mapToLong(message -> message.length).sum();

        began = System.nanoTime();
        Blackboard other = merged(sent);
        double mergesASecond = ENTRIES * 1e9 / (System.nanoTime() - began);
        sent.clear();
        int values = VALUE.length() + 2;
        double heapBytes = (heap() - before) / (2.0 * ENTRIES);

        began = System.nanoTime();
        long stateBytes = 0;
        Blackboard late = new Blackboard(peer, new ReplicaId("cccccccccccccccc"));
        for (BlackboardMessage message : board.everything()) {
            byte[] encoded = BlackboardCodec.encode(message);
            stateBytes += encoded.length;
            late.merge(BlackboardCodec.decode(encoded));
        }
        double joinMillis = (System.nanoTime() - began) / 1e6;
        System.out.printf(
                Locale.ROOT,
                "blackboard of %d entries, values of %d bytes: %.0f writes/s with their bytes, %.0f merges/s from bytes,"
                        + " %d bytes a write, %.0f bytes of heap an entry, all of it to a newcomer: %.0f ms and %d bytes%n",
                ENTRIES,
                values,
                writesASecond,
                mergesASecond,
                bytes / ENTRIES,
                heapBytes,
                joinMillis,
                stateBytes);
        assertThat(late.digest()).isEqualTo(board.digest()).isEqualTo(other.digest());
        assertThat(late.vector()).isNotEqualTo(VersionVector.EMPTY);
        assertThat(writesASecond).isGreaterThan(2_000);
        assertThat(mergesASecond).isGreaterThan(2_000);
        assertThat(bytes / ENTRIES).isLessThan(values + 80L);
        assertThat(heapBytes).isLessThan(2_000);
        assertThat(warm.count()).isEqualTo(ENTRIES);
    }

    private static List<byte[]> fill(Blackboard board) throws BlackboardRefused {
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < ENTRIES; i++) {
            EntryValue value = EntryValue.of(String.format(Locale.ROOT, VALUE, i));
            BlackboardWrite write = board.set(new EntryName("peers", "peer " + i), value, 0, 1_700_000_000_000L);
            sent.add(BlackboardCodec.encode(new BlackboardMessage.Writes(List.of(write))));
        }
        return sent;
    }

    private Blackboard merged(List<byte[]> sent) throws Exception {
        Blackboard other = new Blackboard(peer, new ReplicaId("bbbbbbbbbbbbbbbb"));
        for (byte[] bytes : sent) {
            other.merge(BlackboardCodec.decode(bytes));
        }
        return other;
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
