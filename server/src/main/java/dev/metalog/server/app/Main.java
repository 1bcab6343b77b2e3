package dev.metalog.server.app;

import dev.metalog.server.editor.EditorShell;
import dev.metalog.server.editor.EndReason;
import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The command line of the sidecar. {@code serve} is found without a parser: it has 400 ms until its first answer. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (Arrays.equals(arguments, new String[] {"serve"})) {
            System.exit(serve());
        }
        System.exit(CommandLineTool.run(arguments));
    }

    /** Serves the editor at the other end of standard input and output, until it goes. Returns the exit code. */
    static int serve() throws InterruptedException {
        Logger.getLogger("").setLevel(Level.WARNING);
        Journal journal = new Journal(System.err);
        WorkspaceDoor door = new WorkspaceDoor(new Environment(System.getenv()), journal);
        EndReason reason = EditorShell.serveStandardStreams(new EditorGate(door));
        door.close();
        return reason.exitCode();
    }
}
