package dev.metalog.server.eventgraph;

import java.util.Arrays;

/**
 * Leads from a unit to what a {@link Tracker} has to know of it: from an inserted one to the leaf of its span, from a
 * deleting one to the unit that it has deleted.
 *
 * <p>Units of the log are numbered without gaps, so an int for each is all it takes. The text of the base may be far
 * longer, but is seldom cut; the spans it is cut into stand in a sorted list.
 */
final class UnitIndex {
    private final int firstLv;
    private int[] ofUnit = new int[16];

    private final IntList baseIds = new IntList();
    private final IntList baseLeaves = new IntList();

    /** @param firstLv no unit of the log before this one will be asked for */
    UnitIndex(int firstLv) {
        this.firstLv = firstLv;
    }

    /** The leaf of the span that has the unit. */
    int leafOf(int id) {
        return id >= 0 ? ofUnit[id - firstLv] : baseLeaves.get(baseIds.indexOfFloor(id));
    }

    int targetOf(int lv) {
        return ofUnit[lv - firstLv];
    }

    /** A span of the base begins here, behind all others. */
    void addBase(int id, int leaf) {
        int at = baseIds.indexOfFloor(id) + 1;
        baseIds.insert(at, id);
        baseLeaves.insert(at, leaf);
    }

    /** There is a new span: of new units, or cut off another one. */
    void addSpan(int id, int length, int leaf) {
        if (id < 0) {
            addBase(id, leaf);
            return;
        }
        makeRoom(id - firstLv + length);
        // What was cut off mostly stays in the same leaf, and a long span may be cut very often.
        if (ofUnit[id - firstLv] != leaf) {
            setLeaf(id, length, leaf);
        }
    }

    /** A span has come to another leaf. */
    void setLeaf(int id, int length, int leaf) {
        if (id < 0) {
            baseLeaves.set(baseIds.indexOfFloor(id), leaf);
            return;
        }
        int from = id - firstLv;
        makeRoom(from + length);
        Arrays.fill(ofUnit, from, from + length, leaf);
    }

    /** Units delete others, each the one after (step 1) or before (step -1) that of its predecessor. */
    void setTargets(int lv, int length, int firstTarget, int step) {
        int from = lv - firstLv;
        makeRoom(from + length);
        for (int i = 0; i < length; i++) {
            ofUnit[from + i] = firstTarget + i * step;
        }
    }

    /** A span that began here is part of the one before it now. */
    void forgetBase(int id) {
        if (id < 0 && id != SpanTree.NONE) {
            int at = baseIds.indexOfFloor(id);
            baseIds.remove(at);
            baseLeaves.remove(at);
        }
    }

    private void makeRoom(int units) {
        if (units > ofUnit.length) {
            ofUnit = Arrays.copyOf(ofUnit, Math.max(units, 2 * ofUnit.length));
        }
    }
}
