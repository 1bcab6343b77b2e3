package dev.metalog.server.workspace;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * What was typed on one screen and is neither signed nor kept yet. Bounded by the inputs that are looked at together: after them it
 * is taken.
 */
final class Unsaid {
    /** As many keys as go into one bundle; what is large stays as it is. */
    private static final int JOINED_UNITS = 512;

    private final List<Bundle> bundles = new ArrayList<>();
    private int screen = ShownVersions.NO_SCREEN;

    boolean isEmpty() {
        return bundles.isEmpty();
    }

    /** Whether what is typed on that screen may be added. */
    boolean isOf(int other) {
        return bundles.isEmpty() || screen == other;
    }

    int screen() {
        return screen;
    }

    void add(int typedOn, List<Bundle> typed) {
        if (!isOf(typedOn)) {
            throw new IllegalStateException("What was typed on another screen has to be said first.");
        }
        screen = typedOn;
        bundles.addAll(typed);
    }

    /** All of it, in its order and in as few bundles as it goes into; it is empty then. */
    List<Bundle> take() {
        List<Bundle> joined = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        int units = 0;
        for (Bundle bundle : bundles) {
            int more = bundle.events().stream().mapToInt(Event::length).sum();
            if (!events.isEmpty() && units + more > JOINED_UNITS) {
                joined.add(new Bundle(events));
                events.clear();
                units = 0;
            }
            events.addAll(bundle.events());
            units += more;
        }
        if (!events.isEmpty()) {
            joined.add(new Bundle(events));
        }
        bundles.clear();
        return joined;
    }
}
