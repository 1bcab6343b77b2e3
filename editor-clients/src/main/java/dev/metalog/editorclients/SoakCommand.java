package dev.metalog.editorclients;

import com.google.gson.GsonBuilder;
import dev.metalog.editorclients.bench.SoakBench;
import dev.metalog.editorclients.sidecar.SidecarException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code meta-log bench soak}. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "One sidecar that shares many documents with many peers who write in them all the time.",
            "Exit code 0: all that was written came; 1: not all; 2: wrong usage."
        })
final class SoakCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--peers",
            paramLabel = "N",
            description = "with the one that is measured (default: ${DEFAULT-VALUE})")
    private int peers = 64;

    @Option(names = "--documents", paramLabel = "N", description = "that they share (default: ${DEFAULT-VALUE})")
    private int documents = 1_000;

    @Option(
            names = "--open",
            paramLabel = "N",
            description = "of these that an editor shows (default: ${DEFAULT-VALUE})")
    private int open = 50;

    @Option(
            names = "--per-second",
            paramLabel = "N",
            description = "bundles of all together, evenly over all documents (default: ${DEFAULT-VALUE})")
    private int perSecond = 2_000;

    @Option(names = "--seconds", paramLabel = "N", description = "how long they write (default: ${DEFAULT-VALUE})")
    private int seconds = 600;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "of these, at the beginning, which do not count (default: ${DEFAULT-VALUE})")
    private int warmUpSeconds = 30;

    @Option(names = "--broker", paramLabel = "WORD", description = "embedded or mosquitto (default: ${DEFAULT-VALUE})")
    private String broker = "mosquitto";

    @Option(names = "--json", description = "print one JSON object and nothing else")
    private boolean json;

    @Override
    public Integer call() throws IOException, SidecarException {
        boolean mosquitto = broker.equals("mosquitto");
        if (!mosquitto && !broker.equals("embedded")) {
            throw new ParameterException(spec.commandLine(), "--broker is embedded or mosquitto, not " + broker);
        }
        if (peers < 2 || perSecond < 1 || warmUpSeconds < 0 || seconds <= warmUpSeconds) {
            throw new ParameterException(
                    spec.commandLine(), "--peers is at least 2, --per-second 1, and --seconds more than --warm-up");
        }
        if (open < 1 || open > documents || documents < peers - 1) {
            throw new ParameterException(
                    spec.commandLine(), "there are as many --documents as others at least, and 1 of them is --open");
        }
        SoakBench.Figures figures = SoakBench.measure(
                new SoakBench.Plan(peers - 1, documents, open, perSecond, seconds, warmUpSeconds, mosquitto));
        if (json) {
            System.out.println(new GsonBuilder()
                    .disableHtmlEscaping()
                    .serializeSpecialFloatingPointValues()
                    .create()
                    .toJson(figures));
        } else {
            print(figures);
        }
        return figures.missing() == 0 ? 0 : 1;
    }

    private static void print(SoakBench.Figures figures) {
        line(
                "%d words in %d open of %d documents, %d missing: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, longest %.0f ms",
                figures.words(),
                figures.plan().open(),
                figures.plan().documents(),
                figures.missing(),
                figures.p50Millis(),
                figures.p90Millis(),
                figures.p99Millis(),
                figures.maxMillis());
        line(
                "the sidecar: %.0f messages a second, %.0f %% of a core, at most %.0f MiB resident",
                figures.heardPerSecond(), figures.cpuPercent(), figures.residentMebibytes());
        line(
                "the fullest queue: %s, %d of %d; queues that had no room: %s",
                figures.fullest().name(),
                figures.fullest().most(),
                figures.fullest().bound(),
                figures.overflowed().isEmpty() ? "none" : figures.overflowed());
    }

    private static void line(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
