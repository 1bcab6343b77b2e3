package dev.metalog.server.eventgraph;

import java.util.ArrayList;
import java.util.List;

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
 *   state   in the prepare version: -1 not inserted yet, 0 there, n &gt; 0 deleted by n events
 *   gone    deleted in the effect version (a deletion is never taken back there)
 *   left    the unit to the left when it was inserted (for the first unit; the others follow their predecessor)
 *   right   the unit to the right at that time, deleted ones included
 * </pre>
 *
 * <p>The base's text starts as one span longer than any document, so neither its text nor its length is needed.
 *
 * <p>Spans stand in blocks that know the sums of their visible lengths, so a position is found by skipping blocks; a
 * sorted index leads from any unit to its block. No span ever parts a surrogate pair.
 */
final class Tracker {
    static final int BASE_ID = -(1 << 30);
    private static final int BASE_LENGTH = (1 << 30) - 1;
    /** An empty span behind everything, so that every place has something to its right. */
    private static final int END_ID = BASE_ID + BASE_LENGTH;

    private static final int START = Integer.MIN_VALUE;
    private static final int NOT_YET = -1;
    private static final int BLOCK_SPANS = 64;

    /** A stretch of the span list. */
    private static final class Block {
        final int[] ids = new int[BLOCK_SPANS];
        final int[] lengths = new int[BLOCK_SPANS];
        final int[] lefts = new int[BLOCK_SPANS];
        final int[] rights = new int[BLOCK_SPANS];
        final int[] states = new int[BLOCK_SPANS];
        final boolean[] gone = new boolean[BLOCK_SPANS];
        int place;
        int spans;
        /** Visible units in the prepare and in the effect version. */
        int prepared;

        int effective;

        void copy(int from, Block to, int at, int count) {
            System.arraycopy(ids, from, to.ids, at, count);
            System.arraycopy(lengths, from, to.lengths, at, count);
            System.arraycopy(lefts, from, to.lefts, at, count);
            System.arraycopy(rights, from, to.rights, at, count);
            System.arraycopy(states, from, to.states, at, count);
            System.arraycopy(gone, from, to.gone, at, count);
        }

        void sum() {
            prepared = 0;
            effective = 0;
            for (int i = 0; i < spans; i++) {
                prepared += states[i] == 0 ? lengths[i] : 0;
                effective += gone[i] ? 0 : lengths[i];
            }
        }

        /** The span that has the unit. */
        int spanOf(int id) {
            int i = 0;
            while (ids[i] != id && (id < ids[i] || id - ids[i] >= lengths[i])) {
                i++;
            }
            return i;
        }
    }

    private final EventLog log;
    private final EdgeCheck check;
    private final List<Block> blocks = new ArrayList<>();
    private final SpanIndex index = new SpanIndex();

    /** Where the last search ended: before this span, at this offset in it, after so many effective units. */
    private Block block;

    private int span;
    private int offset;
    private int effect;

    /** Asked before a span of characters is cut, while events are being admitted. */
    interface EdgeCheck {
        /**
         * @param id the unit after the cut
         * @param effect the cut's place in the effect version, if the characters are there
         */
        void beforeCut(int id, boolean gone, int effect);
    }

    Tracker(EventLog log, EdgeCheck check) {
        this.log = log;
        this.check = check;
        Block first = new Block();
        first.ids[0] = BASE_ID;
        first.lengths[0] = BASE_LENGTH;
        first.lefts[0] = START;
        first.rights[0] = END_ID;
        first.ids[1] = END_ID;
        first.lefts[1] = END_ID - 1;
        first.rights[1] = END_ID;
        first.spans = 2;
        first.sum();
        blocks.add(first);
        index.add(BASE_ID, first);
        index.add(END_ID, first);
    }

    /** Cuts the base's endless tail, once the true length of the effect version's text is known. */
    void settle(int effectiveLength) {
        long endless = 0;
        for (Block each : blocks) {
            endless += each.effective;
        }
        Block last = index.blockOf(END_ID - 1);
        last.lengths[last.spanOf(END_ID - 1)] -= (int) (endless - effectiveLength);
        last.sum();
    }

