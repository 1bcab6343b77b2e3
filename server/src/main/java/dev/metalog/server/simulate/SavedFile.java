package dev.metalog.server.simulate;

/** The file of one document on one machine: what editors saved last, and whether a sidecar knows. */
final class SavedFile {
    private String text = "";
    private int unheard;

    String text() {
        return text;
    }

    void write(String written) {
        text = written;
        unheard++;
    }

    /** Whether a sidecar has heard that it was saved as it is. */
    boolean isKnown() {
        return unheard == 0;
    }

    /** Whether an editor that shows this shows what is in the file, and no sidecar knows. */
    boolean isUnknownAnd(String shown) {
        return unheard > 0 && text.equals(shown);
    }

    void heard() {
        unheard = Math.max(0, unheard - 1);
    }

    /** Of what was on its way to the sidecar the next one has to be told anew, once. */
    void sidecarDied() {
        unheard = Math.min(unheard, 1);
    }

    void lose() {
        text = "";
        unheard = 0;
    }
}
