package dev.metalog.server.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.metalog.protocol.editor.MemberMessages;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code meta-log members …}: who belongs to the workspaces of a folder, and who may do what. */
@Command(
        name = "members",
        mixinStandardHelpOptions = true,
        description = "Print who belongs to the workspaces that this folder has documents of, and who asks to.",
        subcommands = {
            MembersCommand.Approve.class,
            MembersCommand.Reject.class,
            MembersCommand.Role.class,
            MembersCommand.Remove.class,
            MembersCommand.Leave.class
        })
final class MembersCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    @Option(names = "--workspace", defaultValue = "", description = "The workspace's folder. Default: the current one.")
    private Path folder;

    @Option(names = "--json", description = "Print each workspace as a line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        return LocalCommand.run(
                folder,
                out -> new LocalCommand.Work(new LocalEars(), client -> {
                    for (MemberMessages.Workspace workspace :
                            client.await(client.server().members()).workspaces()) {
                        print(workspace, out);
                    }
                }));
    }

    private void print(MemberMessages.Workspace workspace, PrintStream out) {
        if (json) {
            try {
                out.print(JSON.writeValueAsString(workspace) + "\n");
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("Records can be written.", e);
            }
            return;
        }
        out.println("workspace " + workspace.workspace() + ": "
                + (workspace.role() == null ? "you were put out" : "you may " + may(workspace.role())) + "; documents: "
                + (workspace.documents().isEmpty() ? "none here" : String.join(", ", workspace.documents())));
        for (MemberMessages.Offered offered : workspace.offered()) {
            out.printf(
                    "  offers %s  %s: join with %s%n",
                    offered.peerId(), offered.path().replaceAll("\\p{Cntrl}", " "), offered.documentId());
        }
        for (MemberMessages.Member member : workspace.members()) {
            out.printf(
                    "  %-6s %s  %s  %s%s%s%n",
                    member.role(),
                    member.peerId(),
                    member.fingerprint(),
                    member.name(),
                    member.self() ? " (this machine)" : "",
                    member.twoHistories() == null
                            ? ""
                            : ": signed two different histories of " + String.join(", ", member.twoHistories()));
        }
        for (MemberMessages.Asks asks : workspace.asking()) {
            out.printf(
                    "  asks   %s  %s  %s: meta-log members approve %s%n",
                    asks.peerId(), asks.fingerprint(), asks.name(), asks.request());
        }
    }

    private static String may(String role) {
        return role.equals("owner") ? "decide who belongs to it" : role;
    }

    private interface Decision {
        CompletableFuture<MemberMessages.Told> by(LocalClient.Server server);
    }

    private int decide(Decision decision) {
        return LocalCommand.run(
                folder,
                out -> new LocalCommand.Work(
                        new LocalEars(),
                        client -> out.println(
                                client.await(decision.by(client.server())).explanation())));
    }

    @Command(name = "approve", mixinStandardHelpOptions = true, description = "Let somebody in who asks.")
    static final class Approve implements Callable<Integer> {
        @ParentCommand
        private MembersCommand parent;

        @Parameters(index = "0", paramLabel = "REQUEST", description = "As 'meta-log members' prints it.")
        private String request;

        @Option(names = "--role", description = "write or read. Default: what they were invited for.")
        private String role;

        @Override
        public Integer call() {
            return parent.decide(server -> server.memberAnswer(new MemberMessages.AnswerParams(request, true, role)));
        }
    }

    @Command(name = "reject", mixinStandardHelpOptions = true, description = "Do not let somebody in who asks.")
    static final class Reject implements Callable<Integer> {
        @ParentCommand
        private MembersCommand parent;

        @Parameters(index = "0", paramLabel = "REQUEST", description = "As 'meta-log members' prints it.")
        private String request;

        @Override
        public Integer call() {
            return parent.decide(server -> server.memberAnswer(new MemberMessages.AnswerParams(request, false, null)));
        }
    }

    @Command(name = "role", mixinStandardHelpOptions = true, description = "Change what a member may do.")
    static final class Role implements Callable<Integer> {
        @ParentCommand
        private MembersCommand parent;

        @Parameters(index = "0", paramLabel = "PEER", description = "The whole id.")
        private String peerId;

        @Parameters(index = "1", paramLabel = "ROLE", description = "write or read.")
        private String role;

        @Override
        public Integer call() {
            return parent.decide(server -> server.memberRole(new MemberMessages.RoleParams(null, peerId, role)));
        }
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = {
                "Put a member out, with all their devices. The others get another key at once.",
                "What they have read cannot be taken back."
            })
    static final class Remove implements Callable<Integer> {
        @ParentCommand
        private MembersCommand parent;

        @Parameters(index = "0", paramLabel = "PEER", description = "The whole id.")
        private String peerId;

        @Override
        public Integer call() {
            return parent.decide(server -> server.memberRemove(new MemberMessages.RemoveParams(null, peerId)));
        }
    }

    @Command(
            name = "leave",
            mixinStandardHelpOptions = true,
            description = "Have nothing of a workspace here any more. The texts stay.")
    static final class Leave implements Callable<Integer> {
        @ParentCommand
        private MembersCommand parent;

        @Parameters(index = "0", paramLabel = "WORKSPACE", description = "As 'meta-log members' prints it.")
        private String workspace;

        @Override
        public Integer call() {
            return parent.decide(server -> server.memberLeave(new MemberMessages.LeaveParams(workspace)));
        }
    }
}
