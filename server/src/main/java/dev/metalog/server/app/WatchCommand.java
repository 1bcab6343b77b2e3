package dev.metalog.server.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.editor.PeerMessages;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code meta-log watch}: each thing that happens in public as a line of JSON, with the name and the members that the
 * editor protocol has for it. Runs until it is interrupted.
 */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = {
            "Print what peers do in public as lines of JSON, until interrupted: who comes and goes, messages, files.",
            "Exit code 3 if the sidecar ends before."
        })
final class WatchCommand implements Callable<Integer> {
    private static final int EXIT_SIDECAR_ENDED = 3;
    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    @Option(names = "--workspace", defaultValue = "", description = "The workspace's folder. Default: the current one.")
    private Path workspace;

    @Parameters(arity = "0..*", paramLabel = "TOPIC", description = "Other topics to hear, such as 'canvasl/rooms/+'.")
    private List<String> topics = List.of();

    @Override
    public Integer call() {
        int exit = LocalCommand.run(
                workspace,
                out -> new LocalCommand.Work(new Ears(out), client -> {
                    for (String topic : topics) {
                        client.await(client.server().mqttSubscribe(new EditorMessages.TopicParams(topic)));
                    }
                    System.err.println("meta-log: watching");
                    Runtime.getRuntime().addShutdownHook(new Thread(client::close));
                    client.awaitEnd();
                }));
        return exit == CommandLine.ExitCode.OK ? EXIT_SIDECAR_ENDED : exit;
    }

    private static final class Ears extends LocalEars {
        private final PrintStream out;

        Ears(PrintStream out) {
            this.out = out;
        }

        private void line(String event, Object params) {
            ObjectNode json = JSON.createObjectNode().put("event", event);
            json.setAll((ObjectNode) JSON.valueToTree(params));
            try {
                out.print(JSON.writeValueAsString(json) + "\n");
                out.flush();
            } catch (JsonProcessingException impossible) {
                throw new IllegalStateException("It is made of texts and numbers.", impossible);
            }
        }

        @Override
        public void connection(EditorMessages.Connection params) {
            line("connection", params);
        }

        @Override
        public void peerDiscovered(EditorMessages.Peer params) {
            line("peerDiscovered", params);
        }

        @Override
        public void peerLeft(EditorMessages.PeerLeft params) {
            line("peerLeft", params);
        }

        @Override
        public void memberAsks(MemberMessages.Asks params) {
            line("memberAsks", params);
        }

        @Override
        public void peerStatus(PeerMessages.StatusChanged params) {
            line("peerStatus", params);
        }

        @Override
        public void messageReceived(EditorMessages.MessageReceived params) {
            line("messageReceived", params);
        }

        @Override
        public void fileReceived(FederationMessages.FileReceived params) {
            line("fileReceived", params);
        }

        @Override
        public void peerMessage(FederationMessages.PeerMessage params) {
            line("peerMessage", params);
        }
    }
}
