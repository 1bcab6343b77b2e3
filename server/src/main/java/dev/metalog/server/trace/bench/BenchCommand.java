package dev.metalog.server.trace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.server.trace.BadTraceException;
import dev.metalog.server.trace.Trace;
import dev.metalog.server.trace.TraceFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meta-log bench}, of which this program does {@code traces} and {@code crowd}; the launcher gives the others to the editors'. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures on this machine.",
        subcommands = BenchCommand.Traces.class)
public final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "what shall be measured: traces or crowd?");
    }

    /** {@code meta-log bench traces}. */
    @Command(
            name = "traces",
            mixinStandardHelpOptions = true,
            description = {
                "Measures the event graph on recorded histories, and with --peers other libraries beside it.",
                "Prints warm medians as a table. A run that fails or takes too long is in the table as failed.",
                "Exit code 0: measured; 1: a file could not be read, or ours failed; 2: wrong usage."
            })
    static final class Traces implements Callable<Integer> {
        private static final int LEAST_ROUNDS = 5;

        @Spec
        private CommandSpec spec;

        @Parameters(
                paramLabel = "FILE",
                arity = "0..*",
                description = "Traces (see meta-log replay). Without any: those in the folder META_LOG_TRACES.")
        private List<Path> files = new ArrayList<>();

        @Option(names = "--peers", description = "Measure the other libraries too (Node and npm packages).")
        private boolean peers;

        @Option(names = "--peer", paramLabel = "NAME", description = "Only this one of them; may be repeated.")
        private List<String> peerNames = new ArrayList<>();

        @Option(names = "--operation", paramLabel = "WORD", description = "Only this one; may be repeated.")
        private List<String> operationWords = new ArrayList<>();

        @Option(names = "--rounds", paramLabel = "N", description = "Rounds that count, 5 or more (${DEFAULT-VALUE}).")
        private int rounds = LEAST_ROUNDS;

        @Option(
                names = "--warm-up",
                paramLabel = "N",
                description = "Rounds before, or 3 s of them (${DEFAULT-VALUE}).")
        private int warmUps = 300;

        @Option(
                names = "--limit",
                paramLabel = "SECONDS",
                description = "A peer's run that takes longer has failed (${DEFAULT-VALUE}).")
        private int limitSeconds = 60;

        @Option(names = "--json", description = "Print one JSON object and nothing else.")
        private boolean json;

        /** The JSON. */
        record Report(
                String java, int processors, int rounds, int warmUps, List<Figure> figures, List<String> unreadable) {}

        @Override
        public Integer call() throws IOException {
            TraceBench.Plan plan = plan();
            List<Path> traces = files.isEmpty() ? filesOfFolder() : files;
            Peers library = Peers.in(System.getenv());
            List<String> names = names();
            if (!names.isEmpty()) {
                Optional<String> missing = library.missing();
                if (missing.isPresent()) {
                    throw new ParameterException(spec.commandLine(), missing.get());
                }
            }
            PrintWriter err = spec.commandLine().getErr();
            List<Figure> figures = new ArrayList<>();
            List<String> unreadable = new ArrayList<>();
            TraceBench bench = new TraceBench(plan, line -> {
                err.println("meta-log bench: " + line);
                err.flush();
            });
            for (Path file : traces) {
                try {
                    figures.addAll(measure(bench, onlyOne(file), library, names));
                } catch (BadTraceException e) {
                    unreadable.add(e.getMessage());
                    err.println("meta-log bench: " + e.getMessage());
                }
            }
            print(new Report(
                    System.getProperty("java.runtime.version"),
                    Runtime.getRuntime().availableProcessors(),
                    plan.rounds(),
                    plan.warmUps(),
                    figures,
                    unreadable));
            boolean oursFailed = figures.stream()
                    .anyMatch(figure -> figure.contender().equals(Ours.NAME) && figure.failure() != null);
            return unreadable.isEmpty() && !oursFailed ? 0 : 1;
        }

        private List<Figure> measure(TraceBench bench, Trace trace, Peers library, List<String> names)
                throws IOException {
            List<Contender> contenders = new ArrayList<>();
            contenders.add(new Ours(trace));
            Path traceFile = Files.createTempFile("meta-log-trace", ".json");
            try {
                if (!names.isEmpty()) {
                    PeerTrace.write(trace, traceFile);
                }
                names.forEach(name -> contenders.add(library.start(name, traceFile, limitSeconds)));
                return bench.measure(trace.name(), PeerTrace.isSequential(trace), contenders);
            } finally {
                contenders.forEach(Contender::close);
                Files.delete(traceFile);
            }
        }

        private Trace onlyOne(Path file) throws BadTraceException {
            List<Trace> traces = TraceFile.read(file);
            if (traces.size() > 1) {
                throw new ParameterException(
                        spec.commandLine(),
                        file + " is a suite of " + traces.size()
                                + " small cases: replay it, it is nothing to measure.");
            }
            return traces.get(0);
        }

        private TraceBench.Plan plan() {
            if (rounds < LEAST_ROUNDS || warmUps < 0 || limitSeconds < 1) {
                throw new ParameterException(
                        spec.commandLine(), "--rounds is 5 or more, --warm-up 0 or more, --limit 1 or more.");
            }
            List<Operation> operations = new ArrayList<>();
            for (String word : operationWords) {
                operations.add(Operation.ofWord(word)
                        .orElseThrow(() -> new ParameterException(
                                spec.commandLine(),
                                "there is no operation " + word + "; there are "
                                        + String.join(
                                                ", ",
                                                Stream.of(Operation.values())
                                                        .map(Operation::word)
                                                        .toList()))));
            }
            return new TraceBench.Plan(
                    rounds, warmUps, 3_000, operations.isEmpty() ? List.of(Operation.values()) : operations);
        }

        private List<String> names() {
            for (String name : peerNames) {
                if (!Peers.NAMES.contains(name)) {
                    throw new ParameterException(
                            spec.commandLine(),
                            "there is no peer " + name + "; there are " + String.join(", ", Peers.NAMES));
                }
            }
            return !peerNames.isEmpty() ? peerNames : peers ? Peers.NAMES : List.of();
        }

        private List<Path> filesOfFolder() throws IOException {
            String folder = System.getenv("META_LOG_TRACES");
            if (folder == null || !Files.isDirectory(Path.of(folder))) {
                throw new ParameterException(
                        spec.commandLine(),
                        folder == null
                                ? "name trace files, or a folder with them in META_LOG_TRACES; none are kept here,"
                                        + " but https://github.com/josephg/editing-traces has some."
                                : "META_LOG_TRACES is " + folder + ", and that is no folder.");
            }
            try (Stream<Path> entries = Files.list(Path.of(folder))) {
                List<Path> found = entries.filter(file -> file.toString().matches(".*\\.json(\\.gz)?"))
                        .filter(file -> !file.getFileName().toString().startsWith("conformance"))
                        .sorted()
                        .toList();
                if (found.isEmpty()) {
                    throw new ParameterException(spec.commandLine(), "no .json or .json.gz is in " + folder + ".");
                }
                return found;
            }
        }

        private void print(Report report) throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(new ObjectMapper().writeValueAsString(report));
            } else {
                BenchTable.print(report.figures(), out);
            }
            out.flush();
        }
    }
}
