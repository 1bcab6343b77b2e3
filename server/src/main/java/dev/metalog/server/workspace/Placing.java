package dev.metalog.server.workspace;

import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.text.Text;
import dev.metalog.server.workspace.ShownVersions.Standing;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Finds out of which of some versions a text grew.
 *
 * <p>The smallest difference is the likeliest story, but a difference says of everything that the text lacks that somebody
 * deleted it. So a version of which the text shows nothing but what an earlier one has too gives way to that one; and beside
 * one that is neither earlier nor later, to that one or to what both have. A key too many is better than one lost.
 */
final class Placing {
    private final Text text;
    private final EventGraph graph;
    private final List<Standing> candidates = new ArrayList<>();

    Placing(Text text, EventGraph graph) {
        this.text = text;
        this.graph = graph;
    }

    /** @param version may be {@code null}, or unknown here; then it is none that can be found */
    void consider(int screen, Version version) {
        if (version != null
                && graph.knows(version)
                && candidates.stream().noneMatch(known -> known.version().equals(version))) {
            candidates.add(at(screen, version));
        }
    }

    boolean isEmpty() {
        return candidates.isEmpty();
    }

    private Standing at(int screen, Version version) {
        return new Standing(screen, version, MinimalDiff.between(graph.snapshotAt(version), text));
    }

    /** Returns {@code null} when there is nothing to choose from. */
    Standing likeliest() {
        Standing best = null;
        for (Standing candidate : candidates) {
            best = best == null ? candidate : nearer(best, candidate);
        }
        for (Standing candidate : candidates) {
            best = without(best, candidate);
        }
        return best;
    }

    private static Standing nearer(Standing one, Standing other) {
        return MinimalDiff.cost(other.edits()) < MinimalDiff.cost(one.edits()) ? other : one;
    }

    /** What the best one gives way to beside another one. */
    private Standing without(Standing best, Standing other) {
        if (best.edits().isEmpty() || graph.includes(other.version(), best.version()) || shows(best, other.version())) {
            return best;
        }
        return nearer(at(best.screen(), graph.common(best.version(), other.version())), other);
    }

    /**
     * Whether something that the standing's version has, and the other one lacks, stands in the text, or there is no such
     * thing. A line end that stands in both is no sign: taken for one, all the rest would be deleted for everybody.
     */
    private boolean shows(Standing standing, Version other) {
        BitSet brought = new BitSet();
        // Edits of a difference go from left to right, so what one inserts stays where it was put.
        for (TextEdit edit : MinimalDiff.between(graph.snapshotAt(other), graph.snapshotAt(standing.version()))) {
            for (int i = 0; i < edit.inserted().length(); i++) {
                brought.set(
                        edit.position() + i,
                        !Character.isWhitespace(edit.inserted().charAt(i)));
            }
        }
        if (brought.isEmpty()) {
            return true;
        }
        int longer = 0;
        for (TextEdit edit : standing.edits()) {
            int place = edit.position() - longer;
            brought.clear(place, place + edit.deleted());
            longer += edit.inserted().length() - edit.deleted();
        }
        return !brought.isEmpty();
    }
}
