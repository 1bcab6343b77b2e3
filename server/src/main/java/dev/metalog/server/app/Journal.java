package dev.metalog.server.app;

import java.io.PrintStream;

/** Lines for the person who looks at standard error. Standard output belongs to the editor protocol alone. */
final class Journal {
    private static final int MOST_UNITS = 2_000;

    private final PrintStream out;

    Journal(PrintStream out) {
        this.out = out;
    }

    void line(String text) {
        String shown = text.length() > MOST_UNITS ? text.substring(0, MOST_UNITS) + "…" : text;
        // One line is one fact: what comes from outside may not write lines of its own.
        out.println("meta-log: " + shown.replaceAll("\\p{Cntrl}+", " "));
    }

    void failure(String doing, Throwable failure) {
        line(doing + " failed: " + failure);
        failure.printStackTrace(out);
    }
}
