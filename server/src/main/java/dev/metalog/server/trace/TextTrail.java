package dev.metalog.server.trace;

import dev.metalog.protocol.BundleCodec;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.Version;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.List;

/**
 * Turns positions in code points into positions in UTF-16 units, along a trace. The two are the same while no text has
 * an astral character, and then it does nothing. Otherwise it keeps the text that the next patch is made against, and
 * each patch costs a walk through that text; the traces that there are have few such characters, or are short.
 */
final class TextTrail {
    private final boolean astral;
    private final EventGraph graph = new EventGraph();
    private StringBuilder text = new StringBuilder();
    private Version at = Version.ROOT;

    TextTrail(boolean astral) {
        this.astral = astral;
    }

    /** The next patches are made against this version, all of whose events have been shown to {@link #record}. */
    void goTo(Version version) {
        if (astral && !version.equals(at)) {
            text = new StringBuilder(graph.textAt(version));
            at = version;
        }
    }

    /** How many units the points take that start at the unit. */
    int unitsOf(int fromUnit, int points) throws BadTraceException {
        if (!astral) {
            return points;
        }
        if (fromUnit <= text.length() && points <= text.codePointCount(fromUnit, text.length())) {
            return text.offsetByCodePoints(fromUnit, points) - fromUnit;
        }
        throw new BadTraceException(
                "",
                "it reaches beyond the end of the text, which has " + text.codePointCount(0, text.length())
                        + " characters there.");
    }

    void replace(int position, int deleted, String inserted) {
        if (astral) {
            text.replace(position, position + deleted, inserted);
        }
    }

    /** The transaction's events, and the version after it. */
    void record(List<Event> events, Version after) throws BadTraceException {
        if (!astral) {
            return;
        }
        for (var bundle : BundleCodec.pack(events)) {
            Admission admission = graph.admit(bundle);
            if (admission instanceof Admission.Refused refused) {
                throw new BadTraceException("", refused.explanation());
            }
        }
        at = after;
    }
}
