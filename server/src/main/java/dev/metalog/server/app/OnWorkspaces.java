package dev.metalog.server.app;

import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.KeptWorkspace;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A subcommand that looks at what is kept of one workspace, or of all. */
abstract class OnWorkspaces implements Callable<Integer> {
    static final int NOT_ALL_GOOD = 1;

    /** The command above it, which knows the environment. */
    interface Parent {
        Map<String, String> variables();
    }

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Parent parent;

    @Option(
            names = "--workspace",
            paramLabel = "FOLDER",
            description = "Only the workspace of this folder. Default: all that are kept.")
    private String workspace;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        String name = spec.parent().qualifiedName();
        try {
            HomeFolder home =
                    HomeFolder.find(parent.variables(), System.getProperty("os.name"), System.getProperty("user.home"));
            List<KeptWorkspace> all = KeptWorkspace.in(home);
            List<KeptWorkspace> chosen = all.stream()
                    .filter(kept -> workspace == null || kept.isOf(workspace))
                    .toList();
            if (chosen.isEmpty()) {
                err.println(name + ": nothing is kept "
                        + (workspace == null ? "" : "of the workspace " + workspace + " ") + "under " + home.path()
                        + ". META_LOG_HOME names another folder.");
                err.flush();
                return workspace == null ? CommandLine.ExitCode.OK : NOT_ALL_GOOD;
            }
            boolean good = run(chosen, out, err);
            return good ? CommandLine.ExitCode.OK : NOT_ALL_GOOD;
        } catch (StoreRefused e) {
            err.println(name + ": " + e.getMessage());
            return NOT_ALL_GOOD;
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** Returns whether all is as it should be. */
    abstract boolean run(List<KeptWorkspace> workspaces, PrintWriter out, PrintWriter err)
            throws StoreRefused, IOException;
}
