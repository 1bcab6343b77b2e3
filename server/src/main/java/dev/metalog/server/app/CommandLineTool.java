package dev.metalog.server.app;

import dev.metalog.server.app.identity.IdentityCommand;
import dev.metalog.server.crowd.CrowdCommand;
import dev.metalog.server.crowd.WritersCommand;
import dev.metalog.server.simulate.SimulateCommand;
import dev.metalog.server.trace.ReplayCommand;
import dev.metalog.server.trace.bench.BenchCommand;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of the sidecar's program, for people and scripts. */
final class CommandLineTool {
    private CommandLineTool() {}

    static int run(String[] arguments) {
        CommandLine line = new CommandLine(new Root());
        line.addSubcommand(new Serve());
        line.addSubcommand(new BrokerCommand());
        line.addSubcommand(new IdentityCommand(System.getenv(), Sidecar.randomBytes(), System.in, Clock.systemUTC()));
        line.addSubcommand(new StoreCommand(System.getenv()));
        line.addSubcommand(new HistoryCommand(System.getenv()));
        line.addSubcommand(new BlackboardCommand());
        line.addSubcommand(new InviteCommand());
        line.addSubcommand(new MembersCommand());
        line.addSubcommand(new PeersCommand());
        line.addSubcommand(new LinkCommand());
        line.addSubcommand(new SendCommand());
        line.addSubcommand(new StatusCommand());
        line.addSubcommand(new WatchCommand());
        line.addSubcommand(new ReplayCommand());
        line.addSubcommand(new SimulateCommand());
        line.addSubcommand(new CommandLine(new BenchCommand())
                .addSubcommand(new CrowdCommand())
                .addSubcommand(new WritersCommand()));
        return line.execute(arguments);
    }

    @Command(
            name = "meta-log",
            mixinStandardHelpOptions = true,
            version = "meta-log 0.1.0",
            description = "Makes text in Emacs and VS Code live and shared, peer to peer.")
    private static final class Root implements Callable<Integer> {
        @Override
        public Integer call() {
            CommandLine.usage(this, System.err);
            return CommandLine.ExitCode.USAGE;
        }
    }

    @Command(
            name = "serve",
            mixinStandardHelpOptions = true,
            description = "Serve one editor over standard input and output (JSON-RPC, see docs/protocol-editor.md).")
    private static final class Serve implements Callable<Integer> {
        @Override
        public Integer call() throws InterruptedException {
            return Main.serve();
        }
    }
}
