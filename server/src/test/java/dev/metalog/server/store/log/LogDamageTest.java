package dev.metalog.server.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.SimulatedDisk;
import dev.metalog.server.store.file.SimulatedDisk.Loss;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.LogOpening.Clean;
import dev.metalog.server.store.log.LogOpening.DamageKeptAside;
import dev.metalog.server.store.log.LogOpening.TornTailCut;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What is done about files that are not as they were written. Nothing is ever deleted but a torn record. */
class LogDamageTest {
    private static final int LOG_BYTES = 64 << 10;
    private static final int HEADER = 80;

    private final SimulatedDisk disk = LogModel.disk();

    @Test
    void everyByteFlipOfALogOf64KilobytesIsFound() throws Exception {
        DocumentLog.Bounds bounds = new DocumentLog.Bounds(16 << 10, 1 << 20, 1 << 20);
        int written = 0;
        try (DocumentLog log = LogModel.open(disk, bounds, 1 << 20)) {
            while (log.sizeBytes() < LOG_BYTES) {
                LogModel.append(log, written++);
            }
        }
        List<Path> segments = files(".segment");
        assertThat(segments).hasSizeGreaterThan(3);
        int flips = 0;
        for (Path segment : segments) {
            byte[] whole = disk.bytes(segment);
            for (int at = 0; at < whole.length; at++) {
                int bits = 1 << (at % 8);
                disk.flip(segment, at, bits);
                LogSurvey survey = LogSurvey.of(disk, LogModel.folder(), LogModel.ID);
                assertThat(survey.damages()).as("byte " + at + " of " + segment).isNotEmpty();
                disk.flip(segment, at, bits);
                flips++;
            }
        }
        assertThat(flips).isGreaterThanOrEqualTo(LOG_BYTES);
        assertThat(LogSurvey.of(disk, LogModel.folder(), LogModel.ID).damages()).isEmpty();
    }

    /** Every other value of every byte: kept aside as it was, and no changed record is ever handed over. */
    @Test
    void everyOtherValueOfEveryByteIsFoundAndKeptAside() throws Exception {
        write(6);
        byte[] whole = disk.bytes(segment(1));
        for (int at = 0; at < whole.length; at++) {
            for (int bits = 1; bits < 256; bits += at % 7 == 0 ? 1 : 41) {
                SimulatedDisk changed = disk.afterPowerLoss(Loss.NOTHING, new Random(0));
                changed.flip(segment(1), at, bits);
                byte[] found = changed.bytes(segment(1));
                try (DocumentLog log = LogModel.open(changed)) {
                    assertThat(log.opening()).as("byte %d ^ %d", at, bits).isInstanceOf(DamageKeptAside.class);
                    DamageKeptAside damage = (DamageKeptAside) log.opening();
                    assertThat(damage.kept()).containsExactly(segment(1).resolveSibling("00000001.segment.damaged-1"));
                    assertThat(changed.bytes(damage.kept().get(0))).isEqualTo(found);
                    // The records have checks of their own: they outlive a damaged header.
                    assertThat(LogModel.count(log)).isBetween(at < HEADER ? 6 : 0, at < HEADER ? 6 : 5);
                }
                try (DocumentLog log = LogModel.open(changed)) {
                    assertThat(log.opening()).isEqualTo(new Clean());
                }
            }
        }
    }

    /** As when the machine stops at any moment of a write: every length of the file that can be found afterwards. */
    @Test
    void aTornTailIsCutAtEveryByte() throws Exception {
        write(5);
        byte[] whole = disk.bytes(segment(1));
        for (int length = 0; length < whole.length; length++) {
            for (boolean zeros : new boolean[] {false, true}) {
                byte[] torn = Arrays.copyOf(Arrays.copyOf(whole, length), zeros ? whole.length : length);
                SimulatedDisk left = LogModel.disk();
                left.createFolder(LogModel.folder());
                left.put(segment(1), torn);
                try (DocumentLog log = LogModel.open(left)) {
                    String where = length + (zeros ? " and zeros" : "");
                    int found = LogModel.count(log);
                    if (!zeros) {
                        assertThat(log.opening()).as(where).isInstanceOfAny(Clean.class, TornTailCut.class);
                    }
                    assertThat(found).as(where).isBetween(0, 4);
                    LogModel.append(log, found);
                    assertThat(LogModel.count(log)).isEqualTo(found + 1);
                }
                try (DocumentLog log = LogModel.open(left)) {
                    assertThat(log.opening()).isEqualTo(new Clean());
                }
            }
        }
    }

    /** A length that claims more than is there must not pass for a torn tail: all behind it would be cut. */
    @Test
    void aDamagedLengthIsNotMistakenForATornTail() throws Exception {
        write(4);
        byte[] bytes = disk.bytes(segment(1));
        ByteBuffer.wrap(bytes).putInt(HEADER, 1 << 19);
        disk.put(segment(1), bytes);
        try (DocumentLog log = LogModel.open(disk)) {
            assertThat(log.opening()).isInstanceOf(DamageKeptAside.class);
        }
    }

