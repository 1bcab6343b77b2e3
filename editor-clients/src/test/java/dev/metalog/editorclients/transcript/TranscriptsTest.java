package dev.metalog.editorclients.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.metalog.editorclients.headless.EditorProfile;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.text.PositionEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The headless editor passes every transcript, in every encoding and in every manner it can take on. */
class TranscriptsTest {
    private static final Path TRANSCRIPTS = Path.of("transcripts");

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> everyTranscript() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> listed = Files.list(TRANSCRIPTS)) {
            files = listed.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(25);
        for (Path file : files) {
            JsonObject transcript =
                    JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            String name = transcript.get("name").getAsString();
            assertThat(file).hasFileName(name + ".json");
            for (PositionEncoding encoding : PositionEncoding.values()) {
                if (!transcript.has("encoding")
                        || transcript.get("encoding").getAsString().equals(encoding.wireName())) {
                    addTests(tests, name, transcript, encoding);
                }
            }
        }
        return tests.stream();
    }

    private void addTests(List<DynamicTest> tests, String name, JsonObject transcript, PositionEncoding encoding) {
        EditorProfile reference = EditorProfile.reference(folder).offering(encoding);
        String title = name + " " + encoding.wireName();
        tests.add(dynamicTest(title, () -> play(reference, transcript)));
        tests.add(dynamicTest(title + " full sync", () -> play(reference.withFullSync(), transcript)));
        if (transcript.has("stock") && !transcript.get("stock").getAsBoolean()) {
            return;
        }
        EditorProfile stock = reference.asStockClient().lagging(Duration.ofMillis(20));
        tests.add(dynamicTest(title + " lagging stock client", () -> play(stock, transcript)));
    }

    private void play(EditorProfile profile, JsonObject transcript) throws Exception {
        FakeSidecar sidecar = new FakeSidecar(profile.encodings().get(0).wireName());
        Path place = Files.createTempDirectory(folder, "play");
        try (HeadlessEditor editor = HeadlessEditor.start(profile, sidecar, event -> {})) {
            new TranscriptPlayer(sidecar, editor, place).play(transcript.getAsJsonArray("steps"));
        }
        assertThat(sidecar.heard).endsWith("shutdown", "exit");
    }
}
