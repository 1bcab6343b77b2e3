package dev.metalog.server.eventgraph;

import java.util.Arrays;

/**
 * The spans of a {@link Tracker} in document order: a B-tree that finds a place by its position in one version and tells
 * its position in another on the way down.
 *
 * <p>Everything lies in arrays of ints and is named by an index: span {@code slot} of leaf {@code n} is at
 * {@code n * LEAF_SPANS + slot}; entry {@code i} of inner node {@code n} starts at {@code n * NODE + i * ENTRY}. An entry
 * is a child and three sums over it: the units that are visible in the prepare version, those visible in the effect
 * version, and those visible in one of the two only. The last sum leads straight to everything that differs between the
 * two texts. Every leaf and node knows the entry that leads to it.
 *
 * <p>All leaves are equally deep, and no walk is deeper than the tree is high.
 */
final class SpanTree {
    static final int NONE = -1;

    private static final int LEAF_SPANS = 32;
    private static final int FAN_OUT = 16;

    /** What an entry is made of: the child is at 0. */
    private static final int PREPARED = 1;

    private static final int EFFECTIVE = 2;
    private static final int DIFFERING = 3;
    private static final int ENTRY = 4;
    private static final int NODE = FAN_OUT * ENTRY;

    /** Called for every span that has moved to another leaf. */
    interface Movements {
        void moved(int id, int length, int leaf);
    }

    private final Movements movements;

    private int[] ids = new int[LEAF_SPANS];
    private int[] lengths = new int[LEAF_SPANS];
    private int[] lefts = new int[LEAF_SPANS];
    private int[] rights = new int[LEAF_SPANS];
    private int[] states = new int[LEAF_SPANS];

    private int[] sizes = new int[1];
    private int[] nexts = new int[1];
    /** Where in {@link #entries} the entry for each leaf stands. */
    private int[] leafEntries = new int[1];

    private int leaves = 1;
    private int spans;

    private int[] entries = new int[NODE];
    private int[] fans = new int[1];
    /** Where in {@link #entries} the entry for each node stands; {@link #NONE} for the root. */
    private int[] nodeEntries = new int[1];

    private boolean[] overLeaves = new boolean[1];
    private int nodes = 1;
    private int root;

    /** What the sums over one leaf still lack: many changes in a row are in the same one. */
    private int owing;

    private int owedPrepared;
    private int owedEffective;
    private int owedDiffering;

    SpanTree(Movements movements) {
        this.movements = movements;
        nexts[0] = NONE;
        nodeEntries[0] = NONE;
        fans[0] = 1;
        overLeaves[0] = true;
    }

    // ---- Spans

    int firstLeaf() {
        return 0;
    }

    /** The leaf after this one in document order, or {@link #NONE}. */
    int next(int leaf) {
        return nexts[leaf];
    }

    int size(int leaf) {
        return sizes[leaf];
    }

    int spans() {
        return spans;
    }

    int id(int leaf, int slot) {
        return ids[leaf * LEAF_SPANS + slot];
    }

    int length(int leaf, int slot) {
        return lengths[leaf * LEAF_SPANS + slot];
    }

    int left(int leaf, int slot) {
        return lefts[leaf * LEAF_SPANS + slot];
    }

    int right(int leaf, int slot) {
        return rights[leaf * LEAF_SPANS + slot];
    }

    int state(int leaf, int slot) {
        return states[leaf * LEAF_SPANS + slot];
    }

    /** The slot of the span in this leaf that has the unit. */
    int slotOf(int leaf, int id) {
        int from = leaf * LEAF_SPANS;
        int at = from;
        // As an unsigned number, what stands before the span is far behind it: one comparison asks for both ends.
        while (Integer.compareUnsigned(id - ids[at], lengths[at]) >= 0 && id != ids[at]) {
            at++;
        }
        return at - from;
    }

    void setState(int leaf, int slot, int state) {
        int at = leaf * LEAF_SPANS + slot;
        int before = states[at];
        int length = lengths[at];
        states[at] = state;
        add(
                leaf,
                SpanState.prepared(state, length) - SpanState.prepared(before, length),
                SpanState.effective(state, length) - SpanState.effective(before, length),
                SpanState.differing(state, length) - SpanState.differing(before, length));
    }