    /** The length of the prepare version's text; meaningful once settled. */
    int preparedLength() {
        int length = 0;
        for (Block each : blocks) {
            length += each.prepared;
        }
        return length;
    }

    /** Puts an insertion in its place and returns its position in the effect version. */
    int insert(int position, int lv, int length) {
        int left = START;
        if (position == 0) {
            goTo(blocks.get(0), 0, 0, 0);
        } else {
            find(position - 1);
            left = block.ids[span] + offset;
            effect += block.gone[span] ? 0 : 1;
            offset++;
            cutHere();
        }
        int right = firstUnitThere();
        integrate(lv, left, right);
        addSpan(lv, length, left, right, 0, false);
        return effect;
    }

    /** How much of a deletion the last call of {@link #delete} has done, and from which unit on. */
    private int deletedLength;

    private int deletedId;
    private boolean deletedNow;

    /**
     * Deletes what stands at the position, up to {@code length} units but only as far as they are one span: to be called
     * until nothing is left. Afterwards {@link #deletedLength} and the others tell what was done.
     *
     * @return the position in the effect version
     */
    int delete(int position, int length) {
        find(position);
        if (offset > 0) {
            cutHere();
        }
        int there = effect;
        Block of = block;
        int at = span;
        if (of.lengths[at] > length) {
            offset = length;
            effect += of.gone[at] ? 0 : length;
            cutHere();
            // The cut may have split the block; what is to be deleted still stands right before it.
            of = block;
            at = span - 1;
        }
        deletedId = of.ids[at];
        deletedLength = of.lengths[at];
        deletedNow = !of.gone[at];
        of.states[at] = 1;
        of.prepared -= deletedLength;
        if (deletedNow) {
            of.gone[at] = true;
            of.effective -= deletedLength;
        }
        return there;
    }

    int deletedLength() {
        return deletedLength;
    }

    int deletedId() {
        return deletedId;
    }

    /** Whether the units were still there in the effect version. */
    boolean deletedNow() {
        return deletedNow;
    }

    /** Advances (+1) or retreats (-1) the units, all of which one insertion or one deletion has touched. */
    void changeState(int id, int length, int delta) {
        int end = id + length;
        for (int at = id; at < end; ) {
            Block of = index.blockOf(at);
            int i = of.spanOf(at);
            int units = of.lengths[i];
            int state = of.states[i];
            of.states[i] = state + delta;
            of.prepared += state == 0 ? -units : state + delta == 0 ? units : 0;
            at += units;
        }
    }

    private void goTo(Block newBlock, int newSpan, int newOffset, int newEffect) {
        block = newBlock;
        span = newSpan;
        offset = newOffset;
        effect = newEffect;
    }

    /** Finds the visible unit at the position of the prepare version. */
    private void find(int position) {
        int rest = position;
        int before = 0;
        int b = 0;
        while (rest >= blocks.get(b).prepared) {
            rest -= blocks.get(b).prepared;
            before += blocks.get(b).effective;
            b++;
        }
        Block in = blocks.get(b);
        int i = 0;
        while (true) {
            int visible = in.states[i] == 0 ? in.lengths[i] : 0;
            if (rest < visible) {
                break;
            }
            rest -= visible;
            before += in.gone[i] ? 0 : in.lengths[i];
            i++;
        }
        goTo(in, i, rest, in.gone[i] ? before : before + rest);
    }

    /** Makes the present place a boundary between spans. */
    private void cutHere() {
        int length = block.lengths[span];
        if (offset == length) {
            span++;
            offset = 0;
            return;
        }
        int id = block.ids[span];
        boolean gone = block.gone[span];
        int state = block.states[span];
        int right = block.rights[span];
        if (check != null) {
            check.beforeCut(id + offset, gone, effect);
        }
        int kept = offset;
        block.lengths[span] = kept;
        block.prepared -= state == 0 ? length - kept : 0;
        block.effective -= gone ? 0 : length - kept;
        span++;
        offset = 0;
        addSpan(id + kept, length - kept, id + kept - 1, right, state, gone);
    }

