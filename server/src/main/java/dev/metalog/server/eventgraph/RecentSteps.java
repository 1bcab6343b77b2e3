package dev.metalog.server.eventgraph;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;

/**
 * The last steps that the tip has made, each with the edits it took: a view that showed the tip a moment ago is brought
 * up to date by what is remembered, and nothing is computed again.
 *
 * <p>At most {@link #MAX_STEPS} steps and {@link #MAX_INTS} ints are kept; the oldest make room. A view that is older
 * than that is served by a walk.
 */
final class RecentSteps {
    private static final int MAX_STEPS = 64;
    private static final int MAX_INTS = 1 << 16;

    private static final class Step {
        final int[] from;
        final Journal edits;

        Step(int[] from, Journal edits) {
            this.from = from;
            this.edits = edits;
        }
    }

    private final ArrayDeque<Step> steps = new ArrayDeque<>();
    private int ints;

    /** The tip has left this version by these edits. */
    void add(int[] from, Journal edits) {
        steps.addLast(new Step(from, edits));
        ints += edits.size();
        while (steps.size() > MAX_STEPS || ints > MAX_INTS) {
            ints -= steps.removeFirst().edits.size();
        }
    }

    /** The tip has made a step that is not remembered. */
    void clear() {
        steps.clear();
        ints = 0;
    }

    /** Tells the edits from the version to the tip; false, and nothing told, if the version is not remembered. */
    boolean tellFrom(int[] version, EditSink sink) {
        int back = 0;
        for (Iterator<Step> latest = steps.descendingIterator(); latest.hasNext(); back++) {
            if (Arrays.equals(latest.next().from, version)) {
                steps.stream().skip(steps.size() - 1L - back).forEach(step -> step.edits.tell(sink));
                return true;
            }
        }
        return false;
    }
}
