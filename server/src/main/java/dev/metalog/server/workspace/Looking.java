package dev.metalog.server.workspace;

import dev.metalog.server.presence.Carets;
import java.util.List;

/** Where the person looks in what one editor shows, by its last report, moved along with what it reported since. */
final class Looking {
    private final boolean focused;
    private Carets carets;
    /** Where those who were told take the carets to be; {@code null} when they were told nothing, or not of this text. */
    private Carets told;

    private long activeAtMillis;

    Looking(Carets carets, boolean focused, Looking before, long nowMillis) {
        this.carets = carets;
        this.focused = focused;
        this.told = before == null ? null : before.told;
        this.activeAtMillis = nowMillis;
    }

    boolean isFocused() {
        return focused;
    }

    long activeAtMillis() {
        return activeAtMillis;
    }

    Carets carets() {
        return carets;
    }

    /** Whether the carets are elsewhere than others take them to be. */
    boolean isNews() {
        return !carets.equals(told);
    }

    void tell() {
        told = carets;
    }

    /** The editor reports changes. Where its carets are in another whole text, only its next report says. */
    void changed(List<Flight.Heard> heard, long nowMillis) {
        for (Flight.Heard change : heard) {
            carets = change.edits() == null ? Carets.NONE : carets.after(change.edits());
            told = change.edits() == null || told == null ? null : told.after(change.edits());
        }
        activeAtMillis = nowMillis;
    }
}
