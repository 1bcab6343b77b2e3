package dev.metalog.server.eventgraph;

/**
 * The temporary state of a walk: every character that matters, in document order, each with its state in two versions.
 *
 * <p>The <em>prepare version</em> is the one whose text the next event was written against; the walk moves it by
 * retreating and advancing. The <em>effect version</em> is everything applied so far; it only grows. An event's
 * position is looked up in the prepare version, and the place found is read off in the effect version.
 *
 * <p>Characters are kept as <em>spans</em> of units that follow one another and share their state:
 *
 * <pre>
 *   id      first unit: the lv of an inserted one, or a negative number for the text of the base
 *   state   whether it is there in either version, see {@link SpanState}
 *   left    the unit to the left when it was inserted (for the first unit; the others follow their predecessor)
 *   right   the unit to the right at that time, deleted ones included
 * </pre>
 *
 * <p>The base's text starts as one span longer than any document, so neither its text nor its length is needed.
 *
 * <p>The spans stand in a {@link SpanTree}. A {@link UnitIndex} leads from units to spans, so that nothing has to be
 * searched when an event is taken back or done again: from an inserted unit to the leaf of its span, and from a deleting
 * unit to the unit that it has deleted. Spans that have become alike are joined again, and a run that goes on where it ended
 * only makes its span longer: typing at one place costs one span, however long it lasts.
 */
final class Tracker {
    static final int BASE_ID = -(1 << 30);
    private static final int BASE_LENGTH = (1 << 30) - 1;
    /** An empty span behind everything, so that every place has something to its right. */
    private static final int END_ID = BASE_ID + BASE_LENGTH;

    private static final int START = Integer.MIN_VALUE;

    /** Asked before a span of characters is cut, while events are being admitted. */
    interface EdgeCheck {
        /**
         * @param id the unit after the cut
         * @param effect the cut's place in the effect version, if the characters are there
         */
        void beforeCut(int id, boolean gone, int effect);
    }

    private final EventLog log;
    private final UnitIndex index;
    private final SpanTree tree;

    /** A place between units: before this span, or inside of it; and the effective units before it. */
    private int leaf;

    private int slot;
    private int offset;
    private int effect;

    /** @param firstLv all units to come are this one or later */
    Tracker(EventLog log, int firstLv) {
        this.log = log;
        this.index = new UnitIndex(firstLv);
        this.tree = new SpanTree(index::setLeaf);
        index.addBase(BASE_ID, tree.firstLeaf());
        index.addBase(END_ID, tree.firstLeaf());
        tree.insert(tree.firstLeaf(), 0, BASE_ID, BASE_LENGTH, START, END_ID, SpanState.THERE);
        tree.insert(tree.firstLeaf(), 1, END_ID, 0, END_ID - 1, END_ID, SpanState.THERE);
    }

    int spans() {
        return tree.spans();
    }

    /** For structure checks. */
    SpanTree tree() {
        return tree;
    }

    /** For structure checks. */
    UnitIndex index() {
        return index;
    }

    /** Cuts the base's endless tail, once the true length of the effect version's text is known. */
    void settle(int effectiveLength) {
        int endless = tree.effectiveLength() - effectiveLength;
        int last = index.leafOf(END_ID - 1);
        int at = tree.slotOf(last, END_ID - 1);
        tree.setLength(last, at, tree.length(last, at) - endless);
    }

    /** The length of the prepare version's text; meaningful once settled. */
    int preparedLength() {
        return tree.preparedLength();
    }

    /** The length of the effect version's text; meaningful once settled. */
    int effectiveLength() {
        return tree.effectiveLength();
    }

    /** Puts an insertion in its place and returns its position in the effect version. */
    int insert(int position, int lv, int length, EdgeCheck check) {
        int left = START;
        if (position == 0) {
            goTo(tree.firstLeaf(), 0, 0, 0);
        } else {
            find(position - 1);
            left = tree.id(leaf, slot) + offset;
            effect += SpanState.isGone(tree.state(leaf, slot)) ? 0 : 1;
            offset++;
            if (left == lv - 1 && continuesSpan()) {
                tree.setLength(leaf, slot, offset + length);
                index.setLeaf(lv, length, leaf);
                return effect;
            }
            cutHere(check);
        }
        int right = firstUnitThere();
        integrate(lv, left, right);
        addSpan(lv, length, left, right, SpanState.THERE);
        return effect;
    }

