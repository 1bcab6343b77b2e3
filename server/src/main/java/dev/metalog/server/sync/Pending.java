package dev.metalog.server.sync;

import dev.metalog.protocol.Bundle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Bundles whose parents have not arrived. When full, the oldest makes room: anti-entropy fetches it again. */
final class Pending {
    private int most;
    private final Deque<Bundle> waiting = new ArrayDeque<>();

    Pending(int most) {
        this.most = most;
    }

    void add(Bundle bundle) {
        if (waiting.contains(bundle)) {
            return;
        }
        if (waiting.size() >= most) {
            waiting.removeFirst();
        }
        waiting.addLast(bundle);
    }

    /**
     * What our own log gave back without its parents. It may be nowhere else, so it never makes room: the bound is raised
     * by it, and it is itself bounded by the log.
     */
    void recall(List<Bundle> bundles) {
        waiting.addAll(bundles);
        most += bundles.size();
    }

    /** Everything that waits, to be tried again. */
    List<Bundle> drain() {
        List<Bundle> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }
}
