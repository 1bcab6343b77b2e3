package dev.metalog.server.app;

import dev.metalog.server.store.KeptWorkspace;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meta-log store}: looks at what is kept, copies it out, and makes it smaller. */
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        description = "Look at what is kept under META_LOG_HOME: verify it, export its texts, compact it.",
        subcommands = {StoreCommand.Verify.class, StoreCommand.Export.class, StoreCommand.Compact.class})
final class StoreCommand implements Callable<Integer>, OnWorkspaces.Parent {
    private final Map<String, String> variables;

    @Spec
    private CommandSpec spec;

    /** @param variables the environment's */
    StoreCommand(Map<String, String> variables) {
        this.variables = variables;
    }

    @Override
    public Map<String, String> variables() {
        return variables;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Read everything that is kept and say what state it is in. Changes nothing; may run beside a sidecar.",
                "Exit code 0: all good; 1: something is damaged or cannot be read."
            })
    static final class Verify extends OnWorkspaces {
        @Option(names = "--json", description = "Print one JSON object and nothing else.")
        private boolean json;

        @Override
        boolean run(List<KeptWorkspace> workspaces, PrintWriter out, PrintWriter err) throws StoreRefused, IOException {
            return StoreReport.verify(workspaces, json, out);
        }
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = {
                "Write the text of each document into a folder. Never overwrites; may run beside a sidecar.",
                "Exit code 0: all were written; 1: some were not, or are damaged."
            })
    static final class Export extends OnWorkspaces {
        @Option(
                names = "--history",
                description = "Beside each text its full history, as a saved document (docs/format-events.md).")
        private boolean history;

        @Parameters(paramLabel = "FOLDER", description = "Where to; made if it is missing.")
        private Path target;

        @Override
        boolean run(List<KeptWorkspace> workspaces, PrintWriter out, PrintWriter err) throws StoreRefused {
            return new StoreExport(target, history, out, err).run(workspaces);
        }
    }

    @Command(
            name = "compact",
            mixinStandardHelpOptions = true,
            description = {
                "Let a snapshot take the place of each document's old records, now. Needs the workspace for itself.",
                "The records up to the snapshot before stay, in case that the new one is damaged one day.",
                "Exit code 0: done; 1: some could not be compacted."
            })
    static final class Compact extends OnWorkspaces {
        @Override
        boolean run(List<KeptWorkspace> workspaces, PrintWriter out, PrintWriter err) throws StoreRefused {
            boolean good = true;
            for (KeptWorkspace workspace : workspaces) {
                good &= StoreCompaction.run(workspace, out, err);
            }
            return good;
        }
    }
}