    /** Whether the present place is the end of a span and what comes now would join it. */
    private boolean continuesSpan() {
        if (offset < tree.length(leaf, slot) || tree.state(leaf, slot) != SpanState.THERE) {
            return false;
        }
        boolean last = slot + 1 == tree.size(leaf);
        int in = last ? tree.next(leaf) : leaf;
        int i = last ? 0 : slot + 1;
        return !SpanState.isNotYet(tree.state(in, i)) && tree.id(in, i) == tree.right(leaf, slot);
    }

    /** How much of a deletion the last call of {@link #delete} has done, and from which unit on. */
    private int deletedLength;

    private boolean deletedNow;

    /**
     * Deletes what stands at the position, up to {@code length} units but only as far as they are one span: to be called
     * until nothing is left. Afterwards {@link #deletedLength} and {@link #deletedNow} tell what was done.
     *
     * @param lv the first of the deleting units
     * @return the position in the effect version
     */
    int delete(int position, int lv, int length, EdgeCheck check) {
        find(position);
        if (offset > 0) {
            cutHere(check);
        }
        if (tree.length(leaf, slot) > length) {
            cutBehind(length, check);
        }
        int there = effect;
        index.setTargets(lv, tree.length(leaf, slot), tree.id(leaf, slot), 1);
        deleteSpanHere();
        return there;
    }

    /** The same for units each of which deletes the one before what its predecessor deleted, the first at the position. */
    int deleteBackwards(int position, int lv, int length, EdgeCheck check) {
        find(position);
        if (offset + 1 < tree.length(leaf, slot)) {
            int before = offset;
            int effectBefore = effect - (SpanState.isGone(tree.state(leaf, slot)) ? 0 : offset);
            goTo(leaf, slot, 0, effectBefore);
            cutBehind(before + 1, check);
        } else {
            goTo(leaf, slot, 0, effect - (SpanState.isGone(tree.state(leaf, slot)) ? 0 : offset));
        }
        int units = tree.length(leaf, slot);
        if (units > length) {
            boolean gone = SpanState.isGone(tree.state(leaf, slot));
            goTo(leaf, slot, units - length, effect + (gone ? 0 : units - length));
            cutHere(check);
        }
        int there = effect;
        int deleted = tree.length(leaf, slot);
        index.setTargets(lv, deleted, tree.id(leaf, slot) + deleted - 1, -1);
        deleteSpanHere();
        return there;
    }

    private void deleteSpanHere() {
        int state = tree.state(leaf, slot);
        deletedLength = tree.length(leaf, slot);
        deletedNow = !SpanState.isGone(state);
        tree.setState(leaf, slot, SpanState.deleted(state));
        joinAround(leaf, slot);
    }

    private void joinAround(int ofLeaf, int at) {
        index.forgetBase(tree.joinWithNext(ofLeaf, at));
        index.forgetBase(tree.joinWithNext(ofLeaf, at - 1));
    }

    int deletedLength() {
        return deletedLength;
    }

    /** Whether the units were still there in the effect version. */
    boolean deletedNow() {
        return deletedNow;
    }

    /**
     * Does events again (+1) or takes them back (-1) in the prepare version.
     *
     * @param firstRun the run of the first of them
     */
    void move(int firstRun, int firstLv, int endLv, int delta) {
        int run = firstRun;
        for (int lv = firstLv; lv < endLv; run++) {
            int end = Math.min(endLv, log.end(run));
            if (log.isInsertion(run)) {
                moveUnits(lv, end - lv, delta);
            } else {
                moveDeletions(lv, end, delta);
            }
            lv = end;
        }
    }

    private void moveDeletions(int fromLv, int endLv, int delta) {
        for (int lv = fromLv; lv < endLv; ) {
            int target = index.targetOf(lv);
            int units = 1;
            int step = lv + 1 < endLv && index.targetOf(lv + 1) == target - 1 ? -1 : 1;
            while (lv + units < endLv && index.targetOf(lv + units) == target + step * units) {
                units++;
            }
            moveUnits(step > 0 ? target : target - units + 1, units, delta);
            lv += units;
        }
    }

    private void moveUnits(int firstId, int length, int delta) {
        int end = firstId + length;
        for (int id = firstId; id < end; ) {
            isolate(id, end);
            id += tree.length(leaf, slot);
            tree.setState(leaf, slot, SpanState.moved(tree.state(leaf, slot), delta));
            index.forgetBase(tree.joinWithNext(leaf, slot));
            int joined = tree.joinWithNext(leaf, slot - 1);
            if (joined != SpanTree.NONE) {
                index.forgetBase(joined);
                slot--;
            }
        }
    }

