package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.peers.Moment;
import dev.metalog.server.peers.PeerBook;
import dev.metalog.server.peers.PeerRecord;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.WorkspaceClaim;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.store.file.Machine;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.Effect;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of peers on a real disk, through restarts, damage and a folder that takes nothing. */
final class PeersKeeperTest {
    private static final PeerId PEER = new PeerId("peer-" + "ab".repeat(20));
    private static final Moment NOW = new Moment(1, 1_800_000_000_000L);

    @TempDir
    Path home;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Journal journal = new Journal(new PrintStream(said, true, StandardCharsets.UTF_8));
    private WorkspaceFolder folder;
    private Path file;

    @BeforeEach
    void claim() throws StoreRefused {
        HomeFolder folders = HomeFolder.open(Map.of("META_LOG_HOME", home.toString()), "Linux", home.toString());
        folder = ((WorkspaceClaim.Held) WorkspaceFolder.claim(folders, home.toString())).folder();
        file = folder.path().resolve("peers");
    }

    @AfterEach
    void letGo() throws StoreRefused {
        folder.close();
    }

    private PeersKeeper keeper() throws StoreRefused {
        return new PeersKeeper(folder.peersFile(), journal);
    }

    private static List<PeerRecord> blocked() {
        PeerBook book = new PeerBook();
        book.heard(PEER, DocumentId.fromRandom(new byte[16]), NOW);
        book.block(PEER, NOW);
        return book.records();
    }

    @Test
    void aDecisionIsOnDiskWhenItIsAnsweredAndObservationsWhenItEnds() throws StoreRefused {
        try (PeersKeeper keeper = keeper()) {
            assertThat(keeper.stored().records()).isEmpty();
            assertThat(keeper.keep(new Effect.KeepPeers(blocked(), true))).isTrue();
            assertThat(keeper().stored().records()).isEqualTo(blocked());
            assertThat(keeper.keep(new Effect.KeepPeers(List.of(), false))).isTrue();
        }
        assertThat(keeper().stored().records()).isEmpty();
    }

    @Test
    void whatIsDamagedIsPutAsideAndThePersonIsToldThatNobodyIsBlocked() throws Exception {
        try (PeersKeeper keeper = keeper()) {
            keeper.keep(new Effect.KeepPeers(blocked(), true));
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThat(keeper().stored().trouble()).contains("peers.damaged-1").contains("Nobody is blocked");
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("peers.damaged-1");
        assertThat(Files.readAllBytes(file.resolveSibling("peers.damaged-1"))).isEqualTo(bytes);
        assertThat(keeper().stored().trouble()).as("told once").isNull();
    }

    @Test
    void aDiskThatTakesNothingIsToldOnceAndADecisionIsNotCalledKept() throws Exception {
        Machine.needModes(home);
        try (PeersKeeper keeper = keeper()) {
            AutoCloseable refusing = Machine.refusing(folder.path());
            try {
                assertThat(keeper.keep(new Effect.KeepPeers(blocked(), true))).isFalse();
                assertThat(keeper.keep(new Effect.KeepPeers(blocked(), true))).isFalse();
                assertThat(said.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
            } finally {
                refusing.close();
            }
            assertThat(keeper.keep(new Effect.KeepPeers(blocked(), true))).isTrue();
        }
    }
}
