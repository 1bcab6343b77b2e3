package dev.metalog.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.LogOpening.Clean;
import dev.metalog.server.store.LogOpening.DamageKeptAside;
import dev.metalog.server.store.LogOpening.TornTailCut;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentLogTest {
    private static final DocumentId ID = DocumentId.fromRandom(new byte[16]);
    private static final int HEADER = LogFormat.HEADER_BYTES;

    @TempDir
    Path folder;

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
        try (DocumentLog log = DocumentLog.open(folder, ID)) {
            assertThat(log.opening()).isEqualTo(new Clean());
            for (int length : new int[] {0, 1, 7, 300, 65_523, 65_536, 65_537, DocumentLog.MAX_BODY_BYTES, 3}) {
                byte[] body = new byte[length];
                random.nextBytes(body);
                byte type = (byte) random.nextInt();
                log.append(type, body);
                expected.add(Entry.of(type, body));
            }
            assertThat(replayed(log)).isEqualTo(expected);
            log.append((byte) 5, new byte[] {9});
            expected.add(Entry.of((byte) 5, new byte[] {9}));
            assertThat(log.sizeBytes()).isEqualTo(Files.size(file()));
        }
        try (DocumentLog log = DocumentLog.open(folder, ID)) {
            assertThat(log.opening()).isEqualTo(new Clean());
            assertThat(replayed(log)).isEqualTo(expected);
        }
    }

    @Test
    void theFileIsItsOwnersOnly() throws Exception {
        Machine.needModes(folder);
        DocumentLog.open(folder, ID).close();
        assertThat(Machine.mode(file())).isEqualTo("rw-------");
        assertThat(Machine.filesIn(folder)).containsExactly(file());
    }

    @Test
    void aLogMayBeMissingItsFolder() {
        StoreRefused refused =
                catchThrowableOfType(StoreRefused.class, () -> DocumentLog.open(folder.resolve("gone"), ID));
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.MISSING);
    }

    /** As when the machine stops at any moment of a write: every length of the file that can be found afterwards. */
    @Test
    void aTornTailIsCutAtEveryByte() throws Exception {
        List<Entry> entries = writeSmallLog();
        byte[] whole = Files.readAllBytes(file());
        List<Integer> borders = borders(entries);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            int complete = 0;
            while (complete < entries.size() && borders.get(complete + 1) <= length) {
                complete++;
            }
            int good = length < HEADER ? 0 : borders.get(complete);
            try (DocumentLog log = DocumentLog.open(folder, ID)) {
                LogOpening expected = good == length ? new Clean() : new TornTailCut(file(), length - good);
                assertThat(log.opening()).as("length " + length).isEqualTo(expected);
                assertThat(replayed(log)).as("length " + length).isEqualTo(entries.subList(0, complete));
                log.append((byte) 77, new byte[] {1, 2});
            }
            try (DocumentLog log = DocumentLog.open(folder, ID)) {
                assertThat(log.opening()).isEqualTo(new Clean());
                assertThat(replayed(log)).hasSize(complete + 1).endsWith(Entry.of((byte) 77, new byte[] {1, 2}));
            }
        }
        assertThat(Machine.filesIn(folder)).containsExactly(file());
    }

    /** One bit in each byte of a small log: found, kept aside as it was, and no changed record is ever handed over. */
    @Test
    void aFlipInEveryByteIsFoundAndKeptAside() throws Exception {
        List<Entry> entries = writeSmallLog();
        byte[] whole = Files.readAllBytes(file());
        List<Integer> borders = borders(entries);
        Path copy = folder.resolve(ID + ".log.damaged-1");
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << (at % 8));
            Files.write(file(), flipped);
            int intact = 0;
            while (borders.get(intact + 1) <= at) {
                intact++;
            }
            try (DocumentLog log = DocumentLog.open(folder, ID)) {
                int damagedAt = at < HEADER ? 0 : borders.get(intact);
                assertThat(log.opening()).as("byte " + at).isEqualTo(new DamageKeptAside(file(), damagedAt, copy));
                // The records have checks of their own: they outlive a damaged header.
                assertThat(replayed(log))
                        .as("byte " + at)
                        .isEqualTo(at < HEADER ? entries : entries.subList(0, intact));
            }
            assertThat(copy).hasBinaryContent(flipped);
            Files.delete(copy);
        }
    }

    /** Every other value of every byte, on the format alone: with the repairs it would take thousands of fsyncs. */
    @Test
    void everyOtherValueOfEveryByteIsFound() throws Exception {
        List<Entry> entries = writeSmallLog();
        byte[] whole = Files.readAllBytes(file());
        for (int at = HEADER; at < whole.length; at++) {
            for (int delta = 1; delta < 256; delta++) {
                byte[] changed = whole.clone();
                changed[at] ^= (byte) delta;
                List<Entry> seen = new ArrayList<>();
                LogFormat.Scan scan = LogFormat.scan(
                        new ByteArrayInputStream(changed), (type, body) -> seen.add(Entry.of(type, body)));
                assertThat(scan.ending()).as("byte %d ^ %d", at, delta).isEqualTo(LogFormat.Ending.DAMAGED);
                assertThat(seen).isEqualTo(entries.subList(0, seen.size()));
            }
        }
        for (int at = 0; at < HEADER; at++) {
            for (int delta = 1; delta < 256; delta++) {
                byte[] header = Arrays.copyOf(whole, HEADER);
                header[at] ^= (byte) delta;
                assertThat(LogFormat.judge(header, ID)).isEqualTo(LogFormat.Header.DAMAGED);
            }
        }
    }

    @Test
    void damageInTheMiddleKeepsTheGoodPrefixAndGoesOn() throws Exception {
        Machine.needModes(folder);
        List<Entry> entries = writeSmallLog();
        byte[] whole = Files.readAllBytes(file());
        whole[borders(entries).get(2) + 14] ^= 1;
        Files.write(file(), whole);
        try (DocumentLog log = DocumentLog.open(folder, ID)) {
            assertThat(log.opening()).isInstanceOf(DamageKeptAside.class);
            DamageKeptAside kept = (DamageKeptAside) log.opening();
            assertThat(kept.message()).contains(file().toString(), kept.copy().toString(), "peers");
            assertThat(kept.copy()).hasBinaryContent(whole);
            assertThat(Machine.mode(kept.copy())).isEqualTo("rw-------");
            log.append((byte) 1, new byte[] {42});
            assertThat(replayed(log)).hasSize(3).startsWith(entries.get(0), entries.get(1));
        }
        try (DocumentLog log = DocumentLog.open(folder, ID)) {
            assertThat(log.opening()).isEqualTo(new Clean());
            assertThat(replayed(log)).hasSize(3);
        }
    }

    /** A length that claims more than is there must not pass for a torn tail: all behind it would be cut. */
    @Test
    void aDamagedLengthIsNotMistakenForATornTail() throws Exception {
        writeSmallLog();
        byte[] whole = Files.readAllBytes(file());
        ByteBuffer.wrap(whole).putInt(HEADER, 1 << 19);
        Files.write(file(), whole);
        try (DocumentLog log = DocumentLog.open(folder, ID)) {
            assertThat(log.opening()).isInstanceOf(DamageKeptAside.class);
        }
    }

    @Test
    void zerosAtTheEndAreDamageAndNotEmptyRecords() throws Exception {
        List<Entry> entries = writeSmallLog();
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.allocate(4_096));
        }
        try (DocumentLog log = DocumentLog.open(folder, ID)) {
            assertThat(log.opening()).isInstanceOf(DamageKeptAside.class);
            assertThat(replayed(log)).isEqualTo(entries);
        }
    }

    @Test
    void aForeignFileIsKeptAside() throws Exception {
        byte[] foreign = new byte[100_000];
        new Random(3).nextBytes(foreign);
        for (int length : new int[] {1, 39, 40, 41, 100_000}) {
            Files.write(file(), Arrays.copyOf(foreign, length));
            try (DocumentLog log = DocumentLog.open(folder, ID)) {
                assertThat(log.opening()).isInstanceOf(DamageKeptAside.class);
                assertThat(replayed(log)).isEmpty();
                assertThat(((DamageKeptAside) log.opening()).copy()).hasBinaryContent(Arrays.copyOf(foreign, length));
            }
        }
    }

    @Test
    void aNewerFormatIsRefusedAndLeftAsItIs() throws Exception {
        writeSmallLog();
        byte[] newer = Files.readAllBytes(file());
        ByteBuffer header = ByteBuffer.wrap(newer);
        header.putShort(8, (short) 2);
        CRC32C crc = new CRC32C();
        crc.update(newer, 0, 36);
        header.putInt(36, (int) crc.getValue());
        newer[HEADER + 4] ^= 1;
        Files.write(file(), newer);
        StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> DocumentLog.open(folder, ID));
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.NEWER_FORMAT);
        assertThat(refused).hasMessageContaining("untouched").hasMessageContaining(file().toString());
        assertThat(file()).hasBinaryContent(newer);
        assertThat(Machine.filesIn(folder)).containsExactly(file());
    }

    @Test
    void theLogOfAnotherDocumentIsRefusedAndLeftAsItIs() throws Exception {
        writeSmallLog();
        byte[] otherBytes = new byte[16];
        otherBytes[0] = 1;
        DocumentId other = DocumentId.fromRandom(otherBytes);
        Path moved = folder.resolve(other + ".log");
        Files.move(file(), moved);
        byte[] before = Files.readAllBytes(moved);
        StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> DocumentLog.open(folder, other));
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.DAMAGED);
        assertThat(moved).hasBinaryContent(before);
    }

    @Test
    void aRecordAndALogHaveTheirBounds() throws Exception {
        try (DocumentLog log = DocumentLog.open(folder, ID, 200)) {
            StoreRefused large = catchThrowableOfType(
                    StoreRefused.class, () -> log.append((byte) 0, new byte[DocumentLog.MAX_BODY_BYTES + 1]));
            assertThat(large.reason()).isEqualTo(StoreRefused.Reason.TOO_LARGE);
            log.append((byte) 0, new byte[200 - HEADER - 2 * 13 - 5]);
            StoreRefused full = catchThrowableOfType(StoreRefused.class, () -> log.append((byte) 0, new byte[6]));
            assertThat(full.reason()).isEqualTo(StoreRefused.Reason.TOO_LARGE);
            log.append((byte) 0, new byte[5]);
            assertThat(Files.size(file())).isEqualTo(200);
            assertThat(replayed(log)).hasSize(2);
        }
    }

    @Test
    void copiesAsideHaveABound() throws Exception {
        for (int i = 1; i <= 20; i++) {
            Files.writeString(folder.resolve(ID + ".log.damaged-" + i), "kept " + i);
        }
        writeSmallLog();
        byte[] damaged = Files.readAllBytes(file());
        damaged[HEADER] ^= 1;
        Files.write(file(), damaged);
        StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> DocumentLog.open(folder, ID));
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.DAMAGED);
        assertThat(file()).hasBinaryContent(damaged);
        assertThat(folder.resolve(ID + ".log.damaged-20")).hasContent("kept 20");
    }

    @Test
    void aClosedLogTakesNothing() throws Exception {
        DocumentLog log = DocumentLog.open(folder, ID);
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
        try (DocumentLog log = DocumentLog.open(folder, ID)) {
            byte[] bytes = Files.readAllBytes(file());
            bytes[bytes.length - 1] ^= 1;
            Files.write(file(), bytes);
            StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> log.replay((type, body) -> {}));
            assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.DAMAGED);
        }
    }

    /** Java closes a file under a thread that is interrupted inside; the log then says so instead of going on. */
    @Test
    void anInterruptedAppendIsAFailureAndNotALoss() throws Exception {
        List<Entry> entries = writeSmallLog();
        DocumentLog log = DocumentLog.open(folder, ID);
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
        try (DocumentLog again = DocumentLog.open(folder, ID)) {
            assertThat(replayed(again)).startsWith(entries.toArray(Entry[]::new));
        }
    }

    @Test
    void anotherThreadMaySyncMeanwhile() throws Exception {
        ExecutorService syncer = Executors.newSingleThreadExecutor();
        AtomicBoolean done = new AtomicBoolean();
        try (DocumentLog log = DocumentLog.open(folder, ID)) {
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
                DocumentLog log = DocumentLog.open(folder, ID);
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
            try (DocumentLog log = DocumentLog.open(folder, ID)) {
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
            DocumentLog log = DocumentLog.open(Path.of(arguments[0]), ID);
            for (int i = 0; ; i++) {
                byte[] body = new byte[100 + i % 900];
                ByteBuffer.wrap(body).putInt(i);
                try {
                    log.append((byte) 3, body);
                } catch (StoreRefused refused) {
                    System.out.println("refused " + refused.reason() + " " + log.sizeBytes());
                    log.append((byte) 4, new byte[0]);
                    System.out.println("went on " + log.sizeBytes());
                    return;
                }
                System.out.println(i);
            }
        }
    }

    @Test
    void aKilledProcessLosesNothingItHadAppended() throws Exception {
        for (int round = 0; round < 3; round++) {
            Path own = Files.createDirectory(folder.resolve("round-" + round));
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
            try (DocumentLog log = DocumentLog.open(own, ID)) {
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
        try (Machine.Child child = Machine.Child.javaWithFileLimit(64, Appender.class, folder.toString())) {
            String line = child.line();
            int appended = 0;
            while (line != null && line.matches("[0-9]+")) {
                appended++;
                line = child.line();
            }
            assertThat(line).startsWith("refused FAILED");
            assertThat(child.line()).startsWith("went on");
            assertThat(appended).isGreaterThan(50);
            try (DocumentLog log = DocumentLog.open(folder, ID)) {
                assertThat(log.opening()).isEqualTo(new Clean());
                List<Entry> entries = replayed(log);
                assertThat(entries).hasSize(appended + 1).endsWith(Entry.of((byte) 4, new byte[0]));
            }
        }
    }

    private List<Entry> writeSmallLog() throws StoreRefused {
        List<Entry> entries = new ArrayList<>();
        Random random = new Random(2);
        try (DocumentLog log = DocumentLog.open(folder, ID)) {
            for (int length : new int[] {3, 0, 20, 1}) {
                byte[] body = new byte[length];
                random.nextBytes(body);
                log.append((byte) length, body);
                entries.add(Entry.of((byte) length, body));
            }
        }
        return entries;
    }

    /** Where the records begin, and where the last one ends. */
    private static List<Integer> borders(List<Entry> entries) {
        List<Integer> borders = new ArrayList<>(List.of(HEADER));
        for (Entry entry : entries) {
            borders.add(borders.get(borders.size() - 1) + 13 + entry.body().size());
        }
        return borders;
    }

    private static List<Entry> replayed(DocumentLog log) throws StoreRefused {
        List<Entry> entries = new ArrayList<>();
        log.replay((type, body) -> entries.add(Entry.of(type, body)));
        return entries;
    }

    private Path file() {
        return folder.resolve(ID + ".log");
    }
}
