package dev.metalog.server.authorship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.server.authorship.WriterTree.Beyond;
import dev.metalog.server.eventgraph.EventGraph;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WriterTreeTest {
    private static final ReplicaId WRITER = new ReplicaId("anna");
    private static final long SEED = Long.getLong("seed", 20261130L);

    /** Section 2.1 of RFC 6962, as plainly as it can be written. */
    private static byte[] plainRoot(List<byte[]> leaves) {
        if (leaves.size() == 1) {
            return hash(0, leaves.get(0), new byte[0]);
        }
        int left = Integer.highestOneBit(leaves.size() - 1);
        return hash(1, plainRoot(leaves.subList(0, left)), plainRoot(leaves.subList(left, leaves.size())));
    }

    private static byte[] hash(int kind, byte[] left, byte[] right) {
        MessageDigest sha = Sha256.fresh();
        sha.update((byte) kind);
        sha.update(left);
        sha.update(right);
        return sha.digest();
    }

    private static List<byte[]> leaves(EventRuns runs) {
        List<byte[]> leaves = new ArrayList<>();
        int[] count = {0};
        new UnitTokens(UnitTokens.Place.START).tell(runs, 0, (seq, bytes, length) -> {
            if (count[0]++ % WriterTree.LEAF_TOKENS == 0) {
                leaves.add(new byte[0]);
            }
            byte[] before = leaves.remove(leaves.size() - 1);
            byte[] leaf = java.util.Arrays.copyOf(before, before.length + length);
            System.arraycopy(bytes, 0, leaf, before.length, length);
            leaves.add(leaf);
        });
        return leaves;
    }

    /** Types, deletes, deletes key by key, jumps, writes pairs of surrogates, and lets time pass. */
    private static EventGraph randomText(Random random, int edits) {
        EventGraph graph = new EventGraph();
        for (int i = 0; i < edits; i++) {
            String text = graph.text();
            int at = random.nextInt(text.length() + 1);
            if (at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at))) {
                at--;
            }
            int length = 0;
            if (random.nextInt(3) == 0 && at < text.length()) {
                length = Math.min(text.length() - at, 1 + random.nextInt(4));
                if (at + length < text.length() && Character.isLowSurrogate(text.charAt(at + length))) {
                    length++;
                }
            }
            String inserted = random.nextInt(4) == 0 ? "" : random.nextInt(5) == 0 ? "\uD83D\uDE00!" : "abc";
            graph.edit(WRITER, graph.tip(), List.of(new TextEdit(at, length, inserted)), 480_000 + i / 10);
        }
        return graph;
    }

    @Test
    void theRootIsThatOfThePlainAlgorithmHoweverTheUnitsCame() {
        for (int round = 0; round < 60; round++) {
            Random random = new Random(SEED + round);
            EventGraph graph = randomText(random, 1 + random.nextInt(300));
            int units = graph.nextSeq(WRITER);
            EventRuns all = graph.unitsOf(WRITER, 0, units);
            WriterTree tree = new WriterTree();
            for (int from = 0; from < units; ) {
                int to = boundary(graph, from + 1 + random.nextInt(40), units);
                tree.append(graph.unitsOf(WRITER, from, to), 0);
                from = to;
            }
            List<byte[]> leaves = leaves(all);
            assertThat(tree.root()).as("round " + round + " of " + SEED).isEqualTo(plainRoot(leaves));
            WriterTree whole = new WriterTree();
            whole.append(all, 0);
            assertThat(whole.root()).isEqualTo(tree.root());
            assertThat(whole.tokens()).isEqualTo(tree.tokens());
        }
    }

    /** The next seq from one on at which an event ends. */
    private static int boundary(EventGraph graph, int seq, int units) {
        int at = Math.min(seq, units);
        while (at < units
                && !graph.knows(dev.metalog.protocol.Version.of(new dev.metalog.protocol.EventId(WRITER, at - 1)))) {
            at++;
        }
        return at;
    }

    /** Whoever has a first part can check it, and prove any part of that again. */
    @Test
    void anyFirstPartIsProvedByTheNewestRoot() {
        for (int round = 0; round < 40; round++) {
            Random random = new Random(SEED + 1_000 + round);
            EventGraph graph = randomText(random, 20 + random.nextInt(400));
            int units = graph.nextSeq(WRITER);
            WriterTree whole = new WriterTree();
            whole.append(graph.unitsOf(WRITER, 0, units), 0);
            byte[] root = whole.root();
            Beyond nothing = new Beyond(whole.tokens(), new byte[0], new byte[0]);
            for (int i = 0; i < 20; i++) {
                String name = "round " + round + ", cut " + i + " of " + SEED;
                int first = boundary(graph, 1 + random.nextInt(units), units);
                Beyond beyond = whole.cut(first, nothing, (from, to) -> graph.unitsOf(WRITER, from, to));
                WriterTree part = new WriterTree();
                part.append(graph.unitsOf(WRITER, 0, first), 0);
                assertThat(part.root(beyond)).as(name).isEqualTo(root);

                int less = boundary(graph, 1 + random.nextInt(first), first);
                Beyond again = part.cut(less, beyond, (from, to) -> graph.unitsOf(WRITER, from, to));
                WriterTree lesser = new WriterTree();
                lesser.append(graph.unitsOf(WRITER, 0, less), 0);
                assertThat(lesser.root(again)).as(name + ", again").isEqualTo(root);
            }
        }
    }

    @Test
    void whatIsCutBackWasNeverThere() {
        Random random = new Random(SEED);
        EventGraph graph = randomText(random, 300);
        int units = graph.nextSeq(WRITER);
        WriterTree tree = new WriterTree();
        for (int from = 0; from < units; ) {
            int to = boundary(graph, from + 1 + random.nextInt(200), units);
            WriterTree.Mark mark = tree.mark();
            tree.append(graph.unitsOf(WRITER, from, units), 0);
            tree.cutBack(mark);
            tree.append(graph.unitsOf(WRITER, from, to), 0);
            from = to;
        }
        assertThat(tree.root()).isEqualTo(plainRoot(leaves(graph.unitsOf(WRITER, 0, units))));
    }

    @Test
    void aProofOfAnotherShapeGivesNoRoot() {
        EventGraph graph = randomText(new Random(SEED), 300);
        int units = graph.nextSeq(WRITER);
        WriterTree whole = new WriterTree();
        whole.append(graph.unitsOf(WRITER, 0, units), 0);
        int first = boundary(graph, units / 3, units);
        Beyond good = whole.cut(
                first, new Beyond(whole.tokens(), new byte[0], new byte[0]), (f, t) -> graph.unitsOf(WRITER, f, t));
        WriterTree part = new WriterTree();
        part.append(graph.unitsOf(WRITER, 0, first), 0);
        assertThat(part.root(new Beyond(part.tokens() - 1, good.bridge(), good.path())))
                .isNull();
        assertThat(part.root(new Beyond(part.tokens(), good.bridge(), good.path())))
                .isNull();
        assertThat(part.root(new Beyond(good.tokens(), new byte[0], good.path())))
                .isNull();
        assertThat(part.root(new Beyond(good.tokens(), good.bridge(), new byte[0])))
                .isNull();
        assertThat(part.root(new Beyond(Integer.MAX_VALUE, good.bridge(), good.path())))
                .isNull();
        assertThat(whole.root(new Beyond(whole.tokens(), new byte[] {1}, new byte[0])))
                .isNull();
        byte[] changed = good.path().clone();
        changed[0] ^= 1;
        assertThat(part.root(new Beyond(good.tokens(), good.bridge(), changed))).isNotEqualTo(whole.root());
    }

    /** Somebody may sign a leaf that cannot be. If it were taken in, nobody could prove a first part of it any more. */
    @Test
    void aLeafThatIsLongerThanALeafCanBeIsNone() {
        EventGraph graph = new EventGraph();
        graph.edit(WRITER, graph.tip(), List.of(new TextEdit(0, 0, "ab")));
        WriterTree tree = new WriterTree();
        tree.append(graph.unitsOf(WRITER, 0, 2), 0);
        int own = leaves(graph.unitsOf(WRITER, 0, 2)).get(0).length;
        int most = dev.metalog.protocol.Limits.PROOF_BRIDGE_BYTES - own;
        assertThat(tree.root(new Beyond(9, new byte[most], new byte[0]))).isNotNull();
        assertThat(tree.root(new Beyond(9, new byte[most + 1], new byte[0]))).isNull();
        byte[] rest = tree.cut(1, new Beyond(9, new byte[most], new byte[0]), (from, to) -> null)
                .bridge();
        assertThat(rest.length).isBetween(most + 1, dev.metalog.protocol.Limits.PROOF_BRIDGE_BYTES);
    }
}
