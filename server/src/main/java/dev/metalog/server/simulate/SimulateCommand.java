package dev.metalog.server.simulate;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code meta-log simulate}: whole networks with faults, in virtual time, one for each seed. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Run networks of sidecars and editors through faults, in virtual time, and check that all texts end equal"
                    + " and no safe key is lost.",
            "A seed is a whole history: --seeds 1 --from S plays one again.",
            "Exit code 0: all good; 1: some seed diverged or lost keys; 2: wrong usage."
        })
public final class SimulateCommand implements Callable<Integer> {
    private static final int NOT_ALL_GOOD = 1;
    private static final int SHOWN = 20;

    @Spec
    private CommandSpec spec;

    @Option(names = "--seeds", defaultValue = "1000", description = "How many. Default: ${DEFAULT-VALUE}.")
    private long seeds;

    @Option(names = "--from", defaultValue = "0", description = "The first seed. Default: ${DEFAULT-VALUE}.")
    private long from;

    @Option(
            names = "--faults",
            defaultValue = "all",
            description = "Which may happen: all, none, or some of loss, duplication, delay, partition, link, broker,"
                    + " kill, power, flip, full, clock, editor, both, churn, block, memory. Default: ${DEFAULT-VALUE}.")
    private String faults;

    @Option(names = "--json", description = "Print one JSON object before the last line, and no other lines.")
    private boolean json;

    /** The JSON. */
    record Report(long seeds, long from, String faults, List<World.Outcome> bad, double seedsPerSecond, long keys) {}

    @Override
    public Integer call() throws IOException {
        Set<Fault> wanted = wanted();
        if (seeds < 1) {
            throw new ParameterException(spec.commandLine(), "--seeds is 1 or more.");
        }
        PrintWriter out = spec.commandLine().getOut();
        long start = System.nanoTime();
        List<World.Outcome> outcomes = LongStream.range(from, from + seeds)
                .parallel()
                .mapToObj(seed -> SimulateCommand.run(seed, wanted))
                .toList();
        double seconds = (System.nanoTime() - start) / 1e9;
        List<World.Outcome> bad = new ArrayList<>();
        long keys = 0;
        long diverged = 0;
        long lost = 0;
        for (World.Outcome outcome : outcomes) {
            keys += outcome.keys();
            diverged += outcome.diverged() == null ? 0 : 1;
            lost += outcome.lost();
            if (!outcome.isGood()) {
                bad.add(outcome);
            }
        }
        if (json) {
            out.println(
                    new ObjectMapper().writeValueAsString(new Report(seeds, from, faults, bad, seeds / seconds, keys)));
        } else {
            bad.stream()
                    .limit(SHOWN)
                    .forEach(outcome -> out.println("seed " + outcome.seed() + ": " + explain(outcome)));
            out.println(String.format(Locale.ROOT, "%d keys, %.0f seeds a second", keys, seeds / seconds));
        }
        out.println(seeds + " seeds, " + diverged + " divergences, " + lost + " lost");
        out.flush();
        return bad.isEmpty() ? 0 : NOT_ALL_GOOD;
    }

    static World.Outcome run(long seed, Set<Fault> wanted) {
        try {
            return new World(seed, wanted).run();
        } catch (RuntimeException e) {
            // A sidecar would have ended there. Where it happened is what whoever looks into it needs.
            String where = Arrays.stream(e.getStackTrace())
                    .limit(6)
                    .map(StackTraceElement::toString)
                    .reduce("", (a, b) -> a + " < " + b);
            return new World.Outcome(seed, "?", e + where, 0, 0, 0, 0);
        }
    }

    private static String explain(World.Outcome outcome) {
        return outcome.faults() + ": " + (outcome.diverged() == null ? "" : outcome.diverged() + "; ") + outcome.lost()
                + " of " + outcome.keys() + " keys lost";
    }

    private Set<Fault> wanted() {
        try {
            return Fault.parse(faults);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "There is no fault of that name in '" + faults + "'.");
        }
    }
}
