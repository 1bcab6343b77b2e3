package dev.metalog.server.eventgraph;

import dev.metalog.server.text.TextBuffer;

/**
 * The text of the version last asked for other than the tip: what is asked for next is often a little later, and then
 * only what lies between is walked.
 */
final class Checkpoint {
    private static final int[] ROOT = {};

    private final EventLog log;
    private final History history;
    private int[] version = ROOT;
    private TextBuffer text = new TextBuffer();

    Checkpoint(EventLog log, History history) {
        this.log = log;
        this.history = history;
    }

    /** The text at the version; good until the next call. */
    TextBuffer moveTo(int[] wanted) {
        if (!history.includes(wanted, version)) {
            reset();
        }
        Plan plan = Plan.between(log, version, wanted);
        new Walk(log, history, plan, Walk.Target.text(text, null)).run();
        version = wanted;
        return text;
    }

    /** Forgets what is later than the log, from which units have been taken back. */
    void truncate() {
        if (version.length > 0 && version[version.length - 1] >= log.units()) {
            reset();
        }
    }

    private void reset() {
        version = ROOT;
        text = new TextBuffer();
    }
}
