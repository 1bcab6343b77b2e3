package dev.metalog.server.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.server.store.file.SimulatedDisk;
import dev.metalog.server.store.file.SimulatedDisk.Loss;
import dev.metalog.server.store.file.StoreRefused;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The power fails, or the process is killed, after every single operation of a log that is appended to, synced, replaced
 * by snapshots and opened again: what was synced is there, what the system had is there after a mere kill, and the log
 * opens every time and goes on. So it does when the power fails once more while that is being put right.
 */
class LogCrashTest {
    private static final int SEEDS = Integer.getInteger("metalog.crash.seeds", 8);
    private static final int STEPS = 70;
    private static final List<Loss> LOSSES = List.of(Loss.values());
    private static final int ENOUGH_CRASHES = 5_000;

    /** One history of a log, and every crash in it. */
    private static final class History {
        final long seed;
        final Random random;
        final SimulatedDisk disk = LogModel.disk();
        int appended;
        int safe;
        int crashes;
        int operations;

        History(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() throws StoreRefused {
            disk.watch(this::crash);
            DocumentLog log = LogModel.open(disk);
            for (int step = 0; step < STEPS; step++) {
                log = step(log);
            }
            log.close();
            safe = appended;
            disk.watch(operation -> {});
            check(disk, "in the end", Loss.EVERYTHING, new Random(seed));
        }

        private DocumentLog step(DocumentLog log) throws StoreRefused {
            switch (random.nextInt(12)) {
                case 0, 1 -> {
                    int before = appended;
                    log.sync();
                    safe = before;
                }
                case 2 -> LogModel.compact(log, appended);
                case 3 -> {
                    log.close();
                    safe = appended;
                    return LogModel.open(disk);
                }
                default -> {
                    assertThat(LogModel.append(log, appended)).isEqualTo(DocumentLog.Appended.WRITTEN);
                    appended++;
                }
            }
            return log;
        }

        private void crash(String operation) {
            operations++;
            for (Loss loss : Loss.values()) {
                Random own = new Random(seed * 1_000_003 + crashes);
                String where = "seed " + seed + ", operation " + operations + " (" + operation + "), " + loss;
                check(disk.afterPowerLoss(loss, own), where, loss, own);
                crashes++;
            }
        }

        private void check(SimulatedDisk left, String where, Loss loss, Random own) {
            int atLeast = loss == Loss.NOTHING ? appended : safe;
            int crashAgainAt = own.nextInt(3) == 0 ? own.nextInt(8) : -1;
            int[] operation = {0};
            SimulatedDisk[] again = new SimulatedDisk[1];
            left.watch(done -> {
                if (operation[0]++ == crashAgainAt) {
                    again[0] = left.afterPowerLoss(LOSSES.get(own.nextInt(LOSSES.size())), own);
                }
            });
            recover(left, where, atLeast, appended + 1, loss);
            if (again[0] != null) {
                crashes++;
                // What is appended once it is open again may be there already.
                recover(again[0], where + ", and again after " + crashAgainAt, atLeast, appended + 2, Loss.REORDERED);
            }
        }

        private void recover(SimulatedDisk left, String where, int atLeast, int atMost, Loss loss) {
            try {
                DocumentLog log = LogModel.open(left);
                int found = LogModel.count(log);
                assertThat(found).as(where).isBetween(atLeast, atMost);
                if (loss != Loss.REORDERED) {
                    assertThat(log.opening()).as(where).isNotInstanceOf(LogOpening.DamageKeptAside.class);
                }
                LogModel.append(log, found);
                log.close();
                left.watch(done -> {});
                try (DocumentLog next = LogModel.open(left.afterPowerLoss(Loss.EVERYTHING, new Random(0)))) {
                    assertThat(next.opening()).as(where).isEqualTo(new LogOpening.Clean());
                    assertThat(LogModel.count(next)).as(where).isEqualTo(found + 1);
                }
            } catch (StoreRefused | AssertionError e) {
                throw new AssertionError(where + ": " + e.getMessage() + "; on the disk: " + left.all(), e);
            }
        }
    }

    @Test
    void nothingThatWasSafeIsLostWhereverThePowerFails() throws Exception {
        long first = Long.getLong("metalog.seed", 1);
        int crashes = 0;
        for (long seed = first; seed < first + SEEDS; seed++) {
            History history = new History(seed);
            history.run();
            crashes += history.crashes;
        }
        System.out.println("LogCrashTest: " + crashes + " crashes, 0 lost, 0 that did not open (seeds " + first + " to "
                + (first + SEEDS - 1) + ")");
        if (Long.getLong("metalog.seed") == null) {
            assertThat(crashes).isGreaterThan(ENOUGH_CRASHES);
        }
    }
}
