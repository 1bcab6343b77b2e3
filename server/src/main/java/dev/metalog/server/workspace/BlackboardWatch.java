package dev.metalog.server.workspace;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.server.blackboard.Blackboard;
import dev.metalog.server.blackboard.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells editors that watch the blackboard what changed, at a pace they can follow: a megabyte every {@value #PACE_MILLIS}
 * ms at most, and an entry that changes faster is told as it is then.
 *
 * <p>Overflow rule: names wait, not entries, so there are as many as names. When {@link #MOST_WAITING} wait for one editor
 * the oldest is dropped, and the log says so.
 */
final class BlackboardWatch {
    static final long PACE_MILLIS = 20;
    static final int MOST_WAITING = 2 * Limits.BLACKBOARD_POSTINGS;
    private static final int MOST_CHARS = 1 << 20;

    /** One editor that watches; an absent namespace means all. */
    private static final class Watcher {
        private final String namespace;
        private final Set<EntryName> waiting = new LinkedHashSet<>();

        Watcher(String namespace) {
            this.namespace = namespace;
        }
    }

    private final Blackboard board;
    private final Timeline time;
    private final Outbox out;
    private final Map<EditorId, Watcher> watchers = new HashMap<>();
    private long toldAtMillis = -PACE_MILLIS;
    /** By the clock: what expires does so everywhere at one time. */
    private long expiredUpToMillis;

    BlackboardWatch(Blackboard board, Timeline time, Outbox out) {
        this.board = board;
        this.time = time;
        this.out = out;
    }

    void watch(EditorId editor, String namespace) {
        if (watchers.isEmpty()) {
            expiredUpToMillis = time.wallMillis();
        }
        watchers.put(editor, new Watcher(namespace));
    }

    void unwatch(EditorId editor) {
        watchers.remove(editor);
    }

    void touched(List<EntryName> names) {
        for (Watcher watcher : watchers.values()) {
            for (EntryName name : names) {
                if (watcher.namespace == null || watcher.namespace.equals(name.namespace())) {
                    watcher.waiting.add(name);
                }
            }
            if (watcher.waiting.size() > MOST_WAITING) {
                dropOldest(watcher);
            }
        }
    }

    private void dropOldest(Watcher watcher) {
        int dropped = 0;
        for (Iterator<EntryName> oldest = watcher.waiting.iterator(); watcher.waiting.size() > MOST_WAITING; ) {
            oldest.next();
            oldest.remove();
            dropped++;
        }
        out.add(new Effect.Log(dropped + " changes of the blackboard came too fast for an editor that watches it."));
    }

    /** To be called after every input. */
    void tell() {
        if (watchers.isEmpty()) {
            return;
        }
        long wallMillis = time.wallMillis();
        if (wallMillis > expiredUpToMillis) {
            if (board.nextExpiryMillis(expiredUpToMillis) <= wallMillis) {
                touched(board.expired(expiredUpToMillis, wallMillis));
            }
            expiredUpToMillis = wallMillis;
        }
        if (time.millis() >= toldAtMillis + PACE_MILLIS) {
            watchers.forEach(this::tell);
        }
    }

    private void tell(EditorId editor, Watcher watcher) {
        if (watcher.waiting.isEmpty()) {
            return;
        }
        List<BlackboardMessages.Change> changes = new ArrayList<>();
        int chars = 0;
        for (Iterator<EntryName> all = watcher.waiting.iterator(); all.hasNext() && chars < MOST_CHARS; ) {
            EntryName name = all.next();
            all.remove();
            Entry entry = board.get(name, time.wallMillis());
            chars += 200 + (entry == null ? 0 : EntryForm.weight(entry));
            changes.add(EntryForm.change(name, entry));
        }
        toldAtMillis = time.millis();
        out.add(new Effect.TellBlackboard(editor, new BlackboardMessages.Changed(changes)));
    }

    long wakeAtMillis() {
        long at = Long.MAX_VALUE;
        for (Watcher watcher : watchers.values()) {
            at = Math.min(at, watcher.waiting.isEmpty() ? Long.MAX_VALUE : toldAtMillis + PACE_MILLIS);
        }
        return watchers.isEmpty() ? at : Math.min(at, time.whenClockSays(board.nextExpiryMillis(expiredUpToMillis)));
    }
}
