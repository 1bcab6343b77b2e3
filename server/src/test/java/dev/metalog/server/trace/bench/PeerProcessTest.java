package dev.metalog.server.trace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that behave badly: each is a real process, of a few lines of shell. */
@Timeout(120)
final class PeerProcessTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void needsAShell() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh here");
    }

    private PeerProcess peer(int limitSeconds, String script) throws IOException {
        Path file = Files.writeString(folder.resolve("peer.sh"), script);
        return new PeerProcess(
                "peer", List.of("/bin/sh", file.toString()), folder, folder.resolve("trace"), limitSeconds);
    }

    @Test
    void itIsAskedLineByLineAndAnswers() throws Exception {
        try (PeerProcess peer = peer(60, """
                while read -r line; do
                  printf '%s\\n' "$line" >>asked
                  echo '{"value": 1.5, "tail": 9, "differs": true}'
                done
                """)) {
            assertThat(peer.run(Operation.MERGE)).isEqualTo(new Reading(1.5, 9, true));
            assertThat(peer.run(Operation.OPEN).value()).isEqualTo(1.5);
        }
        assertThat(Files.readAllLines(folder.resolve("asked"))).hasSize(3).satisfies(lines -> {
            assertThat(lines.get(0)).contains("load", "trace");
            assertThat(lines.get(1)).contains("run", "merge");
            assertThat(lines.get(2)).contains("run", "open");
        });
    }

    @Test
    void aReasonIsPassedOnAndTheProcessGoesOn() throws Exception {
        try (PeerProcess peer = peer(60, """
                read -r load; echo '{"value": 1}'
                read -r one; echo '{"failed": "out of luck"}'
                read -r two; echo '{"value": 2, "tail": null}'
                """)) {
            assertThatThrownBy(() -> peer.run(Operation.MERGE))
                    .isInstanceOf(RunFailedException.class)
                    .hasMessage("out of luck");
            assertThat(peer.run(Operation.MERGE)).isEqualTo(new Reading(2, Double.NaN, false));
        }
    }

    @Test
    void whoTakesTooLongIsEndedAndTheNextOperationStartsAnother() throws Exception {
        try (PeerProcess peer = peer(2, """
                read -r load; echo '{"value": 1}'
                read -r run
                if [ -e before ]; then echo '{"value": 3}'; else : >before; exec sleep 600; fi
                """)) {
            assertThatThrownBy(() -> peer.run(Operation.SINGLY))
                    .isInstanceOf(RunFailedException.class)
                    .hasMessageContaining("more than 2 s");
            assertThat(peer.run(Operation.OPEN).value()).isEqualTo(3);
        }
    }

    @Test
    void whoTakesTooLongTwiceIsNotTriedAgain() throws Exception {
        try (PeerProcess peer = peer(1, "echo started >>starts; exec sleep 600")) {
            for (Operation operation : new Operation[] {Operation.SINGLY, Operation.MERGE}) {
                assertThatThrownBy(() -> peer.run(operation)).hasMessageContaining("more than 1 s");
            }
            assertThatThrownBy(() -> peer.run(Operation.OPEN))
                    .isInstanceOf(RunFailedException.class)
                    .hasMessageContaining("not tried");
        }
        assertThat(Files.readAllLines(folder.resolve("starts"))).hasSize(2);
    }

    @Test
    void whoEndsOrTalksNonsenseHasFailed() throws Exception {
        try (PeerProcess gone = peer(60, "read -r load; exit 3")) {
            assertThatThrownBy(() -> gone.run(Operation.OPEN)).hasMessageContaining("ended");
        }
        try (PeerProcess nonsense = peer(60, "read -r load; echo hello")) {
            assertThatThrownBy(() -> nonsense.run(Operation.OPEN)).hasMessageContaining("no JSON");
        }
        try (PeerProcess empty = peer(60, "read -r load; echo '{}'; read -r run; echo '{}'")) {
            assertThatThrownBy(() -> empty.run(Operation.OPEN)).hasMessageContaining("without a value");
        }
        PeerProcess absent = new PeerProcess("absent", List.of("/no/such/program"), folder, folder, 60);
        assertThatThrownBy(() -> absent.run(Operation.OPEN)).hasMessageContaining("could not be started");
    }
}
