package dev.metalog.editorclients.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/** What another process uses of this machine, as the system counts it. */
final class Usage {
    private static final double KIBIBYTES_PER_MEBIBYTE = 1_024;

    private Usage() {}

    /** The processes that this one had started when it was asked. */
    record Children(Set<ProcessHandle> before) {
        /** One that was started since. */
        ProcessHandle born() {
            return ProcessHandle.current()
                    .children()
                    .filter(process -> !before.contains(process))
                    .findFirst()
                    .orElseThrow();
        }
    }

    static Children children() {
        return new Children(ProcessHandle.current().children().collect(Collectors.toSet()));
    }

    /** Of the processor, so far. */
    static Duration cpuOf(ProcessHandle process) throws IOException {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IOException("this system does not tell the CPU time of a process"));
    }

    /** NaN where the system does not say. */
    static double residentMebibytes(ProcessHandle process) throws IOException {
        return mebibytes(process, "VmRSS:");
    }

    /** The most it ever had; NaN where the system does not say. */
    static double mostResidentMebibytes(ProcessHandle process) throws IOException {
        return mebibytes(process, "VmHWM:");
    }

    private static double mebibytes(ProcessHandle process, String row) throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return Double.NaN;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(row))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / KIBIBYTES_PER_MEBIBYTE)
                .findFirst()
                .orElse(Double.NaN);
    }
}
