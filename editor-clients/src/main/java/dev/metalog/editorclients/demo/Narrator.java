package dev.metalog.editorclients.demo;

import java.io.PrintStream;
import java.util.Locale;

/** Tells a person what happens, a line at a time. */
public final class Narrator {
    private static final int ARRIVALS_SHOWN = 10;

    private final PrintStream out;
    private final boolean speaks;
    private int arrivals;

    private Narrator(PrintStream out, boolean speaks) {
        this.out = out;
        this.speaks = speaks;
    }

    public static Narrator to(PrintStream out) {
        return new Narrator(out, true);
    }

    /** Says nothing. */
    public static Narrator silent() {
        return new Narrator(System.err, false);
    }

    synchronized void say(String topic, String format, Object... arguments) {
        if (speaks) {
            out.printf(Locale.ROOT, "  %-9s %s%n", topic, String.format(Locale.ROOT, format, arguments));
        }
    }

    /** One edit became visible at the other side; the first few are shown. */
    synchronized void arrived(String from, String to, String text, long tookNanos) {
        arrivals++;
        if (speaks && arrivals <= ARRIVALS_SHOWN) {
            out.printf(
                    Locale.ROOT,
                    "            %s types \"%s\", %s sees it %.1f ms later%n",
                    from,
                    text.replace("\n", "\\n"),
                    to,
                    tookNanos / 1e6);
            if (arrivals == ARRIVALS_SHOWN) {
                out.println("            …");
            }
        }
    }
}