    /** Makes the span longer or shorter at its end. */
    void setLength(int leaf, int slot, int length) {
        int at = leaf * LEAF_SPANS + slot;
        int more = length - lengths[at];
        int state = states[at];
        lengths[at] = length;
        add(leaf, SpanState.prepared(state, more), SpanState.effective(state, more), SpanState.differing(state, more));
    }

    /** The leaf and the slot that {@link #insert} has put its span into. */
    private int insertedLeaf;

    private int insertedSlot;

    int insertedLeaf() {
        return insertedLeaf;
    }

    int insertedSlot() {
        return insertedSlot;
    }

    /** Puts a span before the one at the place, which may be the end of a leaf. */
    void insert(int placeLeaf, int placeSlot, int id, int length, int left, int right, int state) {
        int leaf = placeLeaf;
        int slot = placeSlot;
        if (sizes[leaf] == LEAF_SPANS) {
            int second = splitLeaf(leaf);
            if (slot > sizes[leaf]) {
                slot -= sizes[leaf];
                leaf = second;
            }
        }
        int at = leaf * LEAF_SPANS + slot;
        copySpans(at, at + 1, sizes[leaf] - slot);
        ids[at] = id;
        lengths[at] = length;
        lefts[at] = left;
        rights[at] = right;
        states[at] = state;
        sizes[leaf]++;
        spans++;
        insertedLeaf = leaf;
        insertedSlot = slot;
        add(
                leaf,
                SpanState.prepared(state, length),
                SpanState.effective(state, length),
                SpanState.differing(state, length));
    }

    /**
     * Joins the span with the next one in the same leaf, if they follow one another as if they had been inserted and
     * changed together. Returns the id of the span that is no more, or {@link #NONE}.
     */
    int joinWithNext(int leaf, int slot) {
        int at = leaf * LEAF_SPANS + slot;
        int next = at + 1;
        if (slot < 0
                || slot + 1 >= sizes[leaf]
                || ids[at] + lengths[at] != ids[next]
                || lefts[next] != ids[next] - 1
                || rights[next] != rights[at]
                || states[next] != states[at]
                || lengths[next] == 0) {
            return NONE;
        }
        int joined = ids[next];
        lengths[at] += lengths[next];
        copySpans(next + 1, next, sizes[leaf] - slot - 2);
        sizes[leaf]--;
        spans--;
        return joined;
    }

    private void copySpans(int from, int to, int count) {
        System.arraycopy(ids, from, ids, to, count);
        System.arraycopy(lengths, from, lengths, to, count);
        System.arraycopy(lefts, from, lefts, to, count);
        System.arraycopy(rights, from, rights, to, count);
        System.arraycopy(states, from, states, to, count);
    }

    // ---- Places

    private int foundLeaf;
    private int foundSlot;
    private int foundOffset;
    private int foundEffect;

    /** Finds the visible unit at a position of the prepare version; the found… methods tell where it is. */
    void find(int position) {
        settle();
        int rest = position;
        int effect = 0;
        int node = root;
        while (true) {
            int at = node * NODE;
            int end = at + fans[node] * ENTRY;
            while (rest >= entries[at + PREPARED]) {
                rest -= entries[at + PREPARED];
                effect += entries[at + EFFECTIVE];
                at += ENTRY;
                if (at == end) {
                    throw new IllegalStateException("The position " + position + " lies outside of the text.");
                }
            }
            if (overLeaves[node]) {
                findInLeaf(entries[at], rest, effect);
                return;
            }
            node = entries[at];
        }
    }

    private void findInLeaf(int leaf, int position, int effectBefore) {
        int rest = position;
        int effect = effectBefore;
        int at = leaf * LEAF_SPANS;
        while (true) {
            int visible = SpanState.prepared(states[at], lengths[at]);
            if (rest < visible) {
                break;
            }
            rest -= visible;
            effect += SpanState.effective(states[at], lengths[at]);
            at++;
        }
        foundLeaf = leaf;
        foundSlot = at - leaf * LEAF_SPANS;
        foundOffset = rest;
        foundEffect = effect + SpanState.effective(states[at], rest);
    }

