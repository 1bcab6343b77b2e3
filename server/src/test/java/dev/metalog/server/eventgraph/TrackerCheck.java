package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/** That the tree and the index of a tracker say the same as its spans, one by one. */
final class TrackerCheck {
    private static final int LOOKS = 8;

    private final SpanTree tree;
    private final UnitIndex index;
    private int spans;
    private int prepared;
    private int effective;
    private int differing;

    private TrackerCheck(Tracker tracker) {
        tree = tracker.tree();
        index = tracker.index();
    }

    static void check(EventGraph graph, Random random) {
        if (graph.live() != null) {
            TrackerCheck check = new TrackerCheck(graph.live().tracker());
            check.sums();
            check.differences();
            for (int i = 0; i < LOOKS && check.prepared > 0; i++) {
                check.find(random.nextInt(Math.min(check.prepared, 1_000)));
            }
        }
    }

    private void sums() {
        for (int leaf = tree.firstLeaf(); leaf != SpanTree.NONE; leaf = tree.next(leaf)) {
            assertThat(tree.size(leaf)).isBetween(1, 32);
            if (tree.next(leaf) != SpanTree.NONE) {
                assertThat(tree.compareLeaves(leaf, tree.next(leaf))).isNegative();
            }
            for (int slot = 0; slot < tree.size(leaf); slot++) {
                int id = tree.id(leaf, slot);
                int length = tree.length(leaf, slot);
                int state = tree.state(leaf, slot);
                assertThat(index.leafOf(id)).isEqualTo(leaf);
                assertThat(index.leafOf(id + Math.max(0, length - 1))).isEqualTo(leaf);
                assertThat(tree.slotOf(leaf, id + Math.max(0, length - 1))).isEqualTo(slot);
                spans++;
                prepared += SpanState.prepared(state, length);
                effective += SpanState.effective(state, length);
                differing += SpanState.differing(state, length);
            }
        }
        assertThat(tree.spans()).isEqualTo(spans);
        assertThat(tree.preparedLength()).isEqualTo(prepared);
        assertThat(tree.effectiveLength()).isEqualTo(effective);
    }

    private void differences() {
        int[] told = new int[1];
        tree.differences((id, length, state, effect) -> told[0] += length);
        assertThat(told[0]).isEqualTo(differing);
    }

    private void find(int position) {
        int rest = position;
        int effect = 0;
        for (int leaf = tree.firstLeaf(); ; leaf = tree.next(leaf)) {
            for (int slot = 0; slot < tree.size(leaf); slot++) {
                int length = tree.length(leaf, slot);
                int state = tree.state(leaf, slot);
                if (rest < SpanState.prepared(state, length)) {
                    tree.find(position);
                    assertThat(tree.foundLeaf()).isEqualTo(leaf);
                    assertThat(tree.foundSlot()).isEqualTo(slot);
                    assertThat(tree.foundOffset()).isEqualTo(rest);
                    assertThat(tree.foundEffect()).isEqualTo(effect + SpanState.effective(state, rest));
                    return;
                }
                rest -= SpanState.prepared(state, length);
                effect += SpanState.effective(state, length);
            }
        }
    }
}
