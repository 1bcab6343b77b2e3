package dev.metalog.server.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.Machine;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.DocumentLog.Appended;
import dev.metalog.server.store.log.LogOpening.Clean;
import dev.metalog.server.store.log.LogOpening.TornTailCut;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log on the disk of this machine. What only a simulated disk can do stands in {@link LogDamageTest} and the others. */
class DocumentLogTest {
    private static final DocumentId ID = DocumentId.fromRandom(new byte[16]);

    @TempDir
    Path home;

    record Entry(byte type, List<Byte> body) {
        static Entry of(byte type, byte[] body) {
            List<Byte> boxed = new ArrayList<>();
            for (byte each : body) {
                boxed.add(each);
            }
            return new Entry(type, boxed);
        }
    }

    @Test
    void whatWasAppendedIsReplayedInOrder() throws Exception {
        Random random = new Random(1);
        List<Entry> expected = new ArrayList<>();
        try (DocumentLog log = open()) {
            assertThat(log.opening()).isEqualTo(new Clean());
            for (int length : new int[] {0, 1, 7, 300, 65_523, 65_536, 65_537, DocumentLog.MAX_BODY_BYTES, 3}) {
                byte[] body = new byte[length];
                random.nextBytes(body);
                byte type = (byte) random.nextInt();
                assertThat(log.append(type, body)).isEqualTo(Appended.WRITTEN);
                expected.add(Entry.of(type, body));
            }
            assertThat(replayed(log)).isEqualTo(expected);
            log.append((byte) 5, new byte[] {9});
            expected.add(Entry.of((byte) 5, new byte[] {9}));
            assertThat(log.sizeBytes()).isEqualTo(Files.size(segment(1)));
        }
        try (DocumentLog log = open()) {
            assertThat(log.opening()).isEqualTo(new Clean());
            assertThat(replayed(log)).isEqualTo(expected);
        }
    }

    @Test
    void aLongLogHasManySegments() throws Exception {
        DocumentLog.Bounds bounds = new DocumentLog.Bounds(1_000, 1 << 20, 1 << 20);
        try (DocumentLog log = open(home, bounds)) {
            for (int i = 0; i < 100; i++) {
                log.append((byte) 1, new byte[100]);
            }
            assertThat(replayed(log)).hasSize(100);
        }
        assertThat(Machine.filesIn(folder())).hasSizeBetween(10, 14);
        try (DocumentLog log = open(home, bounds)) {
            assertThat(log.opening()).isEqualTo(new Clean());
            assertThat(replayed(log)).hasSize(100);
        }
    }

    @Test
    void theFilesAreTheirOwnersOnly() throws Exception {
        Machine.needModes(home);
        open().close();
        assertThat(Machine.mode(folder())).isEqualTo("rwx------");
        assertThat(Machine.mode(segment(1))).isEqualTo("rw-------");
        assertThat(Machine.filesIn(folder())).containsExactly(segment(1));
    }

