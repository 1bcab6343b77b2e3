package dev.metalog.server.simulate;

/** The file of one document on one machine: what editors saved last, and whether the log is sure to say so. */
final class SavedFile {
    private String text = "";
    private int unnoted;
    private boolean isUnheard;

    String text() {
        return text;
    }

    void write(String written) {
        if (!isKnown() || !text.equals(written)) {
            text = written;
            unnoted++;
            isUnheard = false;
        }
    }

    /** Whether the log says which version it is. When in doubt it does not. */
    boolean isKnown() {
        return unnoted == 0 && !isUnheard;
    }

    void noted() {
        unnoted = Math.max(0, unnoted - 1);
    }

    void sidecarDied() {
        isUnheard |= unnoted > 0;
        unnoted = 0;
    }

    void lose() {
        text = "";
        unnoted = 0;
        isUnheard = false;
    }
}
