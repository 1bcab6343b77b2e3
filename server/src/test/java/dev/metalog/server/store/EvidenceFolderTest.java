package dev.metalog.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was typed in vain lies beside the evidence, bounded, and in nobody else's sight. */
class EvidenceFolderTest {
    @TempDir
    Path workspace;

    @Test
    void whatWasTypedIsTheOwnersAloneAndGrowsInItsFile() throws Exception {
        EvidenceFolder folder = new EvidenceFolder(workspace);
        Path file = folder.keepTyped("one", bytes("a"));
        assertThat(folder.keepTyped("one", bytes("ab"))).isEqualTo(file);
        assertThat(file).hasContent("ab");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(folder.files()).as("it is no evidence").isEmpty();
    }

    @Test
    void theOldestMakesRoomAndTakesNoEvidenceWithIt() throws Exception {
        EvidenceFolder folder = new EvidenceFolder(workspace);
        folder.keep("000", bytes("{}"));
        for (int i = 0; i < EvidenceFolder.MOST_TYPED + 3; i++) {
            folder.keepTyped("1%02d".formatted(i), bytes("a"));
        }
        assertThat(folder.files()).hasSize(1);
        try (Stream<Path> all = Files.list(workspace.resolve("evidence"))) {
            assertThat(all.map(file -> file.getFileName().toString()))
                    .hasSize(EvidenceFolder.MOST_TYPED + 1)
                    .doesNotContain("102.typed.txt")
                    .contains("103.typed.txt");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
