package dev.metalog.server.app;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.FederationMessages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * {@code meta-log send …}: a file to everybody at the broker, or a message to one peer, signed and in public. Exit code 0
 * means that the broker has it.
 */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = "Send something signed through the broker, where everybody can read it.",
        subcommands = {SendCommand.File.class, SendCommand.Message.class})
final class SendCommand implements Callable<Integer> {
    @Option(names = "--workspace", defaultValue = "", description = "The workspace's folder. Default: the current one.")
    private Path workspace;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine.usage(spec, System.err);
        return CommandLine.ExitCode.USAGE;
    }

    private interface Sending {
        CompletableFuture<FederationMessages.Sent> by(LocalClient.Server server);
    }

    private int send(String what, Sending sending) {
        return LocalCommand.run(
                workspace,
                out -> new LocalCommand.Work(new LocalEars(), client -> {
                    // A sidecar that was started for this has to reach its broker first.
                    client.await(client.server().federationInit(new EditorMessages.FederationInitParams(null)));
                    FederationMessages.Sent sent = client.await(sending.by(client.server()));
                    out.println(what + " was sent to " + sent.broker() + " at " + sent.timestamp() + ".");
                }));
    }

    @Command(
            name = "file",
            mixinStandardHelpOptions = true,
            description = {
                "Send a text file to everybody at the broker.",
                "Whoever runs meta-log there finds it under synced/, in a folder with your peer id."
            })
    static final class File implements Callable<Integer> {
        @ParentCommand
        private SendCommand parent;

        @Parameters(index = "0", paramLabel = "FILE", description = "UTF-8 text of up to 512 KiB.")
        private Path file;

        @Option(names = "--as", paramLabel = "PATH", description = "What it is called there. Default: its own name.")
        private String name;

        @Override
        public Integer call() {
            String content;
            try (InputStream in = Files.newInputStream(file)) {
                // One byte more is enough for the sidecar to say that it is too long.
                content = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(in.readNBytes(Limits.SENT_FILE_BYTES + 1)))
                        .toString();
            } catch (CharacterCodingException e) {
                return failed(file + " is no UTF-8 text, or longer than " + Limits.SENT_FILE_BYTES + " bytes.");
            } catch (NoSuchFileException e) {
                return failed("There is no file " + file + ".");
            } catch (IOException e) {
                return failed(file + " could not be read: " + e.getMessage());
            }
            String called = name == null ? String.valueOf(file.getFileName()) : name;
            return parent.send(
                    called, server -> server.sendFile(new FederationMessages.SendFileParams(called, content)));
        }

        private static int failed(String why) {
            System.err.println("meta-log: " + why);
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    @Command(
            name = "message",
            mixinStandardHelpOptions = true,
            description = "Send a message to one peer. Everybody at the broker can read it.")
    static final class Message implements Callable<Integer> {
        @ParentCommand
        private SendCommand parent;

        @Parameters(index = "0", paramLabel = "PEER", description = "The whole id, as 'meta-log peers' prints it.")
        private String peerId;

        @Parameters(index = "1", paramLabel = "TEXT")
        private String text;

        @Option(names = "--json", description = "Take TEXT as any JSON value, such as '{\"ok\":true}'.")
        private boolean json;

        @Override
        public Integer call() {
            String payload = json
                    ? text
                    : '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
            return parent.send(
                    "The message",
                    server -> server.sendMessage(new FederationMessages.SendMessageParams(peerId, payload)));
        }
    }
}
