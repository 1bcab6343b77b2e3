package dev.metalog.server.crowd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a process uses of this machine, as the system counts it. */
final class Usage {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final double KIBIBYTES_PER_MEBIBYTE = 1_024;
    private static final double MILLIS_PER_SECOND = 1e3;

    private Usage() {}

    /** Of the processor, so far; {@link Double#NaN} where the system does not say. */
    static double cpuSeconds(long pid) {
        Optional<Duration> used =
                ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration());
        return used.isPresent() ? used.get().toMillis() / MILLIS_PER_SECOND : Double.NaN;
    }

    /** {@link Double#NaN} where the system does not say. */
    static double residentMebibytes(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.isReadable(status)) {
            return Double.NaN;
        }
        Matcher resident = RESIDENT.matcher(Files.readString(status));
        return resident.find() ? Long.parseLong(resident.group(1)) / KIBIBYTES_PER_MEBIBYTE : Double.NaN;
    }
}