    /** Adds a span at the present place, which stays before it. */
    private void addSpan(int id, int length, int left, int right, int state, boolean gone) {
        if (block.spans == BLOCK_SPANS) {
            splitBlock();
        }
        Block to = block;
        to.copy(span, to, span + 1, to.spans - span);
        to.spans++;
        to.ids[span] = id;
        to.lengths[span] = length;
        to.lefts[span] = left;
        to.rights[span] = right;
        to.states[span] = state;
        to.gone[span] = gone;
        to.prepared += state == 0 ? length : 0;
        to.effective += gone ? 0 : length;
        index.add(id, to);
    }

    private void splitBlock() {
        int kept = BLOCK_SPANS / 2;
        Block next = new Block();
        block.copy(kept, next, 0, BLOCK_SPANS - kept);
        next.spans = BLOCK_SPANS - kept;
        block.spans = kept;
        block.sum();
        next.sum();
        blocks.add(block.place + 1, next);
        for (int i = block.place + 1; i < blocks.size(); i++) {
            blocks.get(i).place = i;
        }
        for (int i = 0; i < next.spans; i++) {
            index.move(next.ids[i], next);
        }
        if (span > kept) {
            span -= kept;
            block = next;
        }
    }

    /** The first unit from here on that was inserted in the prepare version, deleted or not. */
    private int firstUnitThere() {
        Block in = block;
        int i = span;
        while (true) {
            if (i == in.spans) {
                // The end was there from the start, so there is a next block.
                in = blocks.get(in.place + 1);
                i = 0;
            } else if (in.states[i] == NOT_YET) {
                i++;
            } else {
                return in.ids[i];
            }
        }
    }

    /**
     * Moves the present place over those spans that were inserted at the same place concurrently and belong before the
     * new one (the order of YjsMod, which is that of FugueMax, arXiv 2305.00583): by the place of the left neighbour,
     * then by that of the right one, then by author and seq.
     */
    private void integrate(int lv, int left, int right) {
        Block in = block;
        int i = span;
        int passed = effect;
        boolean undecided = false;
        while (true) {
            if (i == in.spans) {
                in = blocks.get(in.place + 1);
                i = 0;
                continue;
            }
            if (in.states[i] != NOT_YET) {
                return;
            }
            int otherLeft = in.lefts[i];
            if (otherLeft == left) {
                int otherRight = in.rights[i];
                if (otherRight != right) {
                    undecided = comparePlaces(otherRight, right) < 0;
                } else if (log.compareIds(lv, in.ids[i]) < 0) {
                    return;
                } else {
                    undecided = false;
                }
            } else if (comparePlaces(otherLeft, left) < 0) {
                return;
            }
            passed += in.gone[i] ? 0 : in.lengths[i];
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
        Block of = index.blockOf(id);
        Block otherOf = index.blockOf(otherId);
        if (of != otherOf) {
            return Integer.compare(of.place, otherOf.place);
        }
        int at = of.spanOf(id);
        int otherAt = of.spanOf(otherId);
        return at != otherAt ? Integer.compare(at, otherAt) : Integer.compare(id, otherId);
    }

    /** Leads from a unit to the block of its span. */
    private static final class SpanIndex {
        private final IntList firstIds = new IntList();
        private final List<Block> homes = new ArrayList<>();

        void add(int id, Block home) {
            int at = firstIds.indexOfFloor(id) + 1;
            firstIds.insert(at, id);
            homes.add(at, home);
        }

        void move(int id, Block home) {
            homes.set(firstIds.indexOfFloor(id), home);
        }

        Block blockOf(int id) {
            return homes.get(firstIds.indexOfFloor(id));
        }
    }
}
