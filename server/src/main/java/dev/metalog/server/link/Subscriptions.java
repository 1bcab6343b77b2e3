package dev.metalog.server.link;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The topic filters a link wants, and which of that the broker has not been told yet. Not thread-safe. */
final class Subscriptions {
    /** Filters to subscribe and to unsubscribe. */
    record Changes(List<String> on, List<String> off) {
        static final Changes NONE = new Changes(List.of(), List.of());
    }

    private final Set<String> wanted = new LinkedHashSet<>();

    /** Filters to subscribe (true) or unsubscribe (false) on the connection that is up. */
    private final Map<String, Boolean> untold = new LinkedHashMap<>();

    /** Wants a filter; null, or why it cannot be. */
    String want(String filter) {
        String problem = Topics.problemOfFilter(filter);
        if (problem == null && wanted.size() >= LinkLimits.SUBSCRIPTIONS && !wanted.contains(filter)) {
            problem = "A link holds at most " + LinkLimits.SUBSCRIPTIONS + " topic filters.";
        }
        if (problem == null && wanted.add(filter)) {
            untold.put(filter, true);
        }
        return problem;
    }

    /** Does not want a filter any more. */
    void drop(String filter) {
        if (wanted.remove(filter)) {
            untold.put(filter, false);
        }
    }

    /** Everything that is wanted, for a new connection, which then knows all. */
    List<String> tellAll() {
        untold.clear();
        return List.copyOf(wanted);
    }

    boolean hasChanges() {
        return !untold.isEmpty();
    }

    /** What the connection that is up has to be told, and then knows. */
    Changes tellChanges() {
        List<String> on = new ArrayList<>();
        List<String> off = new ArrayList<>();
        untold.forEach((filter, subscribe) -> (subscribe ? on : off).add(filter));
        untold.clear();
        return new Changes(on, off);
    }
}
