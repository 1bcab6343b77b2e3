package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.PeerId;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.WorkspaceClaim;
import dev.metalog.server.store.WorkspaceFolder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeardUpToKeeperTest {
    private static final PeerId ADA = new PeerId("peer-" + "ab".repeat(20));
    private static final PeerId BEN = new PeerId("peer-" + "cd".repeat(20));

    @TempDir
    Path home;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private HeardUpToKeeper keeper(WorkspaceFolder folder) {
        return new HeardUpToKeeper(
                folder.heardUpToFile(), new Journal(new PrintStream(said, true, StandardCharsets.UTF_8)));
    }

    @Test
    void theNewestIsThereAgainAndDamageIsSaid() throws Exception {
        HomeFolder folders = HomeFolder.open(Map.of("META_LOG_HOME", home.toString()), "Linux", home.toString());
        try (WorkspaceFolder folder =
                ((WorkspaceClaim.Held) WorkspaceFolder.claim(folders, home.toString())).folder()) {
            try (HeardUpToKeeper keeper = keeper(folder)) {
                assertThat(keeper.stored()).isEmpty();
                for (long i = 0; i <= 100; i++) {
                    keeper.keep(Map.of(ADA, 1_800_000_000_000L + i, BEN, i));
                }
            }
            assertThat(keeper(folder).stored()).isEqualTo(Map.of(ADA, 1_800_000_000_100L, BEN, 100L));
            Path file = folder.path().resolve("heard");
            Files.writeString(file, Files.readString(file).replace("100", "900"));
            assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
            assertThat(keeper(folder).stored()).isEmpty();
            assertThat(said.toString(StandardCharsets.UTF_8)).contains("may be taken once more");
        }
    }
}
