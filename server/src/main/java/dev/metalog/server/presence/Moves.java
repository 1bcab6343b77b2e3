package dev.metalog.server.presence;

import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The edits from other versions to the tip, each walked once for everybody who is there. */
final class Moves {
    private final EventGraph graph;
    private final Map<Version, List<TextEdit>> found = new HashMap<>();

    Moves(EventGraph graph) {
        this.graph = graph;
    }

    List<TextEdit> from(Version version) {
        return found.computeIfAbsent(version, from -> graph.editsBetween(from, graph.tip()));
    }
}
