package dev.metalog.editorclients;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code meta-log headless}, {@code meta-log demo} and {@code meta-log bench}. */
@Command(
        name = "meta-log",
        description = "Editors without a screen, for scripts, tests, a demonstration and measurements.",
        subcommands = {HeadlessCommand.class, DemoCommand.class, BenchCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
