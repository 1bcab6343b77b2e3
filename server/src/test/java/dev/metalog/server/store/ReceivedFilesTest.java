package dev.metalog.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.store.file.Machine;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceivedFilesTest {
    private static final PeerId ADA = new PeerId("peer-" + "a".repeat(40));
    private static final DocumentPath PLAN = new DocumentPath("notes/plan.canvasl");

    @TempDir
    Path folder;

    private Path root;
    private Path plan;
    private ReceivedFiles files;

    @BeforeEach
    void open() throws IOException {
        root = Files.createDirectories(folder.resolve("workspace"));
        plan = root.resolve("synced").resolve(ADA.value()).resolve("notes/plan.canvasl");
        files = again();
    }

    /** As after a restart. */
    private ReceivedFiles again() {
        return new ReceivedFiles(RealFiles.INSTANCE, root, folder.resolve("kept"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private StoreRefused refusal(DocumentPath path, long sentAt, String text) {
        return catchThrowableOfType(StoreRefused.class, () -> files.keep(ADA, path, sentAt, bytes(text)));
    }

    private List<String> everything() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> !file.startsWith("kept"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aFileLiesInItsPeersFolder() throws Exception {
        assertThat(files.keep(ADA, PLAN, 1, bytes("one\n\u2615"))).isEqualTo(new ReceivedFiles.Kept(plan, false));
        assertThat(plan).hasContent("one\n\u2615");
        assertThat(everything()).containsExactly("workspace/synced/" + ADA + "/notes/plan.canvasl");
        Machine.needModes(folder);
        assertThat(Machine.mode(plan)).isEqualTo("rw-------");
    }

    @Test
    void aLaterOneReplacesItAlsoAfterARestart() throws Exception {
        files.keep(ADA, PLAN, 1, bytes("one"));
        files.keep(ADA, PLAN, 2, bytes("two"));
        assertThat(plan).hasContent("two");
        files = again();
        files.keep(ADA, PLAN, 3, bytes("three"));
        assertThat(plan).hasContent("three");
        assertThat(everything()).hasSize(1);
    }

    @Test
    void whatIsNotNewerIsRefused() throws Exception {
        files.keep(ADA, PLAN, 5, bytes("five"));
        assertThat(refusal(PLAN, 4, "four")).hasMessageContaining("not newer");
        files = again();
        assertThat(refusal(PLAN, 5, "five")).hasMessageContaining("not newer");
        assertThat(plan).hasContent("five");
    }

    @Test
    void whatThePersonChangedStaysAndTheNewOneLiesBeside() throws Exception {
        files.keep(ADA, PLAN, 1, bytes("one"));
        Files.writeString(plan, "mine");
        Path beside = plan.resolveSibling("plan.received.canvasl");
        assertThat(files.keep(ADA, PLAN, 2, bytes("two"))).isEqualTo(new ReceivedFiles.Kept(beside, true));
        assertThat(files.keep(ADA, PLAN, 3, bytes("three"))).isEqualTo(new ReceivedFiles.Kept(beside, true));
        assertThat(plan).hasContent("mine");
        assertThat(beside).hasContent("three");

        Files.writeString(beside, "mine too");
        assertThat(refusal(PLAN, 4, "four")).hasMessageContaining("You changed this file");
        assertThat(plan).hasContent("mine");
        assertThat(beside).hasContent("mine too");

        Files.delete(plan);
        assertThat(files.keep(ADA, PLAN, 5, bytes("five"))).isEqualTo(new ReceivedFiles.Kept(plan, false));
    }

    @Test
    void whatWasThereBeforeIsThePersonsOwn() throws Exception {
        Files.createDirectories(plan.getParent());
        Files.writeString(plan, "mine");
        assertThat(files.keep(ADA, PLAN, 1, bytes("one")).isBeside()).isTrue();
        assertThat(plan).hasContent("mine");
        DocumentPath bare = new DocumentPath("README");
        Files.writeString(root.resolve("synced").resolve(ADA.value()).resolve("README"), "mine");
        assertThat(files.keep(ADA, bare, 1, bytes("x")).file()).hasFileName("README.received");
    }

    @Test
    void twoPeersAreApart() throws Exception {
        PeerId other = new PeerId("peer-" + "b".repeat(40));
        files.keep(ADA, PLAN, 1, bytes("hers"));
        files.keep(other, PLAN, 1, bytes("his"));
        assertThat(plan).hasContent("hers");
        assertThat(everything()).hasSize(2);
    }

    @Test
    void noLinkIsFollowed() throws Exception {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Path victim = Files.writeString(outside.resolve("plan.canvasl"), "precious");
        for (String link : new String[] {"synced", "synced/" + ADA, "synced/" + ADA + "/notes"}) {
            Path at = root.resolve(link);
            Files.createDirectories(at.getParent());
            Files.createSymbolicLink(at, outside);
            assertThat(refusal(PLAN, 1, "x")).as(link).hasMessageContaining("Links are not followed");
            Files.delete(at);
        }
        Files.createDirectories(plan.getParent());
        Files.createSymbolicLink(plan, victim);
        assertThat(files.keep(ADA, PLAN, 2, bytes("x")).isBeside()).isTrue();
        assertThat(Files.isSymbolicLink(plan)).isTrue();
        assertThat(victim).hasContent("precious");
        assertThat(outside.toFile().list()).containsExactly("plan.canvasl");
    }

    @Test
    void whatIsInTheWayIsLeft() throws Exception {
        files.keep(ADA, new DocumentPath("notes"), 1, bytes("a file"));
        assertThat(refusal(PLAN, 2, "x").reason()).isEqualTo(StoreRefused.Reason.NOT_A_FOLDER);
        DocumentPath folderName = new DocumentPath("folder");
        files.keep(ADA, new DocumentPath("folder/a"), 1, bytes("x"));
        assertThat(files.keep(ADA, folderName, 2, bytes("y")).file()).hasFileName("folder.received");
    }

    @Test
    void aWorkspaceThatIsGoneIsNotMade() throws Exception {
        Files.delete(root);
        assertThat(refusal(PLAN, 1, "x")).hasMessageContaining("no folder");
        assertThat(root).doesNotExist();
    }

    /** Killed after it was noted what is to be written, and before it was: what is there is still ours. */
    @Test
    void aKillBetweenBothCostsNothing() throws Exception {
        files.keep(ADA, PLAN, 1, bytes("one"));
        files.keep(ADA, PLAN, 2, bytes("two"));
        Files.writeString(plan, "one");
        files = again();
        files.keep(ADA, PLAN, 3, bytes("three"));
        assertThat(plan).hasContent("three");
        Files.writeString(root.resolve("synced/12ab.tmp"), "half writ");
        files = again();
        files.keep(ADA, PLAN, 4, bytes("four"));
        assertThat(everything()).hasSize(1);
    }

    @Test
    void ifItIsLostWhatWasWrittenNothingIsOverwritten() throws Exception {
        files.keep(ADA, PLAN, 1, bytes("one"));
        Path index = folder.resolve("kept").resolve(ADA + ".json");
        for (String damaged :
                new String[] {"", "{", "{\"format\":2}", "{\"format\":1,\"files\":[{\"path\":\"../x\"}]}"}) {
            Files.writeString(index, damaged);
            files = again();
            assertThat(files.keep(ADA, PLAN, 2, bytes("two")).isBeside())
                    .as(damaged)
                    .isTrue();
            Files.delete(plan.resolveSibling("plan.received.canvasl"));
        }
        assertThat(plan).hasContent("one");
    }

    /** Overflow rule: refused, until the person deletes something. */
    @Test
    void filesOfOnePeerHaveABound() throws Exception {
        for (int i = 0; i < Limits.RECEIVED_FILES_OF_ONE; i++) {
            files.keep(ADA, new DocumentPath("f" + i), 1, bytes("x"));
        }
        assertThat(refusal(PLAN, 1, "x").reason()).isEqualTo(StoreRefused.Reason.TOO_LARGE);
        assertThat(plan.getParent()).doesNotExist();
        files.keep(ADA, new DocumentPath("f7"), 2, bytes("again"));
        Files.delete(plan.getParent().resolveSibling("f9"));
        files.keep(ADA, PLAN, 1, bytes("x"));
        assertThat(plan).hasContent("x");
    }

    @Test
    void bytesAndPeersHaveABound() throws Exception {
        List<PeerId> gone = new ArrayList<>();
        ReceivedIndex index =
                new ReceivedIndex(RealFiles.INSTANCE, folder.resolve("kept"), (peer, path) -> !gone.contains(peer));
        ReceivedIndex.Entry large = new ReceivedIndex.Entry("h", "", Limits.RECEIVED_BYTES_OF_ONE / 2, 1);
        int peers = Limits.RECEIVED_BYTES / Limits.RECEIVED_BYTES_OF_ONE;
        for (int i = 0; i < peers; i++) {
            index.put(peer(i), new DocumentPath("a"), large);
            index.put(peer(i), new DocumentPath("b"), large);
            assertRefused(index, peer(i), new ReceivedIndex.Entry("h", "", 1, 1));
        }
        assertRefused(index, peer(peers), new ReceivedIndex.Entry("h", "", 1, 1));
        gone.add(peer(3));
        index.put(peer(peers), new DocumentPath("c"), large);

        gone.clear();
        for (int i = 0; i <= peers; i++) {
            gone.add(peer(i));
        }
        ReceivedIndex.Entry small = new ReceivedIndex.Entry("h", "", 1, 1);
        for (int i = peers + 1; i <= peers + Limits.RECEIVED_PEERS; i++) {
            index.put(peer(i), new DocumentPath("a"), small);
        }
        assertRefused(index, peer(10_000), small);
    }

    private static void assertRefused(ReceivedIndex index, PeerId peer, ReceivedIndex.Entry entry) {
        assertThat(catchThrowableOfType(StoreRefused.class, () -> index.put(peer, new DocumentPath("more"), entry))
                        .reason())
                .isEqualTo(StoreRefused.Reason.TOO_LARGE);
    }

    private static PeerId peer(int number) {
        return new PeerId("peer-" + "0".repeat(32) + HexFormat.of().toHexDigits(number));
    }
}
