package dev.metalog.server.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.server.store.file.SimulatedDisk.Loss;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The power fails at every moment while small files are made and replaced: each is the old one or the new one, whole. */
class SmallFilesCrashTest {
    private static final Path HOME = Path.of("/simulated").toAbsolutePath();
    private static final Path REPLACED = HOME.resolve("replaced");
    private static final int VERSIONS = 12;

    private final SimulatedDisk disk = new SimulatedDisk(HOME);
    private int safe = -1;
    private int made = -1;
    private int crashes;

    @Test
    void aFileIsTheOldOneOrTheNewOne() throws Exception {
        disk.watch(this::crash);
        for (int version = 0; version < VERSIONS; version++) {
            OwnerOnly.replace(disk, REPLACED, content(version));
            safe = version;
            assertThat(OwnerOnly.createNew(disk, HOME.resolve("made-" + version), content(version)))
                    .isTrue();
            assertThat(OwnerOnly.createNew(disk, HOME.resolve("made-" + version), content(99)))
                    .isFalse();
            made = version;
        }
        assertThat(crashes).isGreaterThan(1_000);
    }

    private void crash(String operation) {
        for (Loss loss : Loss.values()) {
            for (int again = 0; again < 3; again++) {
                crashes++;
                check(disk.afterPowerLoss(loss, new Random(crashes)), operation + ", " + loss);
            }
        }
    }

    private void check(SimulatedDisk left, String where) {
        if (safe >= 0) {
            assertThat(left.exists(REPLACED)).as(where).isTrue();
        }
        if (left.exists(REPLACED)) {
            assertThat(left.bytes(REPLACED)).as(where).isIn(content(Math.max(0, safe)), content(safe + 1));
        }
        for (int version = 0; version <= VERSIONS; version++) {
            Path file = HOME.resolve("made-" + version);
            assertThat(left.exists(file)).as(where).isIn(version <= made, version <= made + 1);
            if (left.exists(file)) {
                assertThat(left.bytes(file)).as(where).isEqualTo(content(version));
            }
        }
    }

    private static byte[] content(int version) {
        return ("version " + version + " " + "x".repeat(40 * version)).getBytes(StandardCharsets.UTF_8);
    }
}
