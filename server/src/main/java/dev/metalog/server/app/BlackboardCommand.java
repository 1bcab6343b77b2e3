package dev.metalog.server.app;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.metalog.protocol.editor.BlackboardMessages;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * {@code meta-log blackboard …}: reads and writes the blackboard of a workspace. Each answer is one line of JSON on standard
 * output, written when it is so: what was set is kept by then. Troubles go to standard error, with exit code 1.
 */
@Command(
        name = "blackboard",
        mixinStandardHelpOptions = true,
        description = "Read and write the blackboard of a workspace; answers are lines of JSON.",
        subcommands = {
            BlackboardCommand.Get.class,
            BlackboardCommand.Set.class,
            BlackboardCommand.Delete.class,
            BlackboardCommand.Add.class,
            BlackboardCommand.Remove.class,
            BlackboardCommand.ListAll.class,
            BlackboardCommand.Watch.class,
            BlackboardCommand.Sync.class,
            BlackboardCommand.Invite.class,
            BlackboardCommand.Join.class
        })
final class BlackboardCommand implements Callable<Integer> {
    private static final int EXIT_SIDECAR_ENDED = 3;

    @Option(names = "--workspace", defaultValue = "", description = "The workspace's folder. Default: the current one.")
    private Path workspace;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine.usage(spec, System.err);
        return CommandLine.ExitCode.USAGE;
    }

    /** What one of the commands does with the sidecar. */
    private interface Work {
        void run(LocalClient client, BlackboardLines lines) throws LocalClient.Failed, InterruptedException;
    }

    private int run(Work work) {
        return run(work, lines -> new LocalEars());
    }

    private interface Watching {
        LocalEars with(BlackboardLines lines);
    }

    /** Writes each change as a line. */
    private static final class Watcher extends LocalEars {
        private final BlackboardLines lines;

        Watcher(BlackboardLines lines) {
            this.lines = lines;
        }

        @Override
        public void blackboardChanged(BlackboardMessages.Changed changed) {
            changed.changes().forEach(lines::change);
        }
    }

    private int run(Work work, Watching watching) {
        return LocalCommand.run(workspace, out -> {
            BlackboardLines lines = new BlackboardLines(out);
            return new LocalCommand.Work(watching.with(lines), client -> work.run(client, lines));
        });
    }

    /** Names an entry. */
    static final class Name {
        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Small letters, digits, '.', '_' and '-'.")
        private String namespace;

        @Parameters(index = "1", paramLabel = "NAME", description = "Up to 256 bytes.")
        private String name;

        private BlackboardMessages.NameParams params() {
            return new BlackboardMessages.NameParams(namespace, name);
        }
    }

    /** A value to be written, and where. */
    static final class Value {
        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Small letters, digits, '.', '_' and '-'.")
        private String namespace;

        @Parameters(index = "1", paramLabel = "NAME", description = "Up to 256 bytes.")
        private String name;

        @Parameters(index = "2", paramLabel = "VALUE", description = "JSON, such as 1, '\"text\"' or '{\"ok\":true}'.")
        private String value;

        @Option(names = "--string", description = "Take VALUE as text, without JSON's quotes.")
        private boolean string;

        @Option(names = "--ttl", paramLabel = "SECONDS", description = "After which it disappears. Default: never.")
        private int ttlSeconds;

        private BlackboardMessages.WriteParams params() {
            String json =
                    string ? '"' + new String(JsonStringEncoder.getInstance().quoteAsString(value)) + '"' : value;
            return new BlackboardMessages.WriteParams(namespace, name, json, ttlSeconds);
        }
    }

    @Command(
            name = "get",
            mixinStandardHelpOptions = true,
            description = "Print one entry; exit code 1 if there is none.")
    static final class Get implements Callable<Integer> {
        @ParentCommand
        private BlackboardCommand parent;

        @CommandLine.Mixin
        private Name name;

        @Override
        public Integer call() {
            return parent.run((client, lines) -> {
                BlackboardMessages.Found found = client.await(client.server().blackboardGet(name.params()));
                if (found.entry() == null) {
                    throw new LocalClient.Failed("There is no entry " + name.namespace + "/" + name.name + ".");
                }
                lines.entry(found.entry());
            });
        }
    }

    @Command(name = "set", mixinStandardHelpOptions = true, description = "Set an entry to a value.")
    static final class Set implements Callable<Integer> {
        @ParentCommand
        private BlackboardCommand parent;

        @CommandLine.Mixin
        private Value value;

        @Override
        public Integer call() {
            return parent.run(
                    (client, lines) -> lines.entry(client.await(client.server().blackboardSet(value.params()))));
        }
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Delete an entry, a value or a whole set.")
    static final class Delete implements Callable<Integer> {
        @ParentCommand
        private BlackboardCommand parent;

        @CommandLine.Mixin
        private Name name;

        @Override
        public Integer call() {
            return parent.run((client, lines) -> {
                client.await(client.server().blackboardDelete(name.params()));
                lines.done("deleted", name.namespace, name.name);
            });
        }
    }

    @Command(name = "add", mixinStandardHelpOptions = true, description = "Add a member to a set.")
    static final class Add implements Callable<Integer> {
        @ParentCommand
        private BlackboardCommand parent;

        @CommandLine.Mixin
        private Value value;

        @Override
        public Integer call() {
            return parent.run(
                    (client, lines) -> lines.entry(client.await(client.server().blackboardAdd(value.params()))));
        }
    }

    @Command(name = "remove", mixinStandardHelpOptions = true, description = "Remove a member from a set.")
    static final class Remove implements Callable<Integer> {
        @ParentCommand
        private BlackboardCommand parent;

        @CommandLine.Mixin
        private Value value;

        @Override
        public Integer call() {
            return parent.run((client, lines) -> {
                client.await(client.server().blackboardRemove(value.params()));
                lines.done("removed", value.namespace, value.name);
            });
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Print all entries, one on each line.")
    static final class ListAll implements Callable<Integer> {
        @ParentCommand
        private BlackboardCommand parent;

        @Parameters(index = "0", arity = "0..1", paramLabel = "NAMESPACE", description = "Only those of this one.")
        private String namespace;

        @Override
        public Integer call() {
            return parent.run((client, lines) -> {
                String after = null;
                do {
                    BlackboardMessages.Listed listed = client.await(
                            client.server().blackboardList(new BlackboardMessages.ListParams(namespace, after)));
                    listed.entries().forEach(lines::entry);
                    after = listed.more();
                } while (after != null);
            });
        }
    }

    @Command(
            name = "watch",
            mixinStandardHelpOptions = true,
            description = "Print each change as a line, until interrupted; exit code 3 if the sidecar ends before.")
    static final class Watch implements Callable<Integer> {
        @ParentCommand
        private BlackboardCommand parent;

        @Parameters(index = "0", arity = "0..1", paramLabel = "NAMESPACE", description = "Only those of this one.")
        private String namespace;

        @Override
        public Integer call() {
            int exit = parent.run(
                    (client, lines) -> {
                        client.await(client.server().blackboardWatch(new BlackboardMessages.WatchParams(namespace)));
                        System.err.println("meta-log: watching");
                        Runtime.getRuntime().addShutdownHook(new Thread(client::close));
                        client.awaitEnd();
                    },
                    Watcher::new);
            return exit == CommandLine.ExitCode.OK ? EXIT_SIDECAR_ENDED : exit;
        }
    }

    @Command(
            name = "sync",
            mixinStandardHelpOptions = true,
            description = "Exchange the blackboard with those who have it, and print what was exchanged with whom.")
    static final class Sync implements Callable<Integer> {
        @ParentCommand
        private BlackboardCommand parent;

        @Parameters(index = "0", arity = "0..1", paramLabel = "PEER-ID", description = "Only with this one.")
        private String peerId;

        @Override
        public Integer call() {
            return parent.run((client, lines) -> lines.synced(
                    client.await(client.server().blackboardSync(new BlackboardMessages.SyncParams(peerId)))));
        }
    }

    @Command(
            name = "invite",
            mixinStandardHelpOptions = true,
            description = "Print an invitation: whoever holds it can read and write this blackboard.")
    static final class Invite implements Callable<Integer> {
        @ParentCommand
        private BlackboardCommand parent;

        @Override
        public Integer call() {
            return parent.run((client, lines) ->
                    lines.invited(client.await(client.server().blackboardInvite())));
        }
    }

    @Command(
            name = "join",
            mixinStandardHelpOptions = true,
            description = "Have the blackboard of an invitation in this workspace. Entries that are here go along.")
    static final class Join implements Callable<Integer> {
        @ParentCommand
        private BlackboardCommand parent;

        @Parameters(index = "0", paramLabel = "INVITATION")
        private String invitation;

        @Option(
                names = "--merge",
                description = "Also if this blackboard is shared with others, whose entries become visible there.")
        private boolean merge;

        @Override
        public Integer call() {
            return parent.run((client, lines) -> lines.joined(client.await(
                    client.server().blackboardJoin(new BlackboardMessages.BoardJoinParams(invitation, merge)))));
        }
    }
}
