package dev.metalog.editorclients;

import com.google.gson.GsonBuilder;
import dev.metalog.editorclients.bench.LinksBench;
import dev.metalog.editorclients.bench.PresenceBench;
import dev.metalog.editorclients.bench.StartBench;
import dev.metalog.editorclients.bench.TypingBench;
import dev.metalog.editorclients.sidecar.SidecarException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code meta-log bench}: the figures that the project promises, measured on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures on this machine.",
        subcommands = {
            BenchCommand.Start.class,
            BenchCommand.Typing.class,
            BenchCommand.Presence.class,
            BenchCommand.LinksCommand.class,
            SoakCommand.class
        })
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "what shall be measured: start, typing, presence, links, crowd, soak or traces?");
    }

    private static void printJson(Object figures) {
        System.out.println(new GsonBuilder().disableHtmlEscaping().create().toJson(figures));
    }

    private static int atLeastOne(CommandSpec spec, String option, int value) {
        if (value < 1) {
            throw new ParameterException(spec.commandLine(), option + " is at least 1, not " + value);
        }
        return value;
    }

    /** {@code meta-log bench start}. */
    @Command(
            name = "start",
            mixinStandardHelpOptions = true,
            description = "Starting a sidecar: from asking for the process to its answer to initialize.")
    static final class Start implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--runs", paramLabel = "N", description = "how many starts (default: ${DEFAULT-VALUE})")
        private int runs = 11;

        @Option(names = "--json", description = "print one JSON object and nothing else")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            StartBench.Figures figures = StartBench.measure(atLeastOne(spec, "--runs", runs));
            if (json) {
                printJson(figures);
            } else {
                System.out.printf(
                        Locale.ROOT,
                        "sidecar start to first response, %d runs: median %.0f ms, p90 %.0f ms (%.0f to %.0f ms)%n",
                        figures.runs(),
                        figures.medianMillis(),
                        figures.p90Millis(),
                        figures.minMillis(),
                        figures.maxMillis());
            }
            return 0;
        }
    }

    /** {@code meta-log bench presence}. */
    @Command(
            name = "presence",
            mixinStandardHelpOptions = true,
            description = "A move of the caret in one editor until the other editor is told of it.")
    static final class Presence implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--moves", paramLabel = "N", description = "moves that count (default: ${DEFAULT-VALUE})")
        private int moves = 300;

        @Option(names = "--warm-up", paramLabel = "N", description = "moves before them (default: ${DEFAULT-VALUE})")
        private int warmUp = 150;

        @Option(names = "--json", description = "print one JSON object and nothing else")
        private boolean json;

        @Override
        public Integer call() throws IOException, SidecarException {
            PresenceBench.Figures figures =
                    PresenceBench.measure(atLeastOne(spec, "--moves", moves), atLeastOne(spec, "--warm-up", warmUp));
            if (json) {
                printJson(figures);
            } else {
                System.out.printf(
                        Locale.ROOT,
                        "caret to the other editor, %d moves: p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, longest %.1f ms%n",
                        figures.moves(),
                        figures.p50Millis(),
                        figures.p90Millis(),
                        figures.p99Millis(),
                        figures.maxMillis());
            }
            return 0;
        }
    }

    /** {@code meta-log bench typing}. */
    @Command(
            name = "typing",
            mixinStandardHelpOptions = true,
            description = "A key in one editor until the character is in the other editor's buffer.")
    static final class Typing implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--keys", paramLabel = "N", description = "keys that count (default: ${DEFAULT-VALUE})")
        private int keys = 500;

        @Option(names = "--warm-up", paramLabel = "N", description = "keys before them (default: ${DEFAULT-VALUE})")
        private int warmUp = 500;

        @Option(names = "--per-second", paramLabel = "N", description = "pace (default: ${DEFAULT-VALUE})")
        private int perSecond = 50;

        @Option(
                names = "--broker",
                paramLabel = "URL",
                description = "embedded, or the URL of a broker (default: ${DEFAULT-VALUE})")
        private String broker = "embedded";

        @Option(names = "--json", description = "print one JSON object and nothing else")
        private boolean json;

        @Override
        public Integer call() throws IOException, SidecarException {
            TypingBench.Figures figures = TypingBench.measure(
                    atLeastOne(spec, "--keys", keys),
                    atLeastOne(spec, "--warm-up", warmUp),
                    atLeastOne(spec, "--per-second", perSecond),
                    broker.equals("embedded") ? "" : broker);
            if (json) {
                printJson(figures);
            } else {
                System.out.printf(
                        Locale.ROOT,
                        "key to the other buffer, %d keys at %d a second, broker %s: p50 %.2f ms, p90 %.2f ms, "
                                + "p99 %.2f ms, longest %.1f ms%n",
                        figures.keys(),
                        figures.keysPerSecond(),
                        figures.broker(),
                        figures.p50Millis(),
                        figures.p90Millis(),
                        figures.p99Millis(),
                        figures.maxMillis());
            }
            return 0;
        }
    }

    /** {@code meta-log bench links}. */
    @Command(
            name = "links",
            mixinStandardHelpOptions = true,
            description = "What each way between two editors costs: direct, the embedded broker, Mosquitto.")
    static final class LinksCommand implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--keys", paramLabel = "N", description = "keys that count (default: ${DEFAULT-VALUE})")
        private int keys = 10_000;

        @Option(names = "--warm-up", paramLabel = "N", description = "keys before them (default: ${DEFAULT-VALUE})")
        private int warmUp = 3_000;

        @Option(
                names = "--per-second",
                paramLabel = "N",
                description = {
                    "pace (default: ${DEFAULT-VALUE}); from 200 on a speaker is only listened to so much,",
                    "and what is measured is how what was left out is fetched"
                })
        private int perSecond = 150;

        @Option(
                names = "--writers",
                paramLabel = "N",
                description = "who type in one document at once; 0 leaves that out (default: ${DEFAULT-VALUE})")
        private int writers = 10;

        @Option(
                names = "--idle",
                paramLabel = "PEERS",
                description = "look on for a minute at a sidecar with so many peers (default: not at all)")
        private int idlePeers;

        @Option(
                names = "--ways",
                split = ",",
                paramLabel = "WAY",
                description = "of ${COMPLETION-CANDIDATES} (default: all)")
        private List<LinksBench.Way> ways = List.of(LinksBench.Way.values());

        @Option(
                names = "--writer-warm-up",
                paramLabel = "SECONDS",
                description = "for which they type before it counts (default: ${DEFAULT-VALUE})")
        private int writerWarmUpSeconds = 15;

        @Option(
                names = "--parts",
                split = ",",
                paramLabel = "PART",
                description = "of ${COMPLETION-CANDIDATES} (default: all, as far as the other options want them)")
        private List<LinksBench.Part> parts = List.of(LinksBench.Part.values());

        @Option(
                names = "--far-prefix",
                split = " ",
                paramLabel = "WORDS",
                description = {
                    "words before a command that has it run elsewhere, such as \"ip netns exec NAME\": there are all sidecars",
                    "but the first one's; see editor-clients/bench/lossy-path.py"
                })
        private List<String> farPrefix = List.of();

        @Option(
                names = "--near-address",
                paramLabel = "ADDRESS",
                description = "of this machine, as it is reached from there")
        private String nearAddress;

        @Option(names = "--json", description = "print one JSON object a line and nothing else")
        private boolean json;

        @Override
        public Integer call() throws IOException, SidecarException {
            atLeastOne(spec, "--keys", keys);
            atLeastOne(spec, "--warm-up", warmUp);
            atLeastOne(spec, "--per-second", perSecond);
            if (farPrefix.isEmpty() != (nearAddress == null)) {
                throw new ParameterException(spec.commandLine(), "--far-prefix and --near-address need each other");
            }
            LinksBench.Far far = farPrefix.isEmpty() ? null : new LinksBench.Far(farPrefix, nearAddress);
            for (LinksBench.Way way : ways) {
                try (LinksBench bench = LinksBench.of(way, far)) {
                    two(way, bench);
                }
                try (LinksBench bench = LinksBench.of(way, far)) {
                    many(bench);
                }
            }
            return 0;
        }

        private void two(LinksBench.Way way, LinksBench bench) throws IOException, SidecarException {
            if (parts.contains(LinksBench.Part.KEYS)) {
                print(bench.keys(keys, warmUp, perSecond));
            }
            if (parts.contains(LinksBench.Part.PASTE)) {
                print(bench.paste());
            }
            if (parts.contains(LinksBench.Part.JOIN)) {
                print(bench.join());
            }
            if (parts.contains(LinksBench.Part.KILL) && way == LinksBench.Way.DIRECT) {
                print(bench.brokerKilled());
            }
        }

        private void many(LinksBench bench) throws IOException, SidecarException {
            if (parts.contains(LinksBench.Part.WRITERS) && writers > 0) {
                print(bench.writers(writers, writerWarmUpSeconds));
            }
            if (parts.contains(LinksBench.Part.IDLE) && idlePeers > 0) {
                print(bench.idle(idlePeers));
            }
        }

        private void print(LinksBench.Idle idle) {
            if (json) {
                printJson(idle);
            } else {
                System.out.printf(
                        Locale.ROOT,
                        "%-20s %-16s %6d: %.2f %% of a core, %.0f MiB resident%n",
                        "idle, peers",
                        idle.way(),
                        idle.peers(),
                        idle.cpuPercent(),
                        idle.residentMebibytes());
            }
        }

        private void print(LinksBench.Row row) {
            if (json) {
                printJson(row);
            } else {
                System.out.printf(
                        Locale.ROOT,
                        "%-20s %-16s %6d: p50 %8.2f ms, p90 %8.2f ms, p99 %8.2f ms, longest %8.1f ms%n",
                        row.what(),
                        row.way(),
                        row.count(),
                        row.p50Millis(),
                        row.p90Millis(),
                        row.p99Millis(),
                        row.maxMillis());
            }
        }
    }
}