    int foundLeaf() {
        return foundLeaf;
    }

    int foundSlot() {
        return foundSlot;
    }

    /** How many units of its span stand before what was found. */
    int foundOffset() {
        return foundOffset;
    }

    /** How many units of the effect version stand before what was found. */
    int foundEffect() {
        return foundEffect;
    }

    /** Which of two different leaves stands before the other. */
    int compareLeaves(int leaf, int other) {
        int entry = leafEntries[leaf];
        int otherEntry = leafEntries[other];
        while (entry / NODE != otherEntry / NODE) {
            entry = nodeEntries[entry / NODE];
            otherEntry = nodeEntries[otherEntry / NODE];
        }
        return Integer.compare(entry, otherEntry);
    }

    int preparedLength() {
        return sum(root, PREPARED);
    }

    int effectiveLength() {
        return sum(root, EFFECTIVE);
    }

    private int sum(int node, int which) {
        settle();
        int sum = 0;
        for (int i = 0; i < fans[node]; i++) {
            sum += entries[node * NODE + i * ENTRY + which];
        }
        return sum;
    }

    // ---- Differences

    /** Told of each span that is visible in one of the two versions only. */
    interface DifferenceSink {
        /** @param effect how many units of the effect version stand before the span */
        void differs(int id, int length, int state, int effect);
    }

    /** Tells every difference between the two versions, in document order, and visits little else. */
    void differences(DifferenceSink sink) {
        settle();
        int effect = 0;
        int node = root;
        int at = root * NODE;
        while (true) {
            if (at == node * NODE + fans[node] * ENTRY) {
                if (node == root) {
                    return;
                }
                at = nodeEntries[node] + ENTRY;
                node = nodeEntries[node] / NODE;
            } else if (entries[at + DIFFERING] == 0) {
                effect += entries[at + EFFECTIVE];
                at += ENTRY;
            } else if (overLeaves[node]) {
                effect = differencesOfLeaf(entries[at], effect, sink);
                at += ENTRY;
            } else {
                node = entries[at];
                at = node * NODE;
            }
        }
    }

    private int differencesOfLeaf(int leaf, int effectBefore, DifferenceSink sink) {
        int effect = effectBefore;
        for (int at = leaf * LEAF_SPANS, end = at + sizes[leaf]; at < end; at++) {
            int state = states[at];
            int length = lengths[at];
            if (SpanState.differing(state, length) > 0) {
                sink.differs(ids[at], length, state, effect);
            }
            effect += SpanState.effective(state, length);
        }
        return effect;
    }

    // ---- Nodes

    private void add(int leaf, int morePrepared, int moreEffective, int moreDiffering) {
        if (leaf != owing) {
            settle();
            owing = leaf;
        }
        owedPrepared += morePrepared;
        owedEffective += moreEffective;
        owedDiffering += moreDiffering;
    }

    /** Adds what is owed to all sums over the leaf; before any of them is looked at. */
    private void settle() {
        if ((owedPrepared | owedEffective | owedDiffering) == 0) {
            return;
        }
        int entry = leafEntries[owing];
        while (entry != NONE) {
            entries[entry + PREPARED] += owedPrepared;
            entries[entry + EFFECTIVE] += owedEffective;
            entries[entry + DIFFERING] += owedDiffering;
            entry = nodeEntries[entry / NODE];
        }
        owedPrepared = 0;
        owedEffective = 0;
        owedDiffering = 0;
    }

    /** Moves the second half of a full leaf to a new one, and returns that. */
    private int splitLeaf(int leaf) {
        settle();
        int second = leaves++;
        if (second == sizes.length) {
            growLeaves();
        }
        int kept = LEAF_SPANS / 2;
        // Who only ever appends fills its leaves.
        if (nexts[leaf] == NONE) {
            kept = LEAF_SPANS - 4;
        }
        int from = leaf * LEAF_SPANS + kept;
        int to = second * LEAF_SPANS;
        copySpans(from, to, LEAF_SPANS - kept);
        sizes[second] = LEAF_SPANS - kept;
        sizes[leaf] = kept;
        nexts[second] = nexts[leaf];
        nexts[leaf] = second;
        int movedPrepared = 0;
        int movedEffective = 0;
        int movedDiffering = 0;
        for (int at = to; at < to + sizes[second]; at++) {
            movedPrepared += SpanState.prepared(states[at], lengths[at]);
            movedEffective += SpanState.effective(states[at], lengths[at]);
            movedDiffering += SpanState.differing(states[at], lengths[at]);
            movements.moved(ids[at], lengths[at], second);
        }
        insertEntry(leafEntries[leaf] / NODE, leaf, second, movedPrepared, movedEffective, movedDiffering);
        return second;
    }

