package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.protocol.codec.DocumentCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code meta-log store} says and does. */
@Timeout(60)
class StoreCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private KeptDocument document;

    @BeforeEach
    void aDocumentIsKept() throws Exception {
        document = new KeptDocument(folder);
        try (Disk disk = document.open()) {
            document.share(disk);
            document.type(disk, 300);
        }
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return new CommandLine(
                        new StoreCommand(Map.of("META_LOG_HOME", document.home().toString())))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    /** Every file that is kept, with its bytes. */
    private Map<String, String> kept() throws IOException {
        Map<String, String> files = new TreeMap<>();
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> all = Files.walk(document.home())) {
            all.filter(Files::isRegularFile).forEach(paths::add);
        }
        for (Path path : paths) {
            files.put(path.toString(), HexFormat.of().formatHex(Files.readAllBytes(path)));
        }
        return files;
    }

    @Test
    void aGoodStoreIsSaidToBeGoodAndNothingIsChanged() throws Exception {
        Map<String, String> before = kept();
        assertThat(run("verify")).isZero();
        assertThat(out.toString()).contains("good", "a.txt: 300 events, 300 code units of text");
        assertThat(run("verify", "--json")).isZero();
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.path("good").asBoolean()).isTrue();
        JsonNode reported = json.at("/workspaces/0/documents/0");
        assertThat(reported.path("path").asText()).isEqualTo("a.txt");
        assertThat(reported.path("events").asInt()).isEqualTo(300);
        assertThat(kept()).isEqualTo(before);
    }

    @Test
    void damageIsSaidWithItsPlaceAndNothingIsChanged() throws Exception {
        Path segment = document.log().resolve("00000001.segment");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 4;
        Files.write(segment, bytes);
        Map<String, String> before = kept();
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString()).contains("damaged", segment.toString(), "at byte");
        assertThat(run("verify", "--json")).isEqualTo(1);
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.path("good").asBoolean(true)).isFalse();
        assertThat(json.at("/workspaces/0/documents/0/state").asText()).isEqualTo("DAMAGED");
        assertThat(kept()).isEqualTo(before);
    }

    @Test
    void aMissingLogAndABadListAreSaid() throws Exception {
        Path list = document.log().resolveSibling("documents.json");
        String good = Files.readString(list);
        Files.move(document.log(), folder.resolve("moved"));
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString()).contains("a.txt", "its log is missing");
        Files.writeString(list, "{");
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString()).contains(list.toString(), "backup");
        Files.writeString(list, good.replace("\"format\" : 3", "\"format\" : 9"));
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString()).contains("newer meta-log", "untouched");
    }

    @Test
    void textsAreExportedAndNothingIsOverwritten() throws Exception {
        Path target = folder.resolve("exported");
        assertThat(run("export", "--history", target.toString())).isZero();
        Path text = Path.of(out.toString().strip());
        assertThat(text).startsWith(target).hasFileName("a.txt").hasContent("k".repeat(300));
        byte[] history = Files.readAllBytes(text.resolveSibling("a.txt.history"));
        DocumentCodec.check(history);
        assertThat(DocumentCodec.readText(history).text()).isEqualTo("k".repeat(300));
        Files.writeString(text, "somebody's");
        assertThat(run("export", target.toString())).isEqualTo(1);
        assertThat(err.toString()).contains(text.toString(), "left as it is");
        assertThat(text).hasContent("somebody's");
    }

    @Test
    void compactingMakesItSmallerAndNothingElse() throws Exception {
        Map<String, String> before = kept();
        assertThat(run("compact")).isZero();
        assertThat(out.toString()).contains("a.txt: a snapshot of");
        assertThat(kept().keySet()).as("the older generation stays").containsAll(before.keySet());
        assertThat(run("verify")).isZero();
        assertThat(out.toString()).contains("300 events", "begins with a snapshot");
        assertThat(run("compact")).isZero();
        assertThat(out.toString()).contains("nothing new");
        try (Disk disk = document.open()) {
            assertThat(disk.load().get(0).records()).hasSize(1);
            document.type(disk, 5);
        }
        assertThat(run("compact")).isZero();
        assertThat(Files.exists(document.log().resolve("00000001.segment"))).isFalse();
        assertThat(run("verify")).isZero();
        assertThat(out.toString()).contains("305 events");
    }

    @Test
    void besideARunningSidecarItIsReadAndNotCompacted() throws Exception {
        try (Disk disk = document.open()) {
            document.type(disk, 20);
            assertThat(run("verify")).isZero();
            assertThat(out.toString()).contains("320 events");
            assertThat(run("export", folder.resolve("exported").toString())).isZero();
            assertThat(run("compact")).isEqualTo(1);
            assertThat(err.toString()).contains("serves this workspace already", "lock");
            document.type(disk, 1);
        }
        assertThat(run("verify")).isZero();
        assertThat(out.toString()).contains("321 events");
    }

    @Test
    void aWorkspaceCanBeChosenAndAnotherIsNotFound() {
        assertThat(run("verify", "--workspace", folder.toString())).isZero();
        assertThat(out.toString()).contains("300 events");
        assertThat(run("verify", "--workspace", folder.resolve("other").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("nothing is kept", "META_LOG_HOME");
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("verify", "export", "compact");
    }
}
