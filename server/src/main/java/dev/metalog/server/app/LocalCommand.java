package dev.metalog.server.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;

/**
 * Runs what a command wants of the sidecar of a workspace: the one that runs, or else one in this process. Standard output
 * belongs to the command's results alone; troubles go to standard error, with exit code 1.
 */
final class LocalCommand {
    private static final int EXIT_FAILED = 1;

    /** What is asked of the sidecar. */
    interface Asking {
        void of(LocalClient client) throws LocalClient.Failed, InterruptedException;
    }

    /** @param ears hear what the sidecar tells meanwhile */
    record Work(LocalEars ears, Asking asking) {}

    private LocalCommand() {}

    /** @param work made once standard output can be written to */
    static int run(Path workspace, Function<PrintStream, Work> work) {
        System.setOut(System.err);
        Logger.getLogger("").setLevel(Level.WARNING);
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        Work wanted = work.apply(out);
        String uri = workspace.toAbsolutePath().normalize().toUri().toString();
        WorkspaceDoor door = new WorkspaceDoor(new Environment(System.getenv()), new Journal(System.err));
        try (LocalClient client = new LocalClient(door, uri, wanted.ears())) {
            wanted.asking().of(client);
            out.flush();
            return CommandLine.ExitCode.OK;
        } catch (LocalClient.Failed e) {
            System.err.println("meta-log: " + e.getMessage());
        } catch (IOException e) {
            System.err.println("meta-log: The sidecar could not be started: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return EXIT_FAILED;
    }
}
