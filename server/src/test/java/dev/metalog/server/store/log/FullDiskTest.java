package dev.metalog.server.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.server.store.file.SimulatedDisk;
import dev.metalog.server.store.file.SimulatedDisk.Loss;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.DocumentLog.Appended;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A disk that is full, read-only, or fails: nothing waits for it, nothing is skipped, and nothing is claimed that is not so. */
class FullDiskTest {
    private final SimulatedDisk disk = LogModel.disk();

    @Test
    void whatAFullDiskDidNotTakeIsWrittenFirstWhenItHasRoomAgain() throws Exception {
        for (int space = 0; space < 400; space += 7) {
            SimulatedDisk full = LogModel.disk();
            try (DocumentLog log = LogModel.open(full)) {
                LogModel.append(log, 0);
                full.space(space);
                int number = 1;
                while (LogModel.append(log, number++) == Appended.WRITTEN) {
                    // Until it is full.
                }
                assertThat(log.isBehind()).isTrue();
                for (int more = 0; more < 20; more++) {
                    assertThat(LogModel.append(log, number++)).isEqualTo(Appended.WAITING);
                }
                assertThat(LogModel.count(log)).as("while it is full").isBetween(1, number - 20);
                full.space(Long.MAX_VALUE);
                assertThat(LogModel.append(log, number++)).isEqualTo(Appended.WRITTEN);
                assertThat(log.isBehind()).isFalse();
                assertThat(LogModel.count(log)).isEqualTo(number);
            }
            try (DocumentLog log = LogModel.open(full.afterPowerLoss(Loss.EVERYTHING, new Random(0)))) {
                assertThat(log.opening()).isEqualTo(new LogOpening.Clean());
                assertThat(LogModel.count(log)).isGreaterThan(21);
            }
        }
    }

    /** Nobody types any more when the room comes: the next sync writes what waits. */
    @Test
    void aSyncWritesWhatWaits() throws Exception {
        try (DocumentLog log = LogModel.open(disk)) {
            disk.refuse("Read-only file system");
            assertThat(LogModel.append(log, 0)).isEqualTo(Appended.WAITING);
            assertThat(LogModel.append(log, 1)).isEqualTo(Appended.WAITING);
            disk.refuse(null);
            log.sync();
            assertThat(log.isBehind()).isFalse();
            DocumentLog after = LogModel.open(disk.afterPowerLoss(Loss.EVERYTHING, new Random(0)));
            assertThat(LogModel.count(after)).isEqualTo(2);
        }
    }

    @Test
    void whatWaitsHasABoundAndThenTheLogTakesNoMore() throws Exception {
        DocumentLog log = LogModel.open(disk, LogModel.SMALL, 1_000);
        LogModel.append(log, 0);
        disk.space(0);
        int number = 1;
        StoreRefused refused = null;
        while (refused == null) {
            int next = number++;
            refused = catchThrowableOfType(StoreRefused.class, () -> LogModel.append(log, next));
        }
        assertThat(number).isBetween(6, 20);
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.NO_SPACE);
        assertThat(refused).hasMessageContaining("Save the file");
        disk.space(Long.MAX_VALUE);
        int last = number;
        assertThat(catchThrowableOfType(StoreRefused.class, () -> LogModel.append(log, last))
                        .reason())
                .isEqualTo(StoreRefused.Reason.FAILED_BEFORE);
        assertThat(catchThrowableOfType(StoreRefused.class, log::close)).hasMessageContaining("were not written");
        try (DocumentLog after = LogModel.open(disk)) {
            assertThat(LogModel.count(after)).as("no hole").isEqualTo(1);
        }
    }

    @Test
    void anotherFailureIsForGood() throws Exception {
        DocumentLog log = LogModel.open(disk);
        LogModel.append(log, 0);
        disk.refuse("Input/output error");
        assertThat(catchThrowableOfType(StoreRefused.class, () -> LogModel.append(log, 1))
                        .reason())
                .isEqualTo(StoreRefused.Reason.FAILED);
        disk.refuse(null);
        assertThat(catchThrowableOfType(StoreRefused.class, () -> LogModel.append(log, 2))
                        .reason())
                .isEqualTo(StoreRefused.Reason.FAILED_BEFORE);
    }

    /** The system says it once; the second time it would report success without having written anything. */
    @Test
    void aSyncThatFailsIsNotTriedAgain() throws Exception {
        for (int after = 0; after < 2; after++) {
            SimulatedDisk failing = LogModel.disk();
            DocumentLog log = LogModel.open(failing);
            LogModel.append(log, 0);
            failing.failForce(after);
            StoreRefused refused = catchThrowableOfType(StoreRefused.class, log::sync);
            assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.FAILED);
            assertThat(catchThrowableOfType(StoreRefused.class, log::sync).reason())
                    .isEqualTo(StoreRefused.Reason.FAILED_BEFORE);
            assertThat(catchThrowableOfType(StoreRefused.class, () -> LogModel.append(log, 1))
                            .reason())
                    .isEqualTo(StoreRefused.Reason.FAILED_BEFORE);
            log.close();
        }
    }

    @Test
    void aSnapshotThatDoesNotFitChangesNothing() throws Exception {
        for (int space = 0; space < 240; space += 20) {
            SimulatedDisk full = LogModel.disk();
            DocumentLog log = LogModel.open(full);
            for (int i = 0; i < 30; i++) {
                LogModel.append(log, i);
            }
            full.space(space);
            StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> LogModel.compact(log, 30));
            assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.NO_SPACE);
            full.space(Long.MAX_VALUE);
            LogModel.append(log, 30);
            assertThat(LogModel.count(log)).isEqualTo(31);
            assertThat(LogModel.compact(log, 31)).as("tried again").isTrue();
            LogModel.append(log, 31);
            log.close();
            try (DocumentLog after = LogModel.open(full)) {
                assertThat(after.opening()).isEqualTo(new LogOpening.Clean());
                assertThat(LogModel.count(after)).isEqualTo(32);
            }
        }
    }
}
