package dev.metalog.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.server.store.WorkspaceClaim.Held;
import dev.metalog.server.store.WorkspaceClaim.Taken;
import dev.metalog.server.store.file.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceFolderTest {
    @TempDir
    Path temporary;

    private HomeFolder home;
    private String root;

    /** Claims a workspace in a process of its own, says what came of it, and stays until it is ended. */
    static final class Claimer {
        private Claimer() {}

        public static void main(String[] arguments) throws Exception {
            HomeFolder home = HomeFolder.open(Path.of(arguments[0]));
            WorkspaceClaim claim = WorkspaceFolder.claim(home, arguments[1]);
            System.out.println(claim.<String>dispatch(new WorkspaceClaim.Handler<>() {
                @Override
                public String held(Held held) {
                    return "held";
                }

                @Override
                public String taken(Taken taken) {
                    return "taken by " + taken.pid();
                }
            }));
            System.in.read();
        }
    }

    @BeforeEach
    void open() throws Exception {
        home = HomeFolder.open(temporary.resolve("home"));
        root = Files.createDirectory(temporary.resolve("project")).toString();
    }

    @Test
    void aWorkspaceIsHeldUntilItIsClosed() throws Exception {
        WorkspaceFolder folder = held(WorkspaceFolder.claim(home, root));
        WorkspaceClaim second = WorkspaceFolder.claim(home, root);
        assertThat(second).isInstanceOf(Taken.class);
        assertThat(((Taken) second).pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(((Taken) second).message())
                .contains("process " + ProcessHandle.current().pid())
                .contains(folder.path().toString());
        folder.close();
        folder.close();
        held(WorkspaceFolder.claim(home, root)).close();
    }

    @Test
    void closingTwiceDoesNotLetGoWhatIsHeldAgain() throws Exception {
        WorkspaceFolder first = held(WorkspaceFolder.claim(home, root));
        first.close();
        WorkspaceFolder second = held(WorkspaceFolder.claim(home, root));
        first.close();
        assertThat(WorkspaceFolder.claim(home, root)).isInstanceOf(Taken.class);
        second.close();
    }

    @Test
    void anotherProcessLearnsWhoHoldsIt() throws Exception {
        try (WorkspaceFolder ignored = held(WorkspaceFolder.claim(home, root));
                Machine.Child child = claimer()) {
            assertThat(ignored).isNotNull();
            assertThat(child.line())
                    .isEqualTo("taken by " + ProcessHandle.current().pid());
        }
    }

    /** The POSIX trap: a failed second claim in this process must not give the lock away to others. */
    @Test
    void aSecondClaimHereDoesNotLoseTheLock() throws Exception {
        try (WorkspaceFolder ignored = held(WorkspaceFolder.claim(home, root))) {
            assertThat(ignored).isNotNull();
            assertThat(WorkspaceFolder.claim(home, root)).isInstanceOf(Taken.class);
            try (Machine.Child child = claimer()) {
                assertThat(child.line())
                        .isEqualTo("taken by " + ProcessHandle.current().pid());
            }
        }
    }

    @Test
    void aKilledHolderLeavesTheWorkspaceFree() throws Exception {
        try (Machine.Child child = claimer()) {
            assertThat(child.line()).isEqualTo("held");
            WorkspaceClaim claim = WorkspaceFolder.claim(home, root);
            assertThat(claim).isInstanceOf(Taken.class);
            assertThat(((Taken) claim).pid()).isEqualTo(child.pid());
            child.kill();
            held(WorkspaceFolder.claim(home, root)).close();
        }
    }

    @Test
    void allSpellingsOfAFolderAreOneWorkspace() throws Exception {
        Path link = temporary.resolve("link");
        Files.createSymbolicLink(link, Path.of(root));
        try (WorkspaceFolder folder = held(WorkspaceFolder.claim(home, root))) {
            assertThat(folder.path().getFileName().toString()).matches("[a-z2-7]{26}");
            for (String spelling : new String[] {
                root + "/",
                root + "/.",
                root + "/../project",
                link.toString(),
                Path.of(root).toUri().toString(),
                "file://" + root,
                "FILE://" + root + "/",
            }) {
                assertThat(WorkspaceFolder.claim(home, spelling)).as(spelling).isInstanceOf(Taken.class);
            }
        }
    }

    @Test
    void otherRootsAreOtherWorkspaces() throws Exception {
        try (WorkspaceFolder first = held(WorkspaceFolder.claim(home, root));
                WorkspaceFolder second = held(WorkspaceFolder.claim(home, root + "/missing"));
                WorkspaceFolder third = held(WorkspaceFolder.claim(home, "vscode-remote://host/a"));
                WorkspaceFolder fourth = held(WorkspaceFolder.claim(home, "vscode-remote://host/b"));
                WorkspaceFolder fifth = held(WorkspaceFolder.claim(home, "file://elsewhere/share"));
                WorkspaceFolder sixth = held(WorkspaceFolder.claim(home, "file:relative%zz"))) {
            assertThat(java.util.stream.Stream.of(first, second, third, fourth, fifth, sixth)
                            .map(WorkspaceFolder::path)
                            .distinct())
                    .hasSize(6);
        }
        HomeFolder otherHome = HomeFolder.open(temporary.resolve("other"));
        try (WorkspaceFolder first = held(WorkspaceFolder.claim(home, root));
                WorkspaceFolder second = held(WorkspaceFolder.claim(otherHome, root))) {
            assertThat(first.path()).isNotEqualTo(second.path());
        }
    }

    @Test
    void whatAKilledProcessLeftHalfWrittenIsSwept() throws Exception {
        WorkspaceFolder folder = held(WorkspaceFolder.claim(home, root));
        Path leftover = Files.writeString(folder.path().resolve("documents.json-123.tmp"), "half");
        Path other = Files.writeString(folder.path().resolve("a.log"), "kept");
        folder.close();
        try (WorkspaceFolder again = held(WorkspaceFolder.claim(home, root))) {
            assertThat(again.path()).isEqualTo(folder.path());
            assertThat(leftover).doesNotExist();
            assertThat(other).exists();
        }
    }

    @Test
    void theLockFileIsItsOwnersAndNamesTheRoot() throws Exception {
        Machine.needModes(temporary);
        try (WorkspaceFolder folder = held(WorkspaceFolder.claim(home, root))) {
            Path lock = folder.path().resolve("lock");
            assertThat(Machine.mode(lock)).isEqualTo("rw-------");
        }
        try (WorkspaceFolder folder = held(WorkspaceFolder.claim(home, root))) {
            assertThat(folder.path().resolve("lock"))
                    .hasContent(
                            ProcessHandle.current().pid() + "\n" + Path.of(root).toRealPath() + "\n");
        }
    }

    private Machine.Child claimer() throws Exception {
        return Machine.Child.java(Claimer.class, home.path().toString(), root);
    }

    private static WorkspaceFolder held(WorkspaceClaim claim) {
        assertThat(claim).isInstanceOf(Held.class);
        return ((Held) claim).folder();
    }
}
