package dev.metalog.editorclients.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.metalog.editorclients.headless.EditorProfile;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.transcript.FakeSidecar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CommandLoopTest {
    @TempDir
    private Path folder;

    private final FakeSidecar sidecar = new FakeSidecar("utf-16");

    /** The results of the commands, without the events. */
    private List<JsonObject> run(byte[] input) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        EditorProfile profile = EditorProfile.reference(folder);
        CommandLoop.run(events -> HeadlessEditor.start(profile, sidecar, events), new ByteArrayInputStream(input), out);
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .filter(line -> !line.has("event"))
                .toList();
    }

    private List<JsonObject> run(String... lines) throws Exception {
        return run((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aScriptIsCarriedOutInOrderAndEveryCommandAnsweredOnce() throws Exception {
        List<JsonObject> results = run(
                "{\"id\":1,\"op\":\"open\",\"path\":\"a.txt\"}",
                "{\"id\":2,\"op\":\"insert\",\"at\":0,\"text\":\"hello \uD83D\uDE00\"}",
                "{\"id\":3,\"op\":\"delete\",\"at\":0,\"length\":1}",
                "{\"id\":4,\"op\":\"replace\",\"at\":0,\"length\":4,\"text\":\"J\\n\"}",
                "{\"id\":5,\"op\":\"text\"}",
                "{\"id\":6,\"op\":\"digest\"}",
                "{\"id\":7,\"op\":\"waitFor\",\"contains\":\"J\"}",
                "{\"id\":8,\"op\":\"save\"}",
                "{\"id\":9,\"op\":\"share\"}",
                "{\"id\":10,\"op\":\"check\"}",
                "{\"id\":11,\"op\":\"join\",\"invitation\":\"invitation\",\"path\":\"b.txt\"}",
                "{\"id\":12,\"op\":\"join\",\"invitation\":\"nonsense\",\"path\":\"c.txt\"}",
                "{\"id\":13,\"op\":\"announce\"}",
                "{\"id\":14,\"op\":\"close\",\"path\":\"a.txt\"}",
                "{\"id\":\"end\",\"op\":\"quit\"}");
        assertThat(results).hasSize(15);
        assertThat(result(results, "1").get("length").getAsInt()).isZero();
        assertThat(result(results, "2").get("length").getAsInt()).isEqualTo(8);
        assertThat(result(results, "5").get("text").getAsString()).isEqualTo("J\n \uD83D\uDE00");
        assertThat(result(results, "6").get("sha256").getAsString()).hasSize(64);
        assertThat(result(results, "7").get("ok").getAsBoolean()).isTrue();
        assertThat(Files.readString(folder.resolve("a.txt"))).isEqualTo("J\n \uD83D\uDE00");
        assertThat(result(results, "9").get("invitation").getAsString()).isEqualTo("invitation");
        assertThat(result(results, "10").get("verdict").getAsString()).isEqualTo("equal");
        assertThat(result(results, "11").get("path").getAsString())
                .isEqualTo(folder.resolve("b.txt").toString());
        assertThat(result(results, "12").get("code").getAsInt()).isEqualTo(-32052);
        assertThat(result(results, "13").get("code").getAsInt()).isEqualTo(-32054);
        assertThat(results.get(14)).isEqualTo(result(results, "\"end\""));
    }

    private static JsonObject result(List<JsonObject> results, String id) {
        return results.stream()
                .filter(result -> result.get("id").toString().equals(id))
                .reduce((first, second) -> {
                    throw new AssertionError("two results of " + id);
                })
                .orElseThrow(() -> new AssertionError("no result of " + id));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "{",
                "{}",
                "[]",
                "1",
                "null",
                "\"text\"",
                "{\"op\":\"text\"} {\"op\":\"text\"}",
                "{'op':'text'}",
                "{op:\"text\"}",
                "{\"op\":\"text\",}",
                "{\"op\":1}",
                "{\"op\":null}",
                "{\"op\":\"jump\"}",
                "{\"op\":\"open\"}",
                "{\"op\":\"open\",\"path\":7}",
                "{\"op\":\"open\",\"path\":\"\"}",
                "{\"op\":\"open\",\"path\":\"a\\u0000b\"}",
                "{\"op\":\"open\",\"path\":\"bad.bin\"}",
                "{\"op\":\"insert\",\"at\":0}",
                "{\"op\":\"insert\",\"at\":\"0\",\"text\":\"x\"}",
                "{\"op\":\"insert\",\"at\":0.5,\"text\":\"x\"}",
                "{\"op\":\"insert\",\"at\":-1,\"text\":\"x\"}",
                "{\"op\":\"insert\",\"at\":5,\"text\":\"x\"}",
                "{\"op\":\"insert\",\"at\":99999999999,\"text\":\"x\"}",
                "{\"op\":\"insert\",\"at\":0,\"text\":\"\\ud83d\"}",
                "{\"op\":\"insert\",\"at\":0,\"text\":\"x\",\"tetx\":\"y\"}",
                "{\"op\":\"delete\",\"at\":0,\"length\":5}",
                "{\"op\":\"delete\",\"at\":2147483647,\"length\":2147483647}",
                "{\"op\":\"delete\",\"at\":0,\"length\":-1}",
                "{\"op\":\"replace\",\"at\":0,\"text\":\"x\"}",
                "{\"op\":\"text\",\"path\":\"never-opened.txt\"}",
                "{\"op\":\"waitFor\"}",
                "{\"op\":\"waitFor\",\"text\":\"x\",\"contains\":\"x\"}",
                "{\"op\":\"waitFor\",\"text\":\"x\",\"timeoutMillis\":1}",
                "{\"op\":\"waitFor\",\"text\":\"x\",\"timeoutMillis\":-1}",
                "{\"op\":\"join\"}",
                "{\"op\":\"publish\",\"topic\":\"t\"}",
                "{\"op\":\"publish\",\"topic\":\"t\",\"message\":\"m\",\"retain\":\"no\"}",
                "{\"op\":\"federate\",\"broker\":{}}"
            })
    void aBadCommandCostsOneErrorAndChangesNothing(String line) throws Exception {
        Files.write(folder.resolve("bad.bin"), new byte[] {(byte) 0xff});
        List<JsonObject> results = run(
                "{\"id\":1,\"op\":\"open\",\"path\":\"a.txt\"}",
                "{\"id\":2,\"op\":\"insert\",\"at\":0,\"text\":\"kept\"}",
                line,
                "{\"id\":3,\"op\":\"text\"}",
                "{\"id\":4,\"op\":\"quit\"}");
        assertThat(results).hasSize(5);
        assertThat(results)
                .filteredOn(result -> result.get("id").isJsonNull())
                .singleElement()
                .satisfies(result -> {
                    assertThat(result.get("ok").getAsBoolean()).isFalse();
                    assertThat(result.get("error").getAsString()).isNotBlank();
                });
        assertThat(result(results, "3").get("text").getAsString()).isEqualTo("kept");
        assertThat(Files.readAllBytes(folder.resolve("bad.bin"))).containsExactly(0xff);
    }

    @Test
    void aLineThatIsNotUtf8IsSkipped() throws Exception {
        byte[] good = "{\"id\":1,\"op\":\"open\",\"path\":\"a.txt\"}\n".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.write(new byte[] {(byte) 0xc3, (byte) 0x28, '\n'});
        input.write(good);
        List<JsonObject> results = run(input.toByteArray());
        assertThat(results).hasSize(2);
        assertThat(results.get(0).get("error").getAsString()).contains("not UTF-8");
        assertThat(results.get(1).get("ok").getAsBoolean()).isTrue();
    }

    @Test
    void aLineBeyondTheLimitIsSkippedAndTheNextOneRead() throws Exception {
        byte[] input = "0123456789\nshort\n".getBytes(StandardCharsets.UTF_8);
        LineReader reader = new LineReader(new ByteArrayInputStream(input), 9);
        assertThatThrownBy(reader::next).hasMessageContaining("longer than 9 bytes");
        assertThat(reader.next()).isEqualTo("short");
        assertThat(reader.next()).isNull();
    }
}
