package dev.metalog.server.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.server.store.file.SimulatedDisk;
import dev.metalog.server.store.file.SimulatedDisk.Loss;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.LogOpening.Clean;
import dev.metalog.server.store.log.LogOpening.DamageKeptAside;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Snapshots take the place of older records, and there are always two ways to the same text. */
class SnapshotTest {
    private final SimulatedDisk disk = LogModel.disk();

    @Test
    void aSnapshotIsDueWhenTheLogHasOutgrownTheLastOne() throws Exception {
        try (DocumentLog log = LogModel.open(disk)) {
            int number = 0;
            for (int snapshots = 0; snapshots < 5; snapshots++) {
                while (!log.wantsSnapshot()) {
                    LogModel.append(log, number++);
                }
                long before = log.sizeBytes();
                assertThat(LogModel.compact(log, number)).isTrue();
                assertThat(log.sizeBytes()).isLessThan(before);
                assertThat(log.wantsSnapshot()).isFalse();
                assertThat(LogModel.count(log)).isEqualTo(number);
            }
        }
    }

    @Test
    void theGenerationBeforeStays() throws Exception {
        int number = 0;
        try (DocumentLog log = LogModel.open(disk)) {
            for (int generation = 0; generation < 6; generation++) {
                for (int i = 0; i < 9; i++) {
                    LogModel.append(log, number++);
                }
                assertThat(LogModel.compact(log, number)).isTrue();
                assertThat(files(".snapshot")).hasSize(Math.min(2, generation + 1));
            }
            LogModel.append(log, number++);
            assertThat(files(".segment")).hasSizeLessThan(8);
        }
    }

    /** Whatever byte of the newest snapshot is damaged: nothing is lost, and the damaged one is kept aside. */
    @Test
    void aDamagedSnapshotCostsNothing() throws Exception {
        for (int snapshots = 1; snapshots <= 3; snapshots++) {
            SimulatedDisk whole = LogModel.disk();
            int number = 0;
            try (DocumentLog log = LogModel.open(whole)) {
                for (int i = 0; i < snapshots; i++) {
                    for (int j = 0; j < 7; j++) {
                        LogModel.append(log, number++);
                    }
                    LogModel.compact(log, number);
                }
                LogModel.append(log, number++);
            }
            Path newest = last(whole, ".snapshot");
            int length = whole.bytes(newest).length;
            for (int at = 0; at < length; at++) {
                SimulatedDisk damaged = whole.afterPowerLoss(Loss.NOTHING, new Random(0));
                damaged.flip(newest, at, 1 << at % 8);
                byte[] found = damaged.bytes(newest);
                try (DocumentLog log = LogModel.open(damaged)) {
                    assertThat(log.opening()).as("byte " + at).isInstanceOf(DamageKeptAside.class);
                    DamageKeptAside damage = (DamageKeptAside) log.opening();
                    assertThat(damage.isWhole()).isTrue();
                    assertThat(damage.message()).contains("Nothing is lost");
                    assertThat(damaged.bytes(damage.kept().get(0))).isEqualTo(found);
                    assertThat(LogModel.count(log)).as("byte " + at).isEqualTo(number);
                    LogModel.append(log, number);
                }
                try (DocumentLog log = LogModel.open(damaged)) {
                    assertThat(log.opening()).isEqualTo(new Clean());
                    assertThat(LogModel.count(log)).isEqualTo(number + 1);
                    assertThat(LogModel.compact(log, number + 1)).isTrue();
                }
                try (DocumentLog log = LogModel.open(damaged)) {
                    assertThat(log.opening()).isEqualTo(new Clean());
                    assertThat(LogModel.count(log)).isEqualTo(number + 1);
                }
            }
        }
    }

    /** Cut off between two records, every record of it is in order. */
    @Test
    void aSnapshotThatWasCutOffIsNone() throws Exception {
        fill(3);
        Path newest = last(disk, ".snapshot");
        byte[] bytes = disk.bytes(newest);
        for (int length = 0; length < bytes.length; length++) {
            SimulatedDisk cut = disk.afterPowerLoss(Loss.NOTHING, new Random(0));
            cut.put(newest, Arrays.copyOf(bytes, length));
            try (DocumentLog log = LogModel.open(cut)) {
                assertThat(LogModel.count(log)).as("length " + length).isEqualTo(3 * 7);
            }
        }
    }

    @Test
    void whenBothAreDamagedTheRestIsStillTold() throws Exception {
        fill(4);
        for (Path snapshot : files(".snapshot")) {
            disk.flip(snapshot, 90, 1);
        }
        try (DocumentLog log = LogModel.open(disk)) {
            DamageKeptAside damage = (DamageKeptAside) log.opening();
            assertThat(damage.isWhole()).isFalse();
            assertThat(damage.kept()).hasSize(2);
            int[] records = {0};
            log.replay((type, body) -> records[0]++);
            assertThat(records[0]).isPositive();
        }
    }

