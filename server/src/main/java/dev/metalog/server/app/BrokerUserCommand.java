package dev.metalog.server.app;

import dev.metalog.server.link.broker.BrokerUsers;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meta-log broker user}: gives a user of an embedded broker a password, which is kept hashed only. */
@Command(
        name = "user",
        mixinStandardHelpOptions = true,
        description = "Add a user to the file that 'meta-log broker --users' reads, or change their password.")
final class BrokerUserCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The user's name.")
    private String name;

    @Option(names = "--users", required = true, description = "The file; it is made when it is not there.")
    private Path users;

    @Override
    public Integer call() {
        try {
            String line = BrokerUsers.line(name, password(), new SecureRandom());
            List<String> kept = new ArrayList<>(Files.exists(users) ? Files.readAllLines(users) : List.of());
            kept.removeIf(other -> other.startsWith(name + ":"));
            kept.add(line);
            // A temporary file is the owner's alone, and stays so under its new name.
            Path fresh = Files.createTempFile(users.toAbsolutePath().getParent(), "users", ".new");
            Files.write(fresh, kept);
            Files.move(fresh, users, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return CommandLine.ExitCode.OK;
        } catch (IllegalArgumentException e) {
            System.err.println("meta-log: " + e.getMessage());
        } catch (IOException e) {
            System.err.println("meta-log: The users' file could not be written: " + e);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** From the terminal, which does not show it, or else from the first line of standard input. */
    @SuppressWarnings(
            "SystemConsoleNull") // From Java 22 on one without a terminal reads standard input, which is as good.
    private static char[] password() throws IOException {
        Console console = System.console();
        if (console != null) {
            char[] typed = console.readPassword("Password: ");
            return typed == null ? new char[0] : typed;
        }
        String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return line == null ? new char[0] : line.toCharArray();
    }
}
