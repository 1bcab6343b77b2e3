package dev.metalog.server.app;

import dev.metalog.protocol.editor.PeerMessages;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code meta-log peers …}: the peers of a workspace, what was seen of each, and whom the person blocks. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        description = "Print the peers of a workspace as a table: who was heard last comes first.",
        subcommands = {PeersCommand.Show.class, PeersCommand.Block.class, PeersCommand.Unblock.class})
final class PeersCommand implements Callable<Integer> {
    @Option(names = "--workspace", defaultValue = "", description = "The workspace's folder. Default: the current one.")
    private Path workspace;

    @Option(names = "--json", description = "Print each peer as a line of JSON.")
    private boolean json;

    private interface Work {
        void run(LocalClient client, PrintStream out) throws LocalClient.Failed, InterruptedException;
    }

    private int run(Work work) {
        return LocalCommand.run(
                workspace, out -> new LocalCommand.Work(new LocalEars(), client -> work.run(client, out)));
    }

    @Override
    public Integer call() {
        return run((client, out) -> {
            PeerMessages.PeerStates states = client.await(client.server().peerList());
            if (json) {
                states.peers().forEach(peer -> out.print(PeerLines.json(peer) + "\n"));
                states.separations().forEach(apart -> out.print(PeerLines.json(apart) + "\n"));
            } else {
                out.print(PeerLines.table(states.peers()));
                states.separations().forEach(apart -> out.print(PeerLines.line(apart) + "\n"));
            }
        });
    }

    private interface Decision {
        CompletableFuture<PeerMessages.Decided> of(LocalClient client, PeerMessages.PeerParams params);
    }

    private int decide(String peerId, boolean asJson, Decision decision) {
        return run((client, out) -> {
            PeerMessages.Decided decided = client.await(decision.of(client, new PeerMessages.PeerParams(peerId)));
            // Who reads JSON is told by standard error, as what follows from it is for people.
            (asJson ? System.err : out).println(decided.explanation());
            if (asJson) {
                out.print(PeerLines.json(decided.peer()) + "\n");
            }
        });
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Print all that is known of one peer.")
    static final class Show implements Callable<Integer> {
        @ParentCommand
        private PeersCommand parent;

        @Parameters(index = "0", paramLabel = "PEER", description = "The whole id, as 'meta-log peers' prints it.")
        private String peerId;

        @Option(names = "--json", description = "Print it as a line of JSON.")
        private boolean json;

        @Override
        public Integer call() {
            return parent.run((client, out) -> {
                PeerMessages.PeerState peer =
                        client.await(client.server().peerShow(new PeerMessages.PeerParams(peerId)));
                out.print(json || parent.json ? PeerLines.json(peer) + "\n" : PeerLines.page(peer));
            });
        }
    }

    @Command(
            name = "block",
            mixinStandardHelpOptions = true,
            description = {
                "Take nothing more of a peer in this workspace, until it is unblocked.",
                "It keeps the keys of what was shared with it, and what it writes may still arrive through others."
            })
    static final class Block implements Callable<Integer> {
        @ParentCommand
        private PeersCommand parent;

        @Parameters(index = "0", paramLabel = "PEER", description = "The whole id, as 'meta-log peers' prints it.")
        private String peerId;

        @Option(names = "--json", description = "Print the peer as a line of JSON.")
        private boolean json;

        @Override
        public Integer call() {
            return parent.decide(
                    peerId,
                    json || parent.json,
                    (client, params) -> client.server().peerBlock(params));
        }
    }

    @Command(name = "unblock", mixinStandardHelpOptions = true, description = "Hear a peer again.")
    static final class Unblock implements Callable<Integer> {
        @ParentCommand
        private PeersCommand parent;

        @Parameters(index = "0", paramLabel = "PEER", description = "The whole id, as 'meta-log peers' prints it.")
        private String peerId;

        @Option(names = "--json", description = "Print the peer as a line of JSON.")
        private boolean json;

        @Override
        public Integer call() {
            return parent.decide(
                    peerId,
                    json || parent.json,
                    (client, params) -> client.server().peerUnblock(params));
        }
    }
}
