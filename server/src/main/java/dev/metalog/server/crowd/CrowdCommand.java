package dev.metalog.server.crowd;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.server.link.RelayAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code meta-log bench crowd}. */
@Command(
        name = "crowd",
        mixinStandardHelpOptions = true,
        description = {
            "Runs many peers in this process at one broker, and measures how long it takes until each knows every other.",
            "Each is a real sidecar but for its process, its editor and its disk: it has a connection and keys of its own.",
            "Exit code 0: measured; 1: not all knew all in time; 2: wrong usage."
        })
public final class CrowdCommand implements Callable<Integer> {
    private static final int NOT_IN_TIME = 1;

    @Spec
    private CommandSpec spec;

    @Option(names = "--peers", paramLabel = "N", description = "how many start (default: ${DEFAULT-VALUE})")
    private int peers = 1_000;

    @Option(
            names = "--listeners",
            paramLabel = "N",
            description = {
                "how many of them hear the others; a thousand who do check a million announcements,",
                "as many machines elsewhere and this one alone here (default: all)"
            })
    private Integer listeners;

    @Option(
            names = "--per-second",
            paramLabel = "N",
            description = "at which pace they start instead (default: all at once)")
    private int perSecond;

    @Option(
            names = "--newcomers",
            paramLabel = "N",
            description = "how many come one after the other when all know all (default: ${DEFAULT-VALUE})")
    private int newcomers = 10;

    @Option(
            names = "--broker",
            paramLabel = "URL",
            description = "embedded, or the URL of a broker (default: ${DEFAULT-VALUE})")
    private String broker = "embedded";

    @Option(
            names = "--prefix",
            paramLabel = "TOPIC",
            description = "of the public topics; others at that broker should have another (default: ${DEFAULT-VALUE})")
    private String prefix = "meta-log-crowd";

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = "within which each step has to be done (default: ${DEFAULT-VALUE})")
    private int patienceSeconds = 600;

    @Option(names = "--json", description = "print one JSON object and nothing else")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (peers < 2 || newcomers < 0 || perSecond < 0 || patienceSeconds < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--peers is at least 2, --patience 1, and no number is below 0.");
        }
        if (listeners != null && (listeners < 1 || listeners > peers)) {
            throw new ParameterException(spec.commandLine(), "--listeners is from 1 to --peers.");
        }
        PrintWriter err = spec.commandLine().getErr();
        SecureRandom random = new SecureRandom();
        CrowdBench bench = new CrowdBench(
                plan(),
                count -> {
                    byte[] bytes = new byte[count];
                    random.nextBytes(bytes);
                    return bytes;
                },
                line -> {
                    err.println("meta-log bench: " + line);
                    err.flush();
                });
        try {
            print(bench.measure());
            return 0;
        } catch (CrowdBench.NotInTimeException e) {
            err.println("meta-log bench: " + e.getMessage());
            err.flush();
            return NOT_IN_TIME;
        }
    }

    private CrowdBench.Plan plan() {
        try {
            return new CrowdBench.Plan(
                    peers,
                    listeners == null ? peers : listeners,
                    perSecond,
                    newcomers,
                    broker.equals("embedded") ? null : RelayAddress.parse(broker),
                    prefix,
                    Duration.ofSeconds(patienceSeconds));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--broker cannot be used: " + e.getMessage(), e);
        }
    }

    private void print(CrowdBench.Figures figures) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(figures));
            out.flush();
            return;
        }
        line(
                "%d peers, of whom %d listen, at %s: all connected after %.1f s",
                figures.peers(),
                figures.listeners(),
                broker.equals("embedded") ? "the embedded broker" : figures.broker(),
                figures.connectedSeconds());
        line(
                perSecond == 0
                        ? "started at once, each knows all the others"
                        : "since the first started, each knows all the others",
                figures.knowsAll());
        line("a newcomer knows all", figures.newcomerKnowsAll());
        line("all know a newcomer", figures.newcomerKnown());
        line(
                "until all knew all: %.2f s of the processor for each peer; %d threads, %.2f MiB of heap for each peer",
                figures.cpuSeconds() / figures.peers(), figures.threads(), figures.heapMebibytes() / figures.peers());
        if (figures.brokerMebibytes() >= 0) {
            line(
                    "the broker: %.1f s of the processor, %.0f MiB resident",
                    figures.brokerCpuSeconds(), figures.brokerMebibytes());
        }
    }

    private void line(String what, CrowdBench.Spread spread) {
        if (spread.count() > 0) {
            line("%s: p50 %.2f s, p99 %.2f s, longest %.2f s", what, spread.p50(), spread.p99(), spread.longest());
        }
    }

    private void line(String format, Object... values) {
        spec.commandLine().getOut().println(String.format(Locale.ROOT, format, values));
        spec.commandLine().getOut().flush();
    }
}