    @Test
    void aLogMayBeMissingItsFolder() {
        StoreRefused refused =
                catchThrowableOfType(StoreRefused.class, () -> open(home.resolve("gone"), DocumentLog.Bounds.USUAL));
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.MISSING);
    }

    @Test
    void aRecordAndALogHaveTheirBounds() throws Exception {
        try (DocumentLog log = open(home, new DocumentLog.Bounds(1 << 20, 200, 1 << 20))) {
            StoreRefused large = catchThrowableOfType(
                    StoreRefused.class, () -> log.append((byte) 0, new byte[DocumentLog.MAX_BODY_BYTES + 1]));
            assertThat(large.reason()).isEqualTo(StoreRefused.Reason.TOO_LARGE);
            log.append((byte) 0, new byte[200 - 80 - 13]);
            assertThat(log.sizeBytes()).isEqualTo(200);
            StoreRefused full = catchThrowableOfType(StoreRefused.class, () -> log.append((byte) 0, new byte[6]));
            assertThat(full.reason()).isEqualTo(StoreRefused.Reason.TOO_LARGE);
            // A smaller one would fit, behind a hole.
            StoreRefused after = catchThrowableOfType(StoreRefused.class, () -> log.append((byte) 0, new byte[0]));
            assertThat(after.reason()).isEqualTo(StoreRefused.Reason.FAILED_BEFORE);
        }
    }

    @Test
    void aClosedLogTakesNothing() throws Exception {
        DocumentLog log = open();
        log.close();
        log.close();
        assertThat(catchThrowableOfType(StoreRefused.class, () -> log.append((byte) 0, new byte[1]))
                        .reason())
                .isEqualTo(StoreRefused.Reason.FAILED_BEFORE);
        // Closing has synced, so whoever syncs a moment later has nothing to do and nothing to fear.
        log.sync();
    }

    @Test
    void aFileThatChangesUnderTheLogIsNoticedByReplay() throws Exception {
        writeSmallLog();
        try (DocumentLog log = open()) {
            byte[] bytes = Files.readAllBytes(segment(1));
            bytes[bytes.length - 1] ^= 1;
            Files.write(segment(1), bytes);
            StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> log.replay((type, body) -> {}));
            assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.DAMAGED);
        }
    }

    /** Java closes a file under a thread that is interrupted inside; the log then says so instead of going on. */
    @Test
    void anInterruptedAppendIsAFailureAndNotALoss() throws Exception {
        List<Entry> entries = writeSmallLog();
        DocumentLog log = open();
        Thread.currentThread().interrupt();
        StoreRefused refused;
        try {
            refused = catchThrowableOfType(StoreRefused.class, () -> log.append((byte) 0, new byte[1]));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.FAILED);
        assertThat(catchThrowableOfType(StoreRefused.class, () -> log.append((byte) 0, new byte[1]))
                        .reason())
                .isEqualTo(StoreRefused.Reason.FAILED_BEFORE);
        log.close();
        try (DocumentLog again = open()) {
            assertThat(replayed(again)).startsWith(entries.toArray(Entry[]::new));
        }
    }

    @Test
    void anotherThreadMaySyncMeanwhile() throws Exception {
        ExecutorService syncer = Executors.newSingleThreadExecutor();
        AtomicBoolean done = new AtomicBoolean();
        try (DocumentLog log = open(home, new DocumentLog.Bounds(2_000, 1 << 20, 1 << 20))) {
            Future<Integer> syncs = syncer.submit(() -> {
                int count = 0;
                while (!done.get() || count == 0) {
                    log.sync();
                    count++;
                }
                return count;
            });
            for (int i = 0; i < 3_000; i++) {
                log.append((byte) 1, ByteBuffer.allocate(4).putInt(i).array());
            }
            done.set(true);
            assertThat(syncs.get()).isPositive();
            assertThat(replayed(log)).hasSize(3_000);
        } finally {
            syncer.shutdownNow();
        }
    }

    @Test
    void closingWhileAnotherThreadSyncsIsNoFailure() throws Exception {
        ExecutorService syncer = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < 30; round++) {
                DocumentLog log = open();
                AtomicBoolean done = new AtomicBoolean();
                Future<?> syncs = syncer.submit(() -> {
                    while (!done.get()) {
                        log.sync();
                    }
                    return null;
                });
                log.append((byte) round, new byte[20_000]);
                log.close();
                done.set(true);
                syncs.get();
            }
            try (DocumentLog log = open()) {
                assertThat(replayed(log)).hasSize(30);
            }
        } finally {
            syncer.shutdownNow();
        }
    }

    /** Appends numbered records without an end, and prints each number once its append has returned. */
    static final class Appender {
        private Appender() {}

        public static void main(String[] arguments) throws Exception {
            DocumentLog log = open(Path.of(arguments[0]), DocumentLog.Bounds.USUAL);
            for (int i = 0; ; i++) {
                byte[] body = new byte[100 + i % 900];
                ByteBuffer.wrap(body).putInt(i);
                if (log.append((byte) 3, body) == Appended.WAITING) {
                    System.out.println("waiting");
                    return;
                }
                System.out.println(i);
            }
        }
    }

    @Test
    void aKilledProcessLosesNothingItHadAppended() throws Exception {
        for (int round = 0; round < 3; round++) {
            Path own = Files.createDirectory(home.resolve("round-" + round));
            int last = -1;
            try (Machine.Child child = Machine.Child.java(Appender.class, own.toString())) {
                while (last < 500 * (round + 1)) {
                    last = Integer.parseInt(child.line());
                }
                child.kill();
                String line;
                while ((line = child.line()) != null) {
                    last = line.matches("[0-9]+") ? Math.max(last, Integer.parseInt(line)) : last;
                }
            }
            try (DocumentLog log = open(own, DocumentLog.Bounds.USUAL)) {
                List<Integer> numbers = new ArrayList<>();
                log.replay((type, body) -> numbers.add(ByteBuffer.wrap(body).getInt()));
                assertThat(log.opening()).isInstanceOfAny(Clean.class, TornTailCut.class);
                // The last line may have been cut, so the log may know one more than was read.
                assertThat(numbers.size()).isGreaterThanOrEqualTo(last);
                for (int i = 0; i < numbers.size(); i++) {
                    assertThat(numbers.get(i)).isEqualTo(i);
                }
            }
        }
    }

    /** A real write that is cut short by the system: a limit on the size of files stands in for a full disk. */
    @Test
    void aWriteThatTheDiskCutsShortIsTakenBack() throws Exception {
        Machine.need(Files.isExecutable(Path.of("/bin/bash")), "Needs bash and its ulimit.");
        try (Machine.Child child = Machine.Child.javaWithFileLimit(64, Appender.class, home.toString())) {
            String line = child.line();
            int appended = 0;
            while (line != null && line.matches("[0-9]+")) {
                appended++;
                line = child.line();
            }
            assertThat(line).isEqualTo("waiting");
            assertThat(appended).isGreaterThan(50);
            child.kill();
            try (DocumentLog log = open()) {
                assertThat(log.opening()).isEqualTo(new Clean());
                assertThat(replayed(log)).hasSize(appended);
            }
        }
    }

    private List<Entry> writeSmallLog() throws StoreRefused {
        List<Entry> entries = new ArrayList<>();
        Random random = new Random(2);
        try (DocumentLog log = open()) {
            for (int length : new int[] {3, 0, 20, 1}) {
                byte[] body = new byte[length];
                random.nextBytes(body);
                log.append((byte) length, body);
                entries.add(Entry.of((byte) length, body));
            }
        }
        return entries;
    }

    private static List<Entry> replayed(DocumentLog log) throws StoreRefused {
        List<Entry> entries = new ArrayList<>();
        log.replay((type, body) -> entries.add(Entry.of(type, body)));
        return entries;
    }

    private DocumentLog open() throws StoreRefused {
        return open(home, DocumentLog.Bounds.USUAL);
    }

    private static DocumentLog open(Path home, DocumentLog.Bounds bounds) throws StoreRefused {
        return new DocumentLogs(RealFiles.INSTANCE, home, bounds).open(ID);
    }

    private Path folder() {
        return home.resolve(ID.value());
    }

    private Path segment(int number) {
        return LogName.segment(number).in(folder());
    }
}
