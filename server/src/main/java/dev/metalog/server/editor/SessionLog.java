package dev.metalog.server.editor;

import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The log of one session, on standard error; an editor that does one odd thing a million times fills no disk. */
final class SessionLog {
    private static final int ALL_OF_THE_FIRST = 100;
    private static final int THEN_ONE_OF = 1_000;
    private static final int LINE_CHARS = 1_000;

    private final AtomicLong lines = new AtomicLong();

    void warn(String text) {
        log(Level.WARNING, harmless(text), null);
    }

    /** Some of it comes from the editor: no terminal sequences, no second line, no megabytes. */
    private static String harmless(String text) {
        StringBuilder line = new StringBuilder();
        text.chars().limit(LINE_CHARS).forEach(c -> line.append(Character.isISOControl(c) ? ' ' : (char) c));
        return line.toString();
    }

    /** Something that should not be possible: with the stack. */
    void defect(String text, Throwable cause) {
        log(Level.SEVERE, text, cause);
    }

    /** Java's logging is loaded by the first line, not by the first reply. */
    private static final class Lazy {
        private static final Logger LOG = Logger.getLogger("dev.metalog.server.editor");
    }

    private void log(Level level, String text, Throwable cause) {
        long line = lines.incrementAndGet();
        if (line <= ALL_OF_THE_FIRST || line % THEN_ONE_OF == 0) {
            Lazy.LOG.log(
                    level,
                    line == ALL_OF_THE_FIRST ? text + " (From here on one line in " + THEN_ONE_OF + ".)" : text,
                    cause);
        }
    }
}
