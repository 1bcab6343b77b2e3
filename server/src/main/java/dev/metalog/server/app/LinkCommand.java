package dev.metalog.server.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.metalog.protocol.editor.PeerMessages;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meta-log link …}: the ways to peers. */
@Command(
        name = "link",
        mixinStandardHelpOptions = true,
        description = "The ways to peers: directly, and through brokers.",
        subcommands = LinkCommand.Test.class)
final class LinkCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "What is to be done? 'meta-log link test PEER' tries the ways.");
    }

    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            description = {
                "Try every way to a peer, and print how long there and back takes.",
                "The exit code is 1 when no way works."
            })
    static final class Test implements Callable<Integer> {
        private static final JsonMapper JSON = JsonMapper.builder()
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
                .build();

        @Parameters(index = "0", paramLabel = "PEER", description = "The whole id, as 'meta-log peers' prints it.")
        private String peerId;

        @Option(
                names = "--workspace",
                defaultValue = "",
                description = "The workspace's folder. Default: the current one.")
        private Path workspace;

        @Option(names = "--json", description = "Print it as a line of JSON.")
        private boolean json;

        private boolean works;

        @Override
        public Integer call() {
            int code = LocalCommand.run(
                    workspace,
                    out -> new LocalCommand.Work(new LocalEars(), client -> {
                        PeerMessages.LinkTested tested =
                                client.await(client.server().linkTest(new PeerMessages.PeerParams(peerId)));
                        works = tested.results().stream().anyMatch(result -> result.failure() == null);
                        out.print(json ? line(tested) : page(tested));
                    }));
            return code == 0 && !works ? 1 : code;
        }

        private static String line(PeerMessages.LinkTested tested) {
            try {
                return JSON.writeValueAsString(tested) + "\n";
            } catch (JsonProcessingException impossible) {
                throw new IllegalStateException("It is made of texts and numbers.", impossible);
            }
        }

        static String page(PeerMessages.LinkTested tested) {
            StringBuilder page = new StringBuilder();
            for (PeerMessages.LinkResult result : tested.results()) {
                page.append(String.format(
                        Locale.ROOT,
                        "%-8s %s%n",
                        result.way(),
                        result.failure() == null
                                ? String.format(
                                        Locale.ROOT,
                                        "there and back in %.2f ms, %d times",
                                        result.roundTripMillis(),
                                        result.answers())
                                : result.failure()));
            }
            String used = tested.used() == null
                    ? "nothing; what is written is kept, and goes out when a way opens"
                    : (tested.used().kind() + " "
                                    + String.join(", ", tested.used().addresses()))
                            .strip();
            return page.append("used now: ").append(used).append('\n').toString();
        }
    }
}