    /** Goes to the span that begins with the unit and does not reach beyond the end, cutting it out if need be. */
    private void isolate(int id, int end) {
        if (slot + 1 < tree.size(leaf) && tree.id(leaf, slot + 1) == id) {
            // What was inserted in one go mostly still stands together.
            slot++;
        } else {
            leaf = index.leafOf(id);
            slot = tree.slotOf(leaf, id);
        }
        int skipped = id - tree.id(leaf, slot);
        if (skipped > 0) {
            offset = skipped;
            effect = 0;
            cutHere(null);
        }
        if (tree.length(leaf, slot) > end - id) {
            cutBehind(end - id, null);
        }
    }

    /** Tells the sequential edits that lead the prepare version's text to that of the effect version. */
    void tellDifferences(EditSink sink) {
        tree.differences((id, length, state, at) -> {
            if (SpanState.isGone(state)) {
                sink.delete(at, length);
            } else {
                int run = log.runOf(id);
                sink.insert(at, log.content(), log.contentIndex(run, id), length);
            }
        });
    }

    /** Tells the spans that the effect version shows, in order. */
    void tellOrigins(OriginSink sink) {
        for (int in = tree.firstLeaf(); in != SpanTree.NONE; in = tree.next(in)) {
            for (int i = 0; i < tree.size(in); i++) {
                if (!SpanState.isGone(tree.state(in, i)) && tree.length(in, i) > 0) {
                    sink.span(tree.id(in, i), tree.length(in, i));
                }
            }
        }
    }

    /** Told of what an undo has to change. */
    interface UndoSink {
        void delete(int position, int length);

        /** @param id the first of the units that come back; less than zero in the text of the base */
        void bringBack(int position, int id, int length);
    }

    /**
     * Tells the sequential edits that lead the text to what it would be if some events had never been: what they have
     * inserted goes, and what nobody else has deleted comes back. The prepare version has to be the effect version.
     *
     * @param lvs the first unit and the one after the last of each stretch of events, one after the other
     */
    void tellWithout(IntList lvs, UndoSink sink) {
        // The prepare version serves as that text for a moment. It is none that anybody ever saw: an insertion may be
        // missing whose characters others have deleted, so such characters are hidden whatever their state is.
        IntList hidden = new IntList();
        forEachRun(lvs, (lv, end, insertion) -> {
            if (!insertion) {
                moveDeletions(lv, end, -1);
            }
        });
        forEachRun(lvs, (lv, end, insertion) -> {
            if (insertion) {
                hide(lv, end, hidden);
            }
        });
        int[] longer = new int[1];
        tree.differences((id, length, state, effect) -> {
            if (SpanState.isGone(state)) {
                sink.bringBack(effect + longer[0], id, length);
                longer[0] += length;
            } else {
                sink.delete(effect + longer[0], length);
                longer[0] -= length;
            }
        });
        for (int i = hidden.size() - 2; i >= 0; i -= 2) {
            int in = index.leafOf(hidden.get(i));
            tree.setState(in, tree.slotOf(in, hidden.get(i)), hidden.get(i + 1));
        }
        forEachRun(lvs, (lv, end, insertion) -> {
            if (!insertion) {
                moveDeletions(lv, end, 1);
            }
        });
    }

    private interface RunSink {
        void run(int lv, int end, boolean insertion);
    }

    private void forEachRun(IntList lvs, RunSink sink) {
        for (int i = 0; i < lvs.size(); i += 2) {
            for (int lv = lvs.get(i); lv < lvs.get(i + 1); ) {
                int run = log.runOf(lv);
                int end = Math.min(lvs.get(i + 1), log.end(run));
                sink.run(lv, end, log.isInsertion(run));
                lv = end;
            }
        }
    }

    /** Makes units look as if they were not inserted yet; adds their ids and their true states to the list. */
    private void hide(int firstLv, int endLv, IntList hidden) {
        for (int id = firstLv; id < endLv; ) {
            isolate(id, endLv);
            int state = tree.state(leaf, slot);
            hidden.add(id);
            hidden.add(state);
            id += tree.length(leaf, slot);
            tree.setState(leaf, slot, SpanState.hidden(state));
        }
    }

    private void goTo(int newLeaf, int newSlot, int newOffset, int newEffect) {
        leaf = newLeaf;
        slot = newSlot;
        offset = newOffset;
        effect = newEffect;
    }

