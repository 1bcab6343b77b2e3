package dev.metalog.server.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.SimulatedDisk;
import dev.metalog.server.store.file.StoreFile;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread that makes records safe. */
@Timeout(60)
class LogSyncerTest {
    private static final int KEYS = Integer.getInteger("syncer.keys", 200);
    private static final long KEY_NANOS = 5_000_000;

    @TempDir
    Path home;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final LogSyncer.Listener listener = new LogSyncer.Listener() {
        @Override
        public void failed(DocumentLog log, StoreRefused why) {
            heard.add("failed");
        }

        @Override
        public void caughtUp(DocumentLog log) {
            heard.add("caught up");
        }
    };

    /** When a record is safe: as soon as a force returns that began after it was appended. */
    @Test
    void aRecordIsSafeWithinItsWindow() throws Exception {
        long[][] forces = new long[100_000][2];
        int[] count = {0};
        StoreFiles timed = (StoreFiles) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StoreFiles.class}, (none, method, arguments) -> {
                    Object result = method.invoke(RealFiles.INSTANCE, arguments);
                    return result instanceof StoreFile file ? timed(file, forces, count) : result;
                });
        long[] appendedAt = new long[KEYS];
        try (DocumentLog log = new DocumentLogs(timed, home).open(DocumentId.fromRandom(new byte[16]));
                LogSyncer syncer = new LogSyncer(listener)) {
            for (int i = 0; i < KEYS; i++) {
                log.append((byte) 1, new byte[40]);
                appendedAt[i] = System.nanoTime();
                syncer.appended(log, 40);
                LockSupport.parkNanos(KEY_NANOS);
            }
            while (lastForceBegan(forces, count) < appendedAt[KEYS - 1]) {
                Thread.onSpinWait();
            }
        }
        long[] windows = new long[KEYS];
        for (int i = 0; i < KEYS; i++) {
            windows[i] = safeAt(forces, count[0], appendedAt[i]) - appendedAt[i];
        }
        Arrays.sort(windows);
        System.out.printf(
                Locale.ROOT,
                "from the append to the end of the force: median %.1f ms, p99 %.1f ms, longest %.1f ms (%d keys)%n",
                windows[KEYS / 2] / 1e6,
                windows[KEYS * 99 / 100] / 1e6,
                windows[KEYS - 1] / 1e6,
                KEYS);
        // The promise is 50 ms; a machine that is busy with other tests is given more, in half of the cases less.
        assertThat(windows[KEYS / 2]).isLessThan(TimeUnit.MILLISECONDS.toNanos(50));
    }

    private static StoreFile timed(StoreFile file, long[][] forces, int[] count) {
        return (StoreFile) Proxy.newProxyInstance(
                StoreFile.class.getClassLoader(), new Class<?>[] {StoreFile.class}, (none, method, arguments) -> {
                    long began = System.nanoTime();
                    Object result = method.invoke(file, arguments);
                    if (method.getName().equals("force")) {
                        synchronized (forces) {
                            forces[count[0]++] = new long[] {began, System.nanoTime()};
                        }
                    }
                    return result;
                });
    }

    private static long lastForceBegan(long[][] forces, int[] count) {
        synchronized (forces) {
            return count[0] == 0 ? Long.MIN_VALUE : forces[count[0] - 1][0];
        }
    }

    private static long safeAt(long[][] forces, int count, long appendedAt) {
        for (int i = 0; i < count; i++) {
            if (forces[i][0] >= appendedAt) {
                return forces[i][1];
            }
        }
        throw new AssertionError("It was never forced.");
    }

    @Test
    void manyRecordsCostFewForces() throws Exception {
        SimulatedDisk disk = LogModel.disk();
        List<String> operations = new ArrayList<>();
        disk.watch(operation -> {
            synchronized (operations) {
                operations.add(operation);
            }
        });
        DocumentLog log = LogModel.open(disk, DocumentLog.Bounds.USUAL, 1 << 20);
        try (LogSyncer syncer = new LogSyncer(listener)) {
            for (int i = 0; i < 2_000; i++) {
                LogModel.append(log, i);
                syncer.appended(log, 100);
            }
        }
        log.close();
        synchronized (operations) {
            long forces = operations.stream()
                    .filter(operation -> operation.startsWith("force 0"))
                    .count();
            assertThat(forces).isBetween(1L, 500L);
        }
    }

    @Test
    void aFailureAndTheEndOfAFullDiskAreToldOnce() throws Exception {
        SimulatedDisk disk = LogModel.disk();
        DocumentLog log = LogModel.open(disk);
        try (LogSyncer syncer = new LogSyncer(listener)) {
            synchronized (log) {
                disk.refuse("No space left on device");
                LogModel.append(log, 0);
                syncer.appended(log, 100);
                disk.refuse(null);
            }
            assertThat(heard.take()).isEqualTo("caught up");
            synchronized (log) {
                LogModel.append(log, 1);
                disk.failForce(0);
                syncer.appended(log, 100);
            }
            assertThat(heard.take()).isEqualTo("failed");
            syncer.appended(log, 100);
        }
        assertThat(heard).isEmpty();
    }
}
