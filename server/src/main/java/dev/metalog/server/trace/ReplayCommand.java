package dev.metalog.server.trace;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.server.trace.Replay.Difference;
import dev.metalog.server.trace.Replay.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meta-log replay}: whether recorded histories end here as they ended where they were recorded. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Replay recorded editing histories and compare where they end.",
            "Reads the traces of editing-traces, sequential and concurrent, and of the eg-walker reference's"
                    + " conformance suite, as .json or .json.gz.",
            "Exit code 0: all equal; 1: some end differently or could not be read; 2: wrong usage."
        })
public final class ReplayCommand implements Callable<Integer> {
    private static final int NOT_ALL_EQUAL = 1;
    private static final int SHOWN_DIFFERENCES = 5;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object and nothing else.")
    private boolean json;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Trace files.")
    private List<Path> files;

    /**
     * One file in the JSON; null is what there is not.
     *
     * @param transactions null, like the figures after it, if the file could not be replayed
     * @param error why the file could not be replayed
     */
    record FileReport(
            String file,
            String name,
            Integer cases,
            Integer transactions,
            Integer events,
            Double millis,
            boolean equal,
            List<Difference> differences,
            String error) {}

    /** The JSON. */
    record Report(boolean equal, List<FileReport> files) {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<FileReport> reports = new ArrayList<>();
        for (Path file : files) {
            FileReport report = replay(file);
            reports.add(report);
            if (!json) {
                print(report, out, err);
            }
        }
        boolean equal = reports.stream().allMatch(FileReport::equal);
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(new Report(equal, reports)));
            out.flush();
        }
        return equal ? 0 : NOT_ALL_EQUAL;
    }

    private static FileReport replay(Path file) {
        String name = TraceFile.nameOf(file);
        try {
            Outcome outcome = Replay.of(TraceFile.read(file));
            return new FileReport(
                    file.toString(),
                    name,
                    outcome.cases(),
                    outcome.transactions(),
                    outcome.units(),
                    outcome.millis(),
                    outcome.isEqual(),
                    outcome.different(),
                    null);
        } catch (BadTraceException e) {
            return new FileReport(file.toString(), name, null, null, null, null, false, List.of(), e.getMessage());
        }
    }

    private static void print(FileReport report, PrintWriter out, PrintWriter err) {
        if (report.error() != null) {
            out.flush();
            err.println("meta-log replay: " + report.error());
            err.flush();
            return;
        }
        out.printf(
                Locale.ROOT,
                "%-20s %s%,9d transactions %,9d events %,9.1f ms  %s%n",
                report.name(),
                report.cases() > 1 ? String.format(Locale.ROOT, "%,d cases, ", report.cases()) : "",
                report.transactions(),
                report.events(),
                report.millis(),
                report.equal() ? "equal" : verdict(report));
        out.flush();
    }

    private static String verdict(FileReport report) {
        StringBuilder verdict = new StringBuilder("DIFFERENT: ");
        int shown = Math.min(SHOWN_DIFFERENCES, report.differences().size());
        for (int i = 0; i < shown; i++) {
            Difference difference = report.differences().get(i);
            verdict.append(i == 0 ? "" : "; ")
                    .append(report.cases() > 1 ? difference.trace() + " " : "")
                    .append("at ")
                    .append(difference.position())
                    .append(" it is ")
                    .append(quoted(difference.found()))
                    .append(" and has to be ")
                    .append(quoted(difference.expected()));
        }
        int more = report.differences().size() - shown;
        return more == 0 ? verdict.toString() : verdict + "; and " + more + " cases more";
    }

    private static String quoted(String text) {
        return text.isEmpty() ? "the end" : '"' + text.replace("\n", "\\n").replace("\r", "\\r") + '"';
    }
}
