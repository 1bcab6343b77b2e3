package dev.metalog.server.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerOnlyTest {
    @TempDir
    Path folder;

    @Test
    void replacingKeepsTheModeAndLeavesNothingElse() throws Exception {
        Machine.needModes(folder);
        Path file = folder.resolve("file");
        OwnerOnly.replace(RealFiles.INSTANCE, file, bytes("one"));
        OwnerOnly.replace(RealFiles.INSTANCE, file, bytes("two"));
        assertThat(file).hasContent("two");
        assertThat(Machine.mode(file)).isEqualTo("rw-------");
        assertThat(Machine.filesIn(folder)).containsExactly(file);
    }

    @Test
    void aNewFileNeverReplacesOne() throws Exception {
        Path file = folder.resolve("file");
        assertThat(OwnerOnly.createNew(RealFiles.INSTANCE, file, bytes("one"))).isTrue();
        assertThat(OwnerOnly.createNew(RealFiles.INSTANCE, file, bytes("two"))).isFalse();
        assertThat(file).hasContent("one");
        assertThat(Machine.filesIn(folder)).containsExactly(file);
    }

    @Test
    void ofManyAtOnceOneMakesTheFile() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 10; round++) {
                Path file = folder.resolve("file-" + round);
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Boolean>> made = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    byte[] own = bytes("writer " + i);
                    made.add(threads.submit(() -> {
                        start.await();
                        return OwnerOnly.createNew(RealFiles.INSTANCE, file, own);
                    }));
                }
                start.countDown();
                int winner = -1;
                for (int i = 0; i < 8; i++) {
                    if (made.get(i).get()) {
                        assertThat(winner).isEqualTo(-1);
                        winner = i;
                    }
                }
                assertThat(file).hasContent("writer " + winner);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aFolderInTheWayIsSaidAndNothingIsLeftBehind() throws Exception {
        Path taken = Files.createDirectories(folder.resolve("taken").resolve("full"));
        assertThatThrownBy(() -> OwnerOnly.replace(RealFiles.INSTANCE, taken.getParent(), bytes("x")))
                .isInstanceOf(StoreRefused.class);
        assertThat(Machine.filesIn(folder)).containsExactly(taken.getParent());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