    @Test
    void aSnapshotThatSaysSomethingElseIsNotUsed() throws Exception {
        try (DocumentLog log = LogModel.open(disk)) {
            for (int i = 0; i < 10; i++) {
                LogModel.append(log, i);
            }
            LogSnapshot snapshot = log.beginSnapshot();
            StoreRefused refused = catchThrowableOfType(
                    StoreRefused.class, () -> snapshot.write(LogModel.snapshot(9), LogModel::difference));
            assertThat(refused).hasMessageContaining("10 records became 9");
            assertThat(files("snapshot")).isEmpty();
            LogModel.append(log, 10);
            assertThat(LogModel.compact(log, 11)).as("the next one").isTrue();
        }
        try (DocumentLog log = LogModel.open(disk)) {
            assertThat(LogModel.count(log)).isEqualTo(11);
        }
    }

    @Test
    void whatIsAppendedMeanwhileComesBehindTheSnapshot() throws Exception {
        try (DocumentLog log = LogModel.open(disk)) {
            for (int i = 0; i < 5; i++) {
                LogModel.append(log, i);
            }
            LogSnapshot snapshot = log.beginSnapshot();
            assertThat(log.beginSnapshot()).as("one at a time").isNull();
            for (int i = 5; i < 25; i++) {
                LogModel.append(log, i);
            }
            snapshot.write(LogModel.snapshot(5), LogModel::difference);
            LogModel.append(log, 25);
            assertThat(LogModel.count(log)).isEqualTo(26);
        }
        try (DocumentLog log = LogModel.open(disk)) {
            assertThat(LogModel.count(log)).isEqualTo(26);
        }
    }

    @Test
    void aSnapshotOfNothingNewIsNotMade() throws Exception {
        fill(1);
        try (DocumentLog log = LogModel.open(disk)) {
            assertThat(log.beginSnapshot()).isNull();
        }
    }

    @Test
    void aSnapshotThatComesAfterTheEndIsDropped() throws Exception {
        DocumentLog log = LogModel.open(disk);
        LogModel.append(log, 0);
        LogSnapshot snapshot = log.beginSnapshot();
        log.close();
        snapshot.write(LogModel.snapshot(1), LogModel::difference);
        // Another process may hold the lock by now, so what is unfinished stays for whoever opens the log.
        assertThat(files("snapshot"))
                .hasSize(1)
                .allMatch(file -> file.toString().endsWith(LogSnapshot.UNFINISHED));
        LogModel.open(disk).close();
        assertThat(files("snapshot")).isEmpty();
    }

    /** After every operation of many snapshots: the power fails, and then the newest snapshot turns out to be damaged. */
    @Test
    void theOlderWayIsThereWheneverThePowerFails() throws Exception {
        int[] safe = {0};
        int[] tried = {0};
        disk.watch(operation -> {
            SimulatedDisk left = disk.afterPowerLoss(Loss.EVERYTHING, new Random(tried[0]));
            List<Path> snapshots = left.all().stream()
                    .filter(path -> path.toString().endsWith(".snapshot"))
                    .toList();
            if (!snapshots.isEmpty()) {
                left.flip(snapshots.get(snapshots.size() - 1), 100, 4);
                try (DocumentLog log = LogModel.open(left)) {
                    assertThat(LogModel.count(log)).as(operation).isGreaterThanOrEqualTo(safe[0]);
                } catch (StoreRefused e) {
                    throw new AssertionError(operation, e);
                }
                tried[0]++;
            }
        });
        DocumentLog log = LogModel.open(disk);
        int number = 0;
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 8; j++) {
                LogModel.append(log, number++);
            }
            log.sync();
            safe[0] = number;
            LogModel.compact(log, number);
        }
        log.close();
        assertThat(tried[0]).isGreaterThan(100);
    }

    private void fill(int snapshots) throws StoreRefused {
        try (DocumentLog log = LogModel.open(disk)) {
            int number = 0;
            for (int i = 0; i < snapshots; i++) {
                for (int j = 0; j < 7; j++) {
                    LogModel.append(log, number++);
                }
                assertThat(LogModel.compact(log, number)).isTrue();
            }
        }
    }

    private static Path last(SimulatedDisk disk, String end) {
        List<Path> all = disk.all().stream()
                .filter(path -> path.toString().endsWith(end))
                .toList();
        return all.get(all.size() - 1);
    }

    private List<Path> files(String part) {
        return disk.all().stream()
                .filter(path -> LogModel.folder().equals(path.getParent())
                        && path.toString().contains(part))
                .toList();
    }
}
