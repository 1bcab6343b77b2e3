package dev.metalog.server.trace;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.text.Text;
import java.util.List;

/**
 * Turns positions in code points into positions in UTF-16 units, along a trace. The two are the same while no text has
 * an astral character, and then it does nothing. Otherwise it keeps the text that the next patch is made against.
 */
final class TextTrail {
    private final boolean astral;
    private final EventGraph graph = new EventGraph();
    private Text text = Text.EMPTY;
    private Version at = Version.ROOT;

    TextTrail(boolean astral) {
        this.astral = astral;
    }

    /** The next patches are made against this version, all of whose events have been shown to {@link #record}. */
    void goTo(Version version) {
        if (astral && !version.equals(at)) {
            text = graph.snapshotAt(version);
            at = version;
        }
    }

    /** How many units the points take that start at the unit. */
    int unitsOf(int fromUnit, int points) throws BadTraceException {
        if (!astral) {
            return points;
        }
        long all = text.width(PositionEncoding.UTF_32);
        if (fromUnit <= text.length()) {
            long end = text.widthBefore(fromUnit, PositionEncoding.UTF_32) + points;
            if (end <= all) {
                return text.offsetOf(end, PositionEncoding.UTF_32) - fromUnit;
            }
        }
        throw new BadTraceException(
                "", "it reaches beyond the end of the text, which has " + all + " characters there.");
    }

    void replace(int position, int deleted, String inserted) {
        if (astral) {
            text = text.replace(position, position + deleted, inserted);
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