    /** Finds the visible unit at the position of the prepare version. */
    private void find(int position) {
        tree.find(position);
        goTo(tree.foundLeaf(), tree.foundSlot(), tree.foundOffset(), tree.foundEffect());
    }

    /** Makes the span end after so many units; the present place stays before it. */
    private void cutBehind(int length, EdgeCheck check) {
        int there = effect;
        boolean gone = SpanState.isGone(tree.state(leaf, slot));
        int id = tree.id(leaf, slot);
        goTo(leaf, slot, length, effect + (gone ? 0 : length));
        cutHere(check);
        // The cut may have split the leaf.
        if (slot == 0) {
            leaf = index.leafOf(id);
            slot = tree.size(leaf);
        }
        goTo(leaf, slot - 1, 0, there);
    }

    /** Makes the present place a boundary between spans. */
    private void cutHere(EdgeCheck check) {
        int length = tree.length(leaf, slot);
        if (offset == length) {
            slot++;
            offset = 0;
            return;
        }
        int id = tree.id(leaf, slot);
        int state = tree.state(leaf, slot);
        int right = tree.right(leaf, slot);
        if (check != null) {
            check.beforeCut(id + offset, SpanState.isGone(state), effect);
        }
        int kept = offset;
        tree.setLength(leaf, slot, kept);
        goTo(leaf, slot + 1, 0, effect);
        addSpan(id + kept, length - kept, id + kept - 1, right, state);
    }

    /** Adds a span at the present place, which stays before it. */
    private void addSpan(int id, int length, int left, int right, int state) {
        tree.insert(leaf, slot, id, length, left, right, state);
        leaf = tree.insertedLeaf();
        slot = tree.insertedSlot();
        index.addSpan(id, length, leaf);
    }

    /** The first unit from here on that was inserted in the prepare version, deleted or not. */
    private int firstUnitThere() {
        int in = leaf;
        int i = slot;
        while (true) {
            if (i == tree.size(in)) {
                // The end was there from the start, so there is a next leaf.
                in = tree.next(in);
                i = 0;
            } else if (SpanState.isNotYet(tree.state(in, i))) {
                i++;
            } else {
                return tree.id(in, i);
            }
        }
    }

    /**
     * Moves the present place over those spans that were inserted at the same place concurrently and belong before the
     * new one (the order of YjsMod, which is that of FugueMax, arXiv 2305.00583): by the place of the left neighbour,
     * then by that of the right one, then by author and seq.
     */
    private void integrate(int lv, int left, int right) {
        int in = leaf;
        int i = slot;
        int passed = effect;
        boolean undecided = false;
        int run = log.runOf(lv);
        int rightLeaf = index.leafOf(right);
        // Those who typed at one place mostly saw the same to their right, so the last comparison is the next one, too.
        int compared = right;
        boolean before = false;
        while (true) {
            if (i == tree.size(in)) {
                in = tree.next(in);
                i = 0;
                continue;
            }
            int state = tree.state(in, i);
            if (!SpanState.isNotYet(state)) {
                return;
            }
            int otherLeft = tree.left(in, i);
            if (otherLeft == left) {
                int otherRight = tree.right(in, i);
                if (otherRight != right) {
                    // What is passed here stands before the right neighbour, and mostly the other's own stands close
                    // by.
                    boolean near = in != rightLeaf && index.leafOf(otherRight) == in;
                    if (!near && otherRight != compared) {
                        before = comparePlaces(otherRight, right) < 0;
                        compared = otherRight;
                    }
                    undecided = near || before;
                } else if (log.compareIds(run, lv, tree.id(in, i)) < 0) {
                    return;
                } else {
                    undecided = false;
                }
            } else if (comparePlaces(otherLeft, left) < 0) {
                return;
            }
            passed += SpanState.effective(state, tree.length(in, i));
            i++;
            if (!undecided) {
                goTo(in, i, 0, passed);
            }
        }
    }

    private int comparePlaces(int id, int otherId) {
        if (id == START || otherId == START) {
            return Integer.compare(id, otherId);
        }
        int of = index.leafOf(id);
        int otherOf = index.leafOf(otherId);
        if (of != otherOf) {
            return tree.compareLeaves(of, otherOf);
        }
        int at = tree.slotOf(of, id);
        int otherAt = tree.slotOf(otherOf, otherId);
        return at != otherAt ? Integer.compare(at, otherAt) : Integer.compare(id, otherId);
    }
}
