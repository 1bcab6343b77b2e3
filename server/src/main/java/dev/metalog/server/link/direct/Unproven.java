package dev.metalog.server.link.direct;

import dev.metalog.server.link.LinkLimits;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the connections that came in and have not yet proved who they are. Of one thread.
 *
 * <p>Overflow rule: beyond {@link LinkLimits#DIRECT_UNPROVEN_OF_ONE} of one address, or {@link LinkLimits#DIRECT_UNPROVEN} of
 * all, a connection is closed as soon as it comes.
 */
final class Unproven {
    private final Map<String, Integer> byHost = new HashMap<>();
    private int all;

    boolean enter(String host) {
        int already = byHost.getOrDefault(host, 0);
        if (already >= LinkLimits.DIRECT_UNPROVEN_OF_ONE || all >= LinkLimits.DIRECT_UNPROVEN) {
            return false;
        }
        byHost.put(host, already + 1);
        all++;
        return true;
    }

    void leave(String host) {
        byHost.computeIfPresent(host, (same, count) -> count == 1 ? null : count - 1);
        all--;
    }
}
