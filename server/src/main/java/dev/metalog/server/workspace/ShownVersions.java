package dev.metalog.server.workspace;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which versions a document was last seen at outside, by the name editors have for it. A document that is opened again
 * with some text differs from one of them by what was done to it meanwhile: the editor outlived the sidecar and went on
 * (shown, offered), or the file was opened from disk (saved). The smallest difference is the likeliest story, and an
 * exact match always wins, so that a buffer that was never saved is brought forward and not taken for a deletion.
 */
final class ShownVersions {
    /** Where a version was seen. The numbers are part of the disk format. */
    enum Kind {
        SHOWN(1),
        OFFERED(2),
        SAVED(3);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        /** Returns {@code null} for a number that is none of ours. */
        static Kind of(int number) {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            return null;
        }
    }

    /** Where a text stands: the version it grew out of, and what was done to that since. */
    record Standing(Version version, List<TextEdit> edits) {}

    private static final int MOST_URIS = 16;

    private final Map<String, EnumMap<Kind, Version>> byUri = new LinkedHashMap<>();

    /** Returns whether that is news. */
    boolean note(Kind kind, String uri, Version version) {
        EnumMap<Kind, Version> versions =
                byUri.computeIfAbsent(DocumentUris.key(uri), unseen -> new EnumMap<>(Kind.class));
        if (byUri.size() > MOST_URIS) {
            byUri.remove(byUri.keySet().iterator().next());
        }
        if (kind == Kind.SHOWN) {
            // Whatever was offered has come back or never will: a text that looks like it is one that was typed.
            versions.remove(Kind.OFFERED);
        }
        return !version.equals(versions.put(kind, version));
    }

    /** Something was typed: who showed what it was typed on shows it now. */
    void typed(Bundle bundle) {
        for (Event event : bundle.events()) {
            Version before = new Version(event.parents());
            Version after = Version.of(event.lastId());
            for (EnumMap<Kind, Version> versions : byUri.values()) {
                if (before.equals(versions.get(Kind.SHOWN))) {
                    versions.put(Kind.SHOWN, after);
                    versions.remove(Kind.OFFERED);
                }
            }
        }
    }

    /**
     * The log says that this was typed, and not what it was typed on. Whoever showed that shows a version that is not
     * known here, and no earlier one may be taken for it.
     */
    void typedOnWhatIsMissing(Bundle bundle) {
        Event last = bundle.events().get(bundle.events().size() - 1);
        for (EnumMap<Kind, Version> versions : byUri.values()) {
            versions.put(Kind.SHOWN, Version.of(last.lastId()));
            versions.remove(Kind.OFFERED);
        }
    }

    /** Finds where this text stands, or {@code null} when nothing is known that it could have grown out of. */
    Standing place(String uri, String text, EventGraph graph) {
        if (text.equals(graph.text())) {
            return new Standing(graph.tip(), List.of());
        }
        EnumMap<Kind, Version> versions = byUri.getOrDefault(DocumentUris.key(uri), new EnumMap<>(Kind.class));
        Version last = versions.get(Kind.SHOWN);
        if (last != null && !graph.knows(last)) {
            // Events are missing that this text may hold: set against an older version it would say them twice.
            return text.isEmpty() ? new Standing(Version.ROOT, List.of()) : null;
        }
        Standing best = null;
        for (Version version : versions.values()) {
            if (!graph.knows(version)) {
                continue;
            }
            List<TextEdit> edits = MinimalDiff.between(graph.textAt(version), text);
            if (best == null || MinimalDiff.cost(edits) < MinimalDiff.cost(best.edits())) {
                best = new Standing(version, edits);
            }
        }
        boolean exact = best != null && best.edits().isEmpty();
        return text.isEmpty() && !exact ? new Standing(Version.ROOT, List.of()) : best;
    }
}
