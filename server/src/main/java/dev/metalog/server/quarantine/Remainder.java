package dev.metalog.server.quarantine;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayList;
import java.util.List;

/**
 * What is left of a document's history when what is out is taken away. No event of it follows on one that is gone, so it is a
 * version of the whole, and all of it means what it meant.
 */
public final class Remainder {
    private Remainder() {}

    /**
     * Makes the graph of what is left, and adds to the quarantine whose events went with what they follow on. Costs about as
     * much as playing the whole history twice.
     *
     * @return the same graph if all of it is left
     */
    public static EventGraph of(EventGraph whole, Quarantine quarantine) {
        if (quarantine.isEmpty() || whole.eventCount() == 0) {
            return whole;
        }
        List<Event> left = new ArrayList<>();
        boolean all = true;
        for (Bundle bundle : whole.since(VersionVector.EMPTY)) {
            for (Event event : bundle.events()) {
                if (quarantine.takes(event)) {
                    all = false;
                } else {
                    left.add(event);
                }
            }
        }
        if (all) {
            return whole;
        }
        EventGraph graph = new EventGraph();
        for (Bundle bundle : BundleCodec.pack(left)) {
            Admission admission = graph.admit(bundle);
            if (!(admission instanceof Admission.Added)) {
                throw new IllegalStateException("What is left of a history does not stand by itself: " + admission);
            }
        }
        return graph;
    }
}
