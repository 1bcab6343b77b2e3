package dev.metalog.editorclients.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.editorclients.Main;
import dev.metalog.editorclients.headless.EditorProfile;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.transcript.FakeSidecar;
import dev.metalog.editorclients.transcript.FakeSidecarMain;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DrivenEditorTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    private Path folder;

    @Test
    void theHeadlessEditorIsDrivenWithinThisProcess() throws Exception {
        FakeSidecar sidecar = new FakeSidecar("utf-16");
        try (DrivenEditor editor = EditorStart.inThisProcess(
                events -> HeadlessEditor.start(EditorProfile.reference(folder), sidecar, events))) {
            drive(editor);
        }
        assertThat(sidecar.heard).endsWith("shutdown", "exit");
    }

    @Test
    void theHeadlessEditorIsDrivenAsAProcess() throws Exception {
        List<String> sidecar = List.of(JAVA, "-cp", CLASS_PATH, FakeSidecarMain.class.getName());
        long before = ProcessHandle.current().descendants().count();
        EditorStart start = new EditorStart(
                List.of(
                        JAVA,
                        "-cp",
                        CLASS_PATH,
                        Main.class.getName(),
                        "headless",
                        "--name",
                        "driven",
                        "--",
                        sidecar.get(0),
                        sidecar.get(1),
                        sidecar.get(2),
                        sidecar.get(3)),
                Map.of(),
                folder,
                List.of(),
                Redirect.DISCARD);
        try (DrivenEditor editor = start.overStandardStreams()) {
            assertThat(editor.name()).isEqualTo("driven");
            drive(editor);
        }
        assertThat(ProcessHandle.current().descendants().count()).isEqualTo(before);
    }

    private void drive(DrivenEditor editor) throws Exception {
        editor.open(folder.resolve("a.txt")).get(30, TimeUnit.SECONDS);
        var arrival = editor.waitForContains("two", Duration.ofSeconds(10));
        assertThat(editor.insert(0, "one").get(30, TimeUnit.SECONDS)).isEqualTo(3);
        assertThat(arrival).isNotDone();
        assertThat(editor.replace(0, 3, "two").get(30, TimeUnit.SECONDS)).isEqualTo(3);
        arrival.get(10, TimeUnit.SECONDS);
        assertThat(editor.delete(0, 1).get(30, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(editor.text().get(30, TimeUnit.SECONDS)).isEqualTo("wo");
        assertThat(editor.share().get(30, TimeUnit.SECONDS)).isEqualTo("invitation");
        assertThatThrownBy(() -> editor.delete(0, 99).get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(EditorRefusal.class);
        assertThatThrownBy(() -> editor.join("nonsense", Optional.of(folder.resolve("b.txt")))
                        .get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        EditorRefusal.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(-32052));
    }

    @Test
    void anEditorThatEndsBeforeItIsReadyIsReported() {
        EditorStart start = new EditorStart(List.of(JAVA, "-version"), Map.of(), folder, List.of(), Redirect.DISCARD);
        assertThatThrownBy(start::overStandardStreams)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ended before it was ready");
        assertThatThrownBy(start::overSocket)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ended with code 0 before it connected");
    }

    @Test
    void whatIsAskedOfAnEditorThatHasGoneFails() throws Exception {
        FakeSidecar sidecar = new FakeSidecar("utf-16");
        DrivenEditor editor = EditorStart.inThisProcess(
                events -> HeadlessEditor.start(EditorProfile.reference(folder), sidecar, events));
        editor.close();
        assertThatThrownBy(() -> editor.text().get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(EditorRefusal.class);
    }
}
