package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.server.store.file.Machine;
import dev.metalog.server.workspace.DocumentReading;
import dev.metalog.server.workspace.StoredDocument;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * What keeping a document costs, and opening it again in a process that has just started. The figures are printed; those of
 * docs/benchmarks.md are made with {@code -Dstore.events=1000000}.
 */
class StoreFiguresTest {
    private static final int EVENTS = Integer.getInteger("store.events", 20_000);
    private static final int MEASURED_KEYS = 10_000;

    @TempDir
    Path folder;

    /** A process that opens the one document that is kept, as a run of the sidecar does, and says how long it took. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] arguments) throws Exception {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long began = System.nanoTime();
            long usedBefore = threads.getCurrentThreadCpuTime();
            try (Disk disk = new KeptDocument(Path.of(arguments[0])).open()) {
                List<StoredDocument> stored = disk.load();
                DocumentReading document = DocumentReading.of(stored.get(0).records());
                long nanos = System.nanoTime() - began;
                long used = threads.getCurrentThreadCpuTime() - usedBefore;
                System.out.println(document.events() + " " + document.text().length() + " " + nanos / 1_000_000 + " "
                        + used / 1_000_000);
            }
        }
    }

    @Test
    void aDocumentIsKeptAndOpenedAgain() throws Exception {
        KeptDocument document = new KeptDocument(folder);
        try (Disk disk = document.open()) {
            document.share(disk);
            assertThat(document.type(disk, EVENTS - MEASURED_KEYS)).isTrue();
            long[] nanos = new long[MEASURED_KEYS];
            for (int i = 0; i < MEASURED_KEYS; i++) {
                nanos[i] = document.keepOne(disk);
            }
            Arrays.sort(nanos);
            System.out.printf(
                    Locale.ROOT,
                    "a key into the log: median %.1f µs, p99 %.1f µs%n",
                    nanos[MEASURED_KEYS / 2] / 1e3,
                    nanos[MEASURED_KEYS * 99 / 100] / 1e3);
        }
        long without = open("without a snapshot");
        int compacted = new CommandLine(
                        new StoreCommand(Map.of("META_LOG_HOME", document.home().toString())))
                .setOut(new PrintWriter(new StringWriter()))
                .execute("compact");
        assertThat(compacted).isZero();
        long with = open("with a snapshot");
        assertThat(with).isLessThan(without + 1_000);
    }

    private long open(String how) throws Exception {
        long best = Long.MAX_VALUE;
        long leastUsed = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            try (Machine.Child child = Machine.Child.javaAsLaunched(Opening.class, folder.toString())) {
                String[] said = child.line().split(" ");
                assertThat(said[0]).isEqualTo(Integer.toString(EVENTS));
                assertThat(said[1]).isEqualTo(Integer.toString(EVENTS));
                best = Math.min(best, Long.parseLong(said[2]));
                leastUsed = Math.min(leastUsed, Long.parseLong(said[3]));
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            long bytes = files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
            System.out.printf(
                    Locale.ROOT,
                    "opening %,d events in a new process %s: %,d ms, %,d ms of them the processor's (%,d bytes are kept)%n",
                    EVENTS,
                    how,
                    best,
                    leastUsed,
                    bytes);
        }
        return best;
    }
}
