package dev.metalog.editorclients.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.metalog.editorclients.headless.HeadlessDocument;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.text.BadTextException;
import dev.metalog.editorclients.text.TextChange;
import dev.metalog.protocol.editor.EditorMessages.DocumentStatus;
import dev.metalog.protocol.editor.PresenceMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;

/** Plays one transcript, as {@code transcripts/README.md} describes the steps. */
final class TranscriptPlayer {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final FakeSidecar sidecar;
    private final HeadlessEditor editor;
    private final Path file;
    private final String uri;
    private final Map<String, Integer> marks = new HashMap<>();
    private HeadlessDocument document;
    private int lastVersion;

    TranscriptPlayer(FakeSidecar sidecar, HeadlessEditor editor, Path folder) {
        this.sidecar = sidecar;
        this.editor = editor;
        file = folder.resolve("played.canvasl");
        uri = file.toUri().toString();
    }

    void play(JsonArray steps) throws Exception {
        for (JsonElement element : steps) {
            JsonObject step = element.getAsJsonObject();
            String what = step.get("do").getAsString();
            switch (what) {
                case "open" -> open(step);
                case "type" -> type(step);
                case "mark" -> marks.put(step.get("name").getAsString(), settledVersion());
                case "edit" -> edit(step);
                case "told" -> told(step);
                case "sees" -> sees(step);
                case "status" -> status(step.get("readOnly").getAsBoolean());
                case "refuses" -> refuses(step.get("text").getAsString());
                case "shows" -> shows(step.get("text").getAsString());
                case "save" -> hears("didSave", document::save);
                case "file" -> assertThat(Files.readAllBytes(file)).isEqualTo(bytes(step));
                case "close" ->
                    hears("didClose", () -> {
                        document.close();
                        return 0;
                    });
                default -> throw new AssertionError("no step " + what);
            }
            assertThat(sidecar.faults).as("after %s", step).isEmpty();
        }
    }

    private void open(JsonObject step) throws IOException {
        Files.write(file, bytes(step));
        document = editor.open(file);
        patiently().until(() -> sidecar.mirrors.containsKey(uri));
        assertThat(lf(mirror().text())).isEqualTo(lf(step.get("text").getAsString()));
    }

    private void type(JsonObject step) {
        List<TextChange> changes = new ArrayList<>();
        for (JsonElement element : step.getAsJsonArray("changes")) {
            JsonObject change = element.getAsJsonObject();
            int at = change.get("at").getAsInt();
            int length = change.get("length").getAsInt();
            changes.add(new TextChange(at, length, change.get("text").getAsString()));
        }
        document.change(changes);
    }

    private void edit(JsonObject step) throws Exception {
        List<TextEdit> edits = new ArrayList<>();
        for (JsonElement element : step.getAsJsonArray("edits")) {
            JsonObject edit = element.getAsJsonObject();
            JsonArray range = edit.getAsJsonArray("range");
            edits.add(new TextEdit(
                    new Range(position(range.get(0)), position(range.get(1))),
                    edit.get("newText").getAsString()));
        }
        boolean other =
                step.has("document") && step.get("document").getAsString().equals("other");
        Path otherFile = file.resolveSibling("other.canvasl");
        String target = other ? otherFile.toUri().toString() : uri;
        boolean wanted = step.get("applied").getAsBoolean();
        var answer = sidecar.edit(target, version(step.get("version").getAsString()), edits)
                .get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(answer.isApplied())
                .as("%s: %s", step, answer.getFailureReason())
                .isEqualTo(wanted);
        if (!wanted) {
            assertThat(answer.getFailureReason()).isNotBlank();
        }
        assertThat(otherFile).doesNotExist();
    }

    private void told(JsonObject step) {
        List<PresenceMessages.Person> people = new ArrayList<>();
        for (JsonElement element : step.getAsJsonArray("people")) {
            JsonObject person = element.getAsJsonObject();
            JsonArray at = person.getAsJsonArray("at");
            PresenceMessages.Place place =
                    new PresenceMessages.Place(at.get(0).getAsInt(), at.get(1).getAsInt());
            int colour = people.size();
            people.add(new PresenceMessages.Person(
                    "peer-" + String.format("%040d", colour),
                    person.get("name").getAsString(),
                    List.of(new PresenceMessages.Span(place, place)),
                    true,
                    false,
                    colour));
        }
        int version = version(step.get("version").getAsString());
        sidecar.tell(new PresenceMessages.Changed(uri, version, people));
    }

    private void sees(JsonObject step) {
        List<Integer> wanted = new ArrayList<>();
        step.getAsJsonArray("at").forEach(at -> wanted.add(at.getAsInt()));
        patiently()
                .untilAsserted(() -> assertThat(document.others().stream()
                                .map(other -> document.lfOffsetOf(other.at()))
                                .sorted()
                                .toList())
                        .isEqualTo(wanted));
    }

    private void status(boolean readOnly) {
        sidecar.tell(new DocumentStatus(uri, "id", "played.canvasl", "in-sync", 0, 1, null, readOnly ? true : null));
        patiently().until(() -> document.isReadOnly() == readOnly);
    }

    private void refuses(String text) {
        String before = document.text();
        List<TextChange> typed = List.of(new TextChange(document.length(), 0, text));
        assertThatThrownBy(() -> document.change(typed))
                .isInstanceOf(BadTextException.class)
                .hasMessageContaining("may only be read");
        assertThat(document.text()).isEqualTo(before);
    }

    private int version(String name) {
        return switch (name) {
            case "current" -> settledVersion();
            case "future" -> settledVersion() + 1000;
            default -> marks.get(name);
        };
    }

    /** The version the sidecar knows, once it knows what the buffer shows. */
    private int settledVersion() {
        if (sidecar.mirrors.containsKey(uri)) {
            patiently().untilAsserted(() -> assertThat(lf(mirror().text())).isEqualTo(lf(document.text())));
            lastVersion = mirror().version();
        }
        return lastVersion;
    }

    private void shows(String text) {
        patiently().untilAsserted(() -> assertThat(lf(mirror().text())).isEqualTo(text));
        assertThat(lf(document.text())).isEqualTo(text);
    }

    private void hears(String message, Callable<Integer> action) throws Exception {
        long before = sidecar.heard.stream().filter(message::equals).count();
        action.call();
        patiently().until(() -> sidecar.heard.stream().filter(message::equals).count() > before);
    }

    private static ConditionFactory patiently() {
        return await().atMost(WAIT).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private Mirror mirror() {
        return sidecar.mirrors.get(uri);
    }

    private static Position position(JsonElement pair) {
        JsonArray array = pair.getAsJsonArray();
        return new Position(array.get(0).getAsInt(), array.get(1).getAsInt());
    }

    private static byte[] bytes(JsonObject step) {
        String text = step.get("text").getAsString();
        boolean crlf = step.has("eol") && step.get("eol").getAsString().equals("crlf");
        boolean mark = step.has("bom") && step.get("bom").getAsBoolean();
        return ((mark ? "\uFEFF" : "") + (crlf ? text.replace("\n", "\r\n") : text)).getBytes(StandardCharsets.UTF_8);
    }

    private static String lf(String text) {
        return text.replace("\r\n", "\n").replace("\r", "\n");
    }
}