    /** A power loss makes a file longer before it fills it. Nothing was written there, so nothing is damaged. */
    @Test
    void zerosAtTheEndAreATornTail() throws Exception {
        write(3);
        byte[] bytes = disk.bytes(segment(1));
        disk.put(segment(1), Arrays.copyOf(bytes, bytes.length + 20_000));
        try (DocumentLog log = LogModel.open(disk)) {
            assertThat(log.opening()).isEqualTo(new TornTailCut(segment(1), 20_000));
            assertThat(LogModel.count(log)).isEqualTo(3);
        }
    }

    @Test
    void aSegmentOfAnotherTimeIsPutAside() throws Exception {
        write(20);
        byte[] second = disk.bytes(segment(2));
        SimulatedDisk other = LogModel.disk();
        try (DocumentLog log = LogModel.open(other)) {
            for (int i = 0; i < 20; i++) {
                log.append((byte) 1, LogModel.body(i + 1));
            }
        }
        disk.put(segment(2), other.bytes(segment(2)));
        try (DocumentLog log = LogModel.open(disk)) {
            DamageKeptAside damage = (DamageKeptAside) log.opening();
            assertThat(damage.file()).isEqualTo(segment(2));
            assertThat(damage.isWhole()).isFalse();
            assertThat(damage.kept()).hasSizeGreaterThan(1);
            int found = LogModel.count(log);
            assertThat(found).isBetween(1, 19);
            LogModel.append(log, found);
        }
        assertThat(disk.bytes(segment(2))).isNotEqualTo(second);
    }

    @Test
    void aMissingSegmentPutsWhatFollowsAside() throws Exception {
        write(30);
        disk.lose(segment(2));
        try (DocumentLog log = LogModel.open(disk)) {
            DamageKeptAside damage = (DamageKeptAside) log.opening();
            assertThat(damage.file()).isEqualTo(segment(3));
            assertThat(damage.message()).contains("00000003.segment.damaged-1", "peers");
        }
    }

