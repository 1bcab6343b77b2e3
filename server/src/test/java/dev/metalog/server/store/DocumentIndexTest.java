package dev.metalog.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.server.store.file.Machine;
import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentIndexTest {
    /** 32 zero bytes in base32. */
    private static final String SECRET = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private static final DocumentPath PATH = new DocumentPath("notes/plan.canvasl");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("documents.json");
    }

    @Test
    void whatWasPutIsThereInTheNextRun() throws Exception {
        Machine.needModes(folder);
        DocumentIndex index = DocumentIndex.load(RealFiles.INSTANCE, file);
        assertThat(index.entries()).isEmpty();
        assertThat(file).doesNotExist();
        DocumentEntry one = entry(1, "file:///a/\u20ac \ud83d\ude00.canvasl", "tcp://127.0.0.1:1883");
        DocumentEntry two = entry(2, "file:///b", "");
        index.put(one);
        index.put(two);
        assertThat(Machine.mode(file)).isEqualTo("rw-------");

        DocumentIndex next = DocumentIndex.load(RealFiles.INSTANCE, file);
        assertThat(next.entries()).containsExactly(one, two);
        assertThat(next.byUri(one.uri())).contains(one);
        assertThat(next.byUri("file:///c")).isEmpty();

        DocumentEntry changed = new DocumentEntry(one.uri(), two.documentId(), one.path(), one.secretBase32(), "");
        next.put(changed);
        next.remove(two.uri());
        next.remove("file:///c");
        assertThat(DocumentIndex.load(RealFiles.INSTANCE, file).entries())
                .containsExactly(changed)
                .isEqualTo(next.entries());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"format\":0,\"documents\":[]}",
                "{\"format\":\"x\"}",
                "{\"format\":1,\"documents\":7}",
                "{\"format\":1,\"documents\":[7]}",
                "{\"format\":1,\"documents\":[{\"uri\":\"file:///a\"}]}",
                "{\"format\":1,\"documents\":[{\"uri\":\"file:///a\",\"documentId\":\"aaaaaaaaaaaaaaaaaaaaaaaaaa\","
                        + "\"path\":\"../a\",\"secret\":\"" + SECRET + "\",\"brokerHint\":\"\"}]}",
                "{\"format\":1,\"documents\":[{\"uri\":\"file:///a\",\"documentId\":\"x\",\"path\":\"a\",\"secret\":\"\",\"brokerHint\":\"\"}]}",
            })
    void aDamagedListIsRefusedAndLeftAsItIs(String content) throws Exception {
        OwnerOnly.createNew(RealFiles.INSTANCE, file, content.getBytes(StandardCharsets.UTF_8));
        StoreRefused refused =
                catchThrowableOfType(StoreRefused.class, () -> DocumentIndex.load(RealFiles.INSTANCE, file));
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.DAMAGED);
        assertThat(Files.readString(file)).isEqualTo(content);
    }

    @Test
    void aNewerListIsRefusedAndLeftAsItIs() throws Exception {
        String content = "{\"format\":4,\"something\":\"else\"}";
        OwnerOnly.createNew(RealFiles.INSTANCE, file, content.getBytes(StandardCharsets.UTF_8));
        assertThat(catchThrowableOfType(StoreRefused.class, () -> DocumentIndex.load(RealFiles.INSTANCE, file))
                        .reason())
                .isEqualTo(StoreRefused.Reason.NEWER_FORMAT);
        assertThat(file).hasContent(content);
    }

    @Test
    void aListThatOthersCanReadIsRefused() throws Exception {
        Machine.needModes(folder);
        DocumentIndex.load(RealFiles.INSTANCE, file).put(entry(1, "file:///a", ""));
        Machine.chmod(file, "rw-r--r--");
        assertThat(catchThrowableOfType(StoreRefused.class, () -> DocumentIndex.load(RealFiles.INSTANCE, file))
                        .reason())
                .isEqualTo(StoreRefused.Reason.OPEN_TO_OTHERS);
    }

    /** An older program would find no segments, and take every document for empty: it must refuse. */
    @Test
    void theListOfAnOlderProgramIsMarkedBeforeAnythingElseIsWritten() throws Exception {
        OwnerOnly.createNew(
                RealFiles.INSTANCE, file, "{\"format\":1,\"documents\":[]}".getBytes(StandardCharsets.UTF_8));
        assertThat(DocumentIndex.load(RealFiles.INSTANCE, file).entries()).isEmpty();
        assertThat(file).content().contains("\"format\" : 3");
    }

    @Test
    void theNumberOfDocumentsHasABound() throws Exception {
        StringBuilder full = new StringBuilder("{\"format\":1,\"documents\":[");
        for (int i = 0; i < DocumentIndex.MAX_DOCUMENTS; i++) {
            DocumentEntry entry = entry(i, "file:///" + i, "");
            full.append(i == 0 ? "" : ",")
                    .append("{\"uri\":\"")
                    .append(entry.uri())
                    .append("\",\"documentId\":\"")
                    .append(entry.documentId())
                    .append("\",\"path\":\"a\",\"secret\":\"")
                    .append(entry.secretBase32())
                    .append("\",\"brokerHint\":\"\"}");
        }
        OwnerOnly.createNew(
                RealFiles.INSTANCE, file, full.append("]}").toString().getBytes(StandardCharsets.UTF_8));
        DocumentIndex index = DocumentIndex.load(RealFiles.INSTANCE, file);
        assertThat(index.entries()).hasSize(DocumentIndex.MAX_DOCUMENTS);
        StoreRefused refused =
                catchThrowableOfType(StoreRefused.class, () -> index.put(entry(-1, "file:///one-more", "")));
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.TOO_LARGE);
        assertThat(index.entries()).hasSize(DocumentIndex.MAX_DOCUMENTS);
        index.put(entry(-2, "file:///7", "hint"));
        assertThat(index.byUri("file:///7"))
                .hasValueSatisfying(entry -> assertThat(entry.brokerHint()).isEqualTo("hint"));
    }

    @Test
    void aWriteThatFailsChangesNothing() throws Exception {
        Machine.needModes(folder);
        DocumentIndex index = DocumentIndex.load(RealFiles.INSTANCE, file);
        DocumentEntry one = entry(1, "file:///a", "");
        index.put(one);
        try (AutoCloseable refusing = Machine.refusing(folder)) {
            assertThat(refusing).isNotNull();
            assertThatThrownBy(() -> index.put(entry(2, "file:///b", ""))).isInstanceOf(StoreRefused.class);
            assertThat(index.entries()).containsExactly(one);
        }
        assertThat(DocumentIndex.load(RealFiles.INSTANCE, file).entries()).containsExactly(one);
    }

    @Test
    void anEntryIsCheckedAndKeepsItsSecretToItself() {
        DocumentEntry entry = entry(1, "file:///a", "tcp://h:1883");
        assertThat(entry.toString()).doesNotContain(entry.secretBase32()).contains("file:///a");
        assertThatThrownBy(() -> new DocumentEntry("", entry.documentId(), entry.path(), entry.secretBase32(), ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DocumentEntry(
                        "x".repeat(4_097), entry.documentId(), entry.path(), entry.secretBase32(), ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DocumentEntry("file:///a", entry.documentId(), entry.path(), "abc", ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DocumentEntry(
                        "file:///a", entry.documentId(), entry.path(), entry.secretBase32(), "x".repeat(1_025)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static DocumentEntry entry(int seed, String uri, String hint) {
        Random random = new Random(seed);
        byte[] id = new byte[16];
        byte[] secret = new byte[32];
        random.nextBytes(id);
        random.nextBytes(secret);
        return new DocumentEntry(uri, DocumentId.fromRandom(id), PATH, Base32.encode(secret), hint);
    }
}