    /** Puts an entry for a new child behind that of the child that has given it these sums. */
    private void insertEntry(
            int full, int after, int child, int movedPrepared, int movedEffective, int movedDiffering) {
        int node = full;
        if (fans[node] == FAN_OUT) {
            boolean leaf = overLeaves[node];
            splitNode(node);
            node = (leaf ? leafEntries[after] : nodeEntries[after]) / NODE;
        }
        int at = overLeaves[node] ? leafEntries[after] : nodeEntries[after];
        int end = node * NODE + fans[node] * ENTRY;
        System.arraycopy(entries, at + ENTRY, entries, at + 2 * ENTRY, end - at - ENTRY);
        fans[node]++;
        entries[at + PREPARED] -= movedPrepared;
        entries[at + EFFECTIVE] -= movedEffective;
        entries[at + DIFFERING] -= movedDiffering;
        entries[at + ENTRY] = child;
        entries[at + ENTRY + PREPARED] = movedPrepared;
        entries[at + ENTRY + EFFECTIVE] = movedEffective;
        entries[at + ENTRY + DIFFERING] = movedDiffering;
        tellChildren(node, at + ENTRY);
    }

    /** Tells the children from this entry of the node on where their entries are. */
    private void tellChildren(int node, int from) {
        int[] places = overLeaves[node] ? leafEntries : nodeEntries;
        for (int at = from; at < node * NODE + fans[node] * ENTRY; at += ENTRY) {
            places[entries[at]] = at;
        }
    }

    private void splitNode(int node) {
        if (node == root) {
            growRoot();
        }
        int second = newNode(overLeaves[node]);
        int kept = FAN_OUT / 2;
        System.arraycopy(entries, node * NODE + kept * ENTRY, entries, second * NODE, (FAN_OUT - kept) * ENTRY);
        fans[second] = FAN_OUT - kept;
        fans[node] = kept;
        tellChildren(second, second * NODE);
        insertEntry(
                nodeEntries[node] / NODE,
                node,
                second,
                sum(second, PREPARED),
                sum(second, EFFECTIVE),
                sum(second, DIFFERING));
    }

    private void growRoot() {
        int old = root;
        root = newNode(false);
        fans[root] = 1;
        nodeEntries[root] = NONE;
        nodeEntries[old] = root * NODE;
        entries[root * NODE] = old;
        for (int which : new int[] {PREPARED, EFFECTIVE, DIFFERING}) {
            entries[root * NODE + which] = sum(old, which);
        }
    }

    private int newNode(boolean aboveLeaves) {
        int node = nodes++;
        if (node == fans.length) {
            int room = 2 * nodes;
            entries = Arrays.copyOf(entries, room * NODE);
            fans = Arrays.copyOf(fans, room);
            nodeEntries = Arrays.copyOf(nodeEntries, room);
            overLeaves = Arrays.copyOf(overLeaves, room);
        }
        overLeaves[node] = aboveLeaves;
        return node;
    }

    private void growLeaves() {
        int room = 2 * leaves;
        ids = Arrays.copyOf(ids, room * LEAF_SPANS);
        lengths = Arrays.copyOf(lengths, room * LEAF_SPANS);
        lefts = Arrays.copyOf(lefts, room * LEAF_SPANS);
        rights = Arrays.copyOf(rights, room * LEAF_SPANS);
        states = Arrays.copyOf(states, room * LEAF_SPANS);
        sizes = Arrays.copyOf(sizes, room);
        nexts = Arrays.copyOf(nexts, room);
        leafEntries = Arrays.copyOf(leafEntries, room);
    }
}
