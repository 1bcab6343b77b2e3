package dev.metalog.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.server.store.file.Machine;
import dev.metalog.server.store.file.StoreRefused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeFolderTest {
    @TempDir
    Path temporary;

    @Test
    void thePersonsChoiceComesFirst() throws StoreRefused {
        Map<String, String> environment =
                Map.of("META_LOG_HOME", "/chosen", "XDG_DATA_HOME", "/xdg", "LOCALAPPDATA", "/local");
        for (String system : new String[] {"Linux", "Mac OS X", "Windows 11", "FreeBSD"}) {
            assertThat(HomeFolder.locate(environment, system, "/home/u")).isEqualTo(Path.of("/chosen"));
        }
    }

    @Test
    void everyPlatformHasItsPlace() throws StoreRefused {
        assertThat(HomeFolder.locate(Map.of(), "Linux", "/home/u")).isEqualTo(Path.of("/home/u/.local/share/meta-log"));
        assertThat(HomeFolder.locate(Map.of("META_LOG_HOME", " "), "Linux", "/home/u"))
                .isEqualTo(Path.of("/home/u/.local/share/meta-log"));
        assertThat(HomeFolder.locate(Map.of("XDG_DATA_HOME", "/xdg"), "Linux", "/home/u"))
                .isEqualTo(Path.of("/xdg/meta-log"));
        assertThat(HomeFolder.locate(Map.of("XDG_DATA_HOME", "relative"), "Linux", "/home/u"))
                .isEqualTo(Path.of("/home/u/.local/share/meta-log"));
        assertThat(HomeFolder.locate(Map.of(), "Mac OS X", "/Users/u"))
                .isEqualTo(Path.of("/Users/u/Library/Application Support/meta-log"));
        assertThat(HomeFolder.locate(Map.of("LOCALAPPDATA", "/local"), "Windows 11", "/u"))
                .isEqualTo(Path.of("/local/meta-log"));
        assertThat(HomeFolder.locate(Map.of(), "Windows 11", "/u")).isEqualTo(Path.of("/u/AppData/Local/meta-log"));
    }

    @Test
    void whatIsMissingIsMadeForItsOwnerOnly() throws Exception {
        Machine.needModes(temporary);
        Path chosen = temporary.resolve("a").resolve("b");
        HomeFolder home = HomeFolder.open(Map.of("META_LOG_HOME", chosen.toString()), "Linux", "/nowhere");
        assertThat(home.path()).isEqualTo(chosen);
        assertThat(Machine.mode(chosen)).isEqualTo("rwx------");
        assertThat(Machine.mode(home.identityFolder())).isEqualTo("rwx------");
        assertThat(Machine.mode(home.workspaceFolder("w"))).isEqualTo("rwx------");
        assertThat(Machine.mode(chosen.resolve("workspaces"))).isEqualTo("rwx------");
        assertThat(Machine.filesIn(chosen))
                .containsExactlyInAnyOrder(chosen.resolve("identity"), chosen.resolve("workspaces"));
        assertThat(HomeFolder.open(chosen).path()).isEqualTo(chosen);
    }

    @Test
    void aFileInItsPlaceIsSaid() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "a person's file");
        for (Path chosen : new Path[] {file, file.resolve("below")}) {
            StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> HomeFolder.open(chosen));
            assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.NOT_A_FOLDER);
            assertThat(refused.where()).isEqualTo(chosen);
            assertThat(refused).hasMessageContaining(chosen.toString()).hasMessageContaining("META_LOG_HOME");
        }
        assertThat(file).hasContent("a person's file");
    }

    @Test
    void aFolderWithoutPermissionIsSaid() throws Exception {
        Machine.needModes(temporary);
        Path folder = Files.createDirectory(temporary.resolve("refusing"));
        try (AutoCloseable refusing = Machine.refusing(folder)) {
            assertThat(refusing).isNotNull();
            for (Path chosen : new Path[] {folder, folder.resolve("below")}) {
                StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> HomeFolder.open(chosen));
                assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.NO_PERMISSION);
                assertThat(refused.where()).isEqualTo(chosen);
                assertThat(refused.whatToDo()).contains("META_LOG_HOME");
            }
        }
    }

    @Test
    void aPlaceWhereNothingCanBeMadeIsSaidWithItsSettingAndAWayOut() {
        // The kernel answers ENOENT to whoever makes a folder here, also to root.
        Path nowhere = Path.of("/proc/meta-log-home");
        Machine.need(Files.isDirectory(Path.of("/proc/self")), "There is no /proc here, where nothing can be made.");
        for (Path chosen : new Path[] {nowhere, nowhere.resolve("below")}) {
            StoreRefused refused = catchThrowableOfType(
                    StoreRefused.class,
                    () -> HomeFolder.open(Map.of("META_LOG_HOME", chosen.toString()), "Linux", "/home/u"));
            assertThat(refused.where().startsWith(nowhere)).isTrue();
            assertThat(refused)
                    .hasMessageContaining(refused.where() + ": META_LOG_HOME names this folder")
                    .hasMessageContaining("Making this folder failed: there is no such place.")
                    .hasMessageContaining("Set META_LOG_HOME to a folder of your own");
        }
    }

    @Test
    void theDefaultPlaceIsNotBlamedOnASettingThatIsNotThere() throws Exception {
        Path file = Files.writeString(temporary.resolve("share"), "in the way");
        StoreRefused refused = catchThrowableOfType(
                StoreRefused.class,
                () -> HomeFolder.open(Map.of("XDG_DATA_HOME", file.toString()), "Linux", "/home/u"));
        assertThat(refused)
                .hasMessageStartingWith(file.resolve("meta-log").toString())
                .hasMessageContaining("META_LOG_HOME is not set")
                .hasMessageContaining("Set META_LOG_HOME to a folder of your own");
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.NOT_A_FOLDER);
    }
}
