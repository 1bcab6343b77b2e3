package dev.metalog.server.link.direct;

import dev.metalog.server.link.LinkLimits;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets the same trouble with the same host through once in a while, so that a flood of connections is no flood of sentences.
 * Of one thread.
 *
 * <p>Overflow rule: of more than {@link LinkLimits#DIRECT_REPORTS} troubles the one told longest ago is forgotten.
 */
final class RareReports {
    private final long againNanos;
    private final Map<Key, Told> told = new LinkedHashMap<>();

    private record Key(String host, DirectDown reason) {}

    private static final class Told {
        final long atNanos;
        int suppressed;

        Told(long atNanos) {
            this.atNanos = atNanos;
        }
    }

    RareReports(long againNanos) {
        this.againNanos = againNanos;
    }

    /** The sentence to tell, or null if it was told a moment ago. */
    String pass(String host, Refusal refusal, long nowNanos) {
        Key key = new Key(host, refusal.reason());
        Told before = told.get(key);
        if (before != null && nowNanos - before.atNanos < againNanos) {
            before.suppressed++;
            return null;
        }
        told.remove(key);
        told.put(key, new Told(nowNanos));
        if (told.size() > LinkLimits.DIRECT_REPORTS) {
            told.remove(told.keySet().iterator().next());
        }
        int more = before == null ? 0 : before.suppressed;
        return more == 0
                ? refusal.explanation()
                : refusal.explanation() + " (" + more + " more times since it was told.)";
    }
}
