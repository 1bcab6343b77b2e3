package dev.metalog.server.crowd;

import dev.metalog.protocol.Invitation;
import dev.metalog.server.link.RelayAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code meta-log bench writers}: the load of {@code meta-log bench soak}, which starts it. */
@Command(
        name = "writers",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = {
            "Many peers in this process write in documents, to which they are invited by lines on standard input.",
            "Says 'ready' when all are connected and 'wrote N' in the end, and stays to answer until standard input ends."
        })
public final class WritersCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--broker", required = true, paramLabel = "URL", description = "where they meet")
    private String broker;

    @Option(names = "--documents", required = true, paramLabel = "N", description = "how many invitations follow")
    private int documents;

    @Option(names = "--writers", paramLabel = "N", description = "how many write (default: ${DEFAULT-VALUE})")
    private int writers = 63;

    @Option(
            names = "--per-second",
            paramLabel = "N",
            description = "bundles of all together (default: ${DEFAULT-VALUE})")
    private int perSecond = 2_000;

    @Option(names = "--seconds", paramLabel = "N", description = "how long (default: ${DEFAULT-VALUE})")
    private int seconds = 600;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (writers < 1 || perSecond < 1 || seconds < 1 || documents < writers) {
            throw new ParameterException(
                    spec.commandLine(), "all numbers are at least 1, and each writer has a document at least");
        }
        PrintWriter out = spec.commandLine().getOut();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        SecureRandom random = new SecureRandom();
        try (Writers crowd = new Writers(
                RelayAddress.parse(broker),
                "meta-log-soak",
                count -> {
                    byte[] bytes = new byte[count];
                    random.nextBytes(bytes);
                    return bytes;
                },
                writers,
                invitations(in))) {
            crowd.start();
            say(out, "ready");
            say(out, "wrote " + crowd.write(perSecond, seconds));
            while (in.readLine() != null) {
                // Nothing more is expected; its end is waited for.
            }
            return 0;
        }
    }

    private List<Invitation> invitations(BufferedReader in) throws IOException {
        List<Invitation> invitations = new ArrayList<>();
        while (invitations.size() < documents) {
            String line = in.readLine();
            if (line == null) {
                throw new IOException("Standard input ended after " + invitations.size() + " invitations.");
            }
            invitations.add(Invitation.decode(line));
        }
        return invitations;
    }

    private static void say(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }
}
