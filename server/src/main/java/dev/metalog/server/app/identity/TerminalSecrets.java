package dev.metalog.server.app.identity;

import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks on the terminal; reads files and standard input. */
final class TerminalSecrets implements Secrets {
    private static final int MOST_BYTES = 16_384;
    private static final String STANDARD_INPUT = "-";

    private final InputStream in;

    TerminalSecrets(InputStream in) {
        this.in = in;
    }

    @Override
    public String ask(String prompt) throws Refused {
        Console console = terminal();
        char[] typed = console == null ? null : console.readPassword("%s: ", prompt);
        if (typed == null) {
            throw new Refused("There is no terminal to ask on for: " + prompt
                    + ". Name a file that holds it (see --help), or '-' for standard input.");
        }
        return new String(typed);
    }

    /** {@code null} when there is none. From Java 22 on there is a console without a terminal too, which would show the secret. */
    @SuppressWarnings("SystemConsoleNull") // looked at below
    private static Console terminal() {
        Console console = System.console();
        if (console == null) {
            return null;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console) ? console : null;
        } catch (NoSuchMethodException olderThan22) {
            return console;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Asking whether there is a terminal failed.", e);
        }
    }

    @Override
    public String firstLine(String file) throws StoreRefused {
        String line = text(file).lines().findFirst().orElse("");
        if (line.isEmpty()) {
            throw new StoreRefused(
                    StoreRefused.Reason.DAMAGED,
                    Path.of(file),
                    "Its first line is empty, where a secret should be.",
                    "Write it into the first line.");
        }
        return line;
    }

    @Override
    public String text(String file) throws StoreRefused {
        if (!file.equals(STANDARD_INPUT)) {
            Path path = HomeFolder.path(file, "The name of the file");
            return new String(OwnerOnly.readSecret(RealFiles.INSTANCE, path, MOST_BYTES), StandardCharsets.UTF_8);
        }
        try {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw StoreRefused.because(Path.of(STANDARD_INPUT), "Reading standard input", e);
        }
    }
}
