package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ada's machine has its clock set forth and back while she and Ben type: nothing stands still and no connection is given up. The
 * clock is that of her editor and sidecar alone, which a library in front of the system's own tells another time.
 */
final class ClockJumpIT {
    @RegisterExtension
    private final Rig rig = new Rig();

    private Path clock;

    @ParameterizedTest
    @ValueSource(strings = {"mosquitto", "embedded", "direct"})
    void typingGoesOnWhateverTheClockSays(String way) throws Exception {
        clock = rig.folder("clock").resolve("offset");
        jump(0);
        String broker = way.equals("mosquitto")
                ? Mosquitto.open(rig).url()
                : EmbeddedBroker.start(rig).url();
        String direct = way.equals("direct") ? "loopback" : "off";
        Driven ada = start(rig.seat("ada", broker)
                .with("LD_PRELOAD", library())
                .with("META_LOG_TEST_CLOCK", clock.toString())
                .with("META_LOG_DIRECT", direct));
        Driven ben = start(rig.seat("ben", broker).with("META_LOG_DIRECT", direct));
        ada.open(ada.seat().file("plan.txt", "begun\n"));
        ben.join(ada.share(), ben.seat().workspace().resolve("plan.txt"));
        ben.waitForText("begun\n");

        for (long offset : List.of(3_600L, -2 * 86_400L, 400 * 86_400L, 0L)) {
            jump(offset);
            assertThat(clockOf(ada.seat())).isCloseTo(System.currentTimeMillis() / 1_000 + offset, within(60L));
            typeBothWays(ada, ben, offset);
        }
        assertThat(ada.text()).isEqualTo(ben.text());
        for (Driven each : List.of(ada, ben)) {
            assertThat(connections(each)).as("connections to the broker").isOne();
            assertThat(each.seat().logged()).doesNotContain("is down");
            assertThat(each.seat().logged().lines().count())
                    .as("lines in the log")
                    .isLessThan(100);
        }
    }

    /** What any program is told in that place, in seconds. */
    private long clockOf(Seat seat) throws Exception {
        String said = Run.successfully(
                rig, seat.workspace(), seat.environment(), Duration.ofSeconds(10), List.of("date", "+%s"));
        return Long.parseLong(said.strip());
    }

    private static void typeBothWays(Driven ada, Driven ben, long offset) throws Exception {
        for (int i = 0; i < 10; i++) {
            String hers = "ada " + offset + " " + i + "\n";
            String his = "ben " + offset + " " + i + "\n";
            ada.insert(0, hers);
            ben.insert(0, his);
            ben.waitForContains(hers);
            ada.waitForContains(his);
        }
    }

    private Driven start(Seat seat) throws Exception {
        return rig.keep(headless().start(seat)).federated();
    }

    private String library() throws Exception {
        Tools.need(System.getProperty("os.name").equals("Linux"), "a Linux, whose programs can be given another clock");
        String compiler = Tools.need("cc", "Debian: apt-get install gcc libc6-dev");
        Path folder = rig.folder("shim");
        Path source = folder.resolve("clock.c");
        try (InputStream text = ClockJumpIT.class.getResourceAsStream("clock.c")) {
            Files.copy(text, source);
        }
        Path library = folder.resolve("clock.so");
        Run.successfully(
                rig,
                folder,
                Map.of(),
                Duration.ofSeconds(60),
                List.of(compiler, "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl"));
        return library.toString();
    }

    /** Whoever reads the file sees the one time or the other. */
    private void jump(long offsetSeconds) throws IOException {
        Path written = Files.writeString(clock.resolveSibling("written"), offsetSeconds + "\n");
        Files.move(written, clock, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static long connections(Driven editor) {
        return editor.events("connection").stream()
                .filter(Events.state("connected"))
                .count();
    }
}