    @Test
    void aNewerFormatIsRefusedAndLeftAsItIs() throws Exception {
        write(3);
        try (DocumentLog log = LogModel.open(disk)) {
            LogModel.compact(log, 3);
            LogModel.append(log, 3);
        }
        for (Path file : files("")) {
            SimulatedDisk newer = disk.afterPowerLoss(Loss.NOTHING, new Random(0));
            byte[] bytes = newer.bytes(file);
            ByteBuffer header = ByteBuffer.wrap(bytes);
            header.putShort(8, (short) 3);
            CRC32C crc = new CRC32C();
            crc.update(bytes, 0, 36);
            header.putInt(36, (int) crc.getValue());
            bytes[50] ^= 1;
            newer.put(file, bytes);
            if (file.equals(segment(1))) {
                continue; // Covered by the snapshot, so it is not even looked at.
            }
            List<Path> before = newer.all();
            long written = newer.writtenBytes();
            StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> LogModel.open(newer));
            assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.NEWER_FORMAT);
            assertThat(refused).hasMessageContaining("untouched").hasMessageContaining(file.toString());
            assertThat(newer.all()).isEqualTo(before);
            assertThat(newer.writtenBytes()).isEqualTo(written);
        }
    }

    @Test
    void theLogOfAnotherDocumentIsRefusedAndLeftAsItIs() throws Exception {
        write(3);
        byte[] otherBytes = new byte[16];
        otherBytes[0] = 1;
        DocumentId other = DocumentId.fromRandom(otherBytes);
        Path folder = LogModel.HOME.resolve(other.value());
        disk.createFolder(folder);
        disk.put(LogName.segment(1).in(folder), disk.bytes(segment(1)));
        byte[] before = disk.bytes(LogName.segment(1).in(folder));
        StoreRefused refused =
                catchThrowableOfType(StoreRefused.class, () -> new DocumentLogs(disk, LogModel.HOME).open(other));
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.DAMAGED);
        assertThat(disk.bytes(LogName.segment(1).in(folder))).isEqualTo(before);
    }

    @Test
    void whatIsKeptAsideHasABound() throws Exception {
        write(4);
        byte[] whole = disk.bytes(segment(1));
        for (int i = 1; i <= LogRepair.MAX_KEPT_ASIDE; i++) {
            disk.put(segment(1), whole);
            disk.flip(segment(1), whole.length - 1, i);
            LogModel.open(disk).close();
        }
        disk.put(segment(1), whole);
        disk.flip(segment(1), whole.length - 1, 77);
        byte[] damaged = disk.bytes(segment(1));
        StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> LogModel.open(disk));
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.DAMAGED);
        assertThat(disk.bytes(segment(1))).isEqualTo(damaged);
        assertThat(files(LogName.ASIDE)).hasSize(LogRepair.MAX_KEPT_ASIDE);
    }

    @Test
    void aForeignFileIsKeptAside() throws Exception {
        byte[] foreign = new byte[100_000];
        new Random(3).nextBytes(foreign);
        for (int length : new int[] {1, 39, 40, 79, 80, 81, 100_000}) {
            SimulatedDisk left = LogModel.disk();
            left.createFolder(LogModel.folder());
            left.put(segment(1), Arrays.copyOf(foreign, length));
            try (DocumentLog log = LogModel.open(left)) {
                DamageKeptAside damage = (DamageKeptAside) log.opening();
                assertThat(LogModel.count(log)).isZero();
                assertThat(left.bytes(damage.kept().get(0))).isEqualTo(Arrays.copyOf(foreign, length));
                LogModel.append(log, 0);
            }
            try (DocumentLog log = LogModel.open(left)) {
                assertThat(log.opening()).as("length " + length).isEqualTo(new Clean());
                assertThat(LogModel.count(log)).isEqualTo(1);
            }
        }
    }

    /** A log as the version before this one wrote it: one file, records 0 to 2. */
    private static final String OLD =
            "894d4c4f470d0a1a00016161616161616161616161616161616161616161616161616161a1f248b7000000048ffddcd87d63"
                    + "199901000000000000006d9689947650e8d86101000000016f0efb6892f94d68fccc2c35f0b84609e5f12c55dd85aba8d5d9"
                    + "bef76808f3b572e5900112b81927ba5bb5f67e1bda28b4049bf0e4aed78db15d7bf2fc0c34e9a99de4ef3bc2b17c8137ad65"
                    + "9878f9e93df1f658367aca286452474b9ef3765e24e9a88173724dddfb0000002068dac5198f8776f901000000029045c5e6"
                    + "175f1001eac32f7fcd5eccda5c6e62fc4e6385080f7b6cdb";

    @Test
    void aLogOfOneFileIsReadAndNoLongerWritten() throws Exception {
        byte[] old = oldLog();
        Path file = LogName.SINGLE_FILE.in(LogModel.folder());
        disk.put(file, old);
        try (DocumentLog log = LogModel.open(disk)) {
            assertThat(log.opening()).isEqualTo(new Clean());
            assertThat(LogModel.count(log)).isEqualTo(3);
            LogModel.append(log, 3);
        }
        assertThat(disk.bytes(file)).isEqualTo(old);
        try (DocumentLog log = LogModel.open(disk)) {
            assertThat(log.opening()).isEqualTo(new Clean());
            assertThat(LogModel.count(log)).isEqualTo(4);
            assertThat(LogModel.compact(log, 4)).isTrue();
            assertThat(disk.exists(file)).as("the only other way to the text").isTrue();
            LogModel.append(log, 4);
            assertThat(LogModel.compact(log, 5)).isTrue();
            assertThat(disk.exists(file)).isFalse();
        }
        try (DocumentLog log = LogModel.open(disk)) {
            assertThat(LogModel.count(log)).isEqualTo(5);
        }
    }

    @Test
    void aTornOrDamagedLogOfOneFileIsMended() throws Exception {
        byte[] old = oldLog();
        disk.put(LogName.SINGLE_FILE.in(LogModel.folder()), Arrays.copyOf(old, old.length - 1));
        try (DocumentLog log = LogModel.open(disk)) {
            assertThat(log.opening()).isInstanceOf(TornTailCut.class);
            assertThat(LogModel.count(log)).isEqualTo(2);
        }
        SimulatedDisk damaged = LogModel.disk();
        old[45] ^= 1;
        damaged.put(LogName.SINGLE_FILE.in(LogModel.folder()), old);
        try (DocumentLog log = LogModel.open(damaged)) {
            assertThat(log.opening()).isInstanceOf(DamageKeptAside.class);
            assertThat(LogModel.count(log)).isZero();
            LogModel.append(log, 0);
        }
        try (DocumentLog log = LogModel.open(damaged)) {
            assertThat(log.opening()).isEqualTo(new Clean());
            assertThat(LogModel.count(log)).isEqualTo(1);
        }
    }

    private static byte[] oldLog() {
        return HexFormat.of().parseHex(OLD);
    }

    private void write(int records) throws StoreRefused {
        try (DocumentLog log = LogModel.open(disk)) {
            for (int i = 0; i < records; i++) {
                LogModel.append(log, i);
            }
        }
    }

    private static Path segment(int number) {
        return LogName.segment(number).in(LogModel.folder());
    }

    private List<Path> files(String part) {
        return disk.all().stream()
                .filter(path -> LogModel.folder().equals(path.getParent())
                        && path.toString().contains(part))
                .toList();
    }
}
