package dev.metalog.editorclients.headless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.metalog.editorclients.sidecar.SidecarException;
import dev.metalog.editorclients.sidecar.SidecarSession;
import dev.metalog.editorclients.text.BadTextException;
import dev.metalog.editorclients.text.TextChange;
import dev.metalog.editorclients.transcript.FakeSidecar;
import dev.metalog.editorclients.transcript.Mirror;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HeadlessEditorTest {
    private static final Duration WAIT = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final FakeSidecar sidecar = new FakeSidecar("utf-16");
    private final List<EditorEvent> events = new CopyOnWriteArrayList<>();

    private HeadlessEditor start(EditorProfile profile) throws IOException, SidecarException {
        return HeadlessEditor.start(profile, sidecar, events::add);
    }

    private EditorProfile reference() {
        return EditorProfile.reference(folder);
    }

    private HeadlessDocument open(HeadlessEditor editor, String text) throws IOException {
        HeadlessDocument document = editor.open(Path.of("a.txt"));
        document.insert(0, text);
        await().atMost(WAIT)
                .until(() -> mirror(document) != null && mirror(document).text().equals(text));
        return document;
    }

    private Mirror mirror(HeadlessDocument document) {
        return sidecar.mirrors.get(document.uri());
    }

    private static TextEdit insertAtStart(String text) {
        return new TextEdit(new Range(new Position(0, 0), new Position(0, 0)), text);
    }

    @Test
    void aClientThatBoastsSaysAppliedAndYetChangesNothing() throws Exception {
        try (HeadlessEditor editor = start(reference().claimingApplied())) {
            HeadlessDocument document = open(editor, "text");
            var answer = sidecar.edit(document.uri(), 999, List.of(insertAtStart("x")))
                    .get(10, TimeUnit.SECONDS);
            assertThat(answer.isApplied()).isTrue();
            assertThat(document.text()).isEqualTo("text");
        }
    }

    @Test
    void aLaggingClientsVersionGrowsAtOnceAndItsReportsComeTogether() throws Exception {
        try (HeadlessEditor editor = start(reference().asStockClient().lagging(Duration.ofMillis(300)))) {
            HeadlessDocument document = open(editor, "text");
            int reports = changesHeard();
            int known = document.version();
            document.insert(0, "1");
            document.insert(1, "2");
            document.insert(2, "3");
            assertThat(document.version()).isEqualTo(known + 3);
            // The sidecar knows nothing of it yet, so its edit is for an older text.
            var refused = sidecar.edit(document.uri(), known, List.of(insertAtStart("x")))
                    .get(10, TimeUnit.SECONDS);
            assertThat(refused.isApplied()).isFalse();
            await().atMost(WAIT).until(() -> mirror(document).text().equals("123text"));
            assertThat(changesHeard()).isEqualTo(reports + 1);
            assertThat(mirror(document).version()).isEqualTo(document.version());
        }
    }

    @Test
    void aRequestSendsWhatIsHeldBackFirst() throws Exception {
        try (HeadlessEditor editor = start(reference().lagging(Duration.ofSeconds(30)))) {
            HeadlessDocument document = editor.open(Path.of("a.txt"));
            document.insert(0, "held back");
            editor.requests().share(document).get(10, TimeUnit.SECONDS);
            assertThat(mirror(document).text()).isEqualTo("held back");
        }
    }

    @Test
    void aStockClientSaysNothingThatLspDoesNotKnow() throws Exception {
        try (HeadlessEditor editor = start(reference().asStockClient())) {
            HeadlessDocument document = open(editor, "text");
            var shared = editor.requests().share(document).get(10, TimeUnit.SECONDS);
            assertThat(shared.invitation()).isEqualTo("by command");
            assertThat(sidecar.initialize.getInitializationOptions()).isNull();
            assertThatThrownBy(() -> editor.requests().identity().get(10, TimeUnit.SECONDS))
                    .hasRootCauseMessage("a stock LSP client cannot ask this");
            document.save();
        }
        assertThat(sidecar.heard).contains("meta-log.share", "didSave").doesNotContain("share", "digest");
    }

    @Test
    void aSidecarThatEndsIsStartedAgainAndShownWhatIsThereByThen() throws Exception {
        try (HeadlessEditor editor = start(reference())) {
            HeadlessDocument document = open(editor, "before");
            sidecar.end(3);
            document.insert(6, " and during");
            await().atMost(WAIT).until(() -> sidecar.starts.get() == 2 && mirror(document) != null);
            await().atMost(WAIT).until(() -> mirror(document).text().equals("before and during"));
            document.insert(0, "still ");
            await().atMost(WAIT).until(() -> mirror(document).text().equals("still before and during"));
            assertThat(sidecar.faults).isEmpty();
            assertThat(events).extracting(EditorEvent::name).contains("sidecarEnded", "sidecarStarted");
        }
    }

    @Test
    void aSidecarThatCannotBeStartedAgainIsGivenUpAndThePersonIsTold() throws Exception {
        try (HeadlessEditor editor = start(reference())) {
            HeadlessDocument document = open(editor, "kept");
            sidecar.failingStarts.set(100);
            sidecar.end(137);
            await().atMost(WAIT).until(() -> events.stream().anyMatch(HeadlessEditorTest::gaveUp));
            document.insert(4, " here");
            document.save();
            assertThat(document.text()).isEqualTo("kept here");
            assertThatThrownBy(() -> editor.requests().share(document).get(10, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(SidecarException.class);
        }
    }

    private static boolean gaveUp(EditorEvent event) {
        return event.body() instanceof EditorEvent.SidecarEnded ended
                && ended.explanation() != null
                && ended.explanation().contains("no sidecar today");
    }

    @Test
    void aQuestionThatTheSidecarDidNotLiveToAnswerFails() throws Exception {
        try (HeadlessEditor editor = start(reference())) {
            HeadlessDocument document = open(editor, "text");
            sidecar.verdict = null;
            var asked = editor.check(document);
            await().atMost(WAIT).until(() -> sidecar.heard.contains("digest"));
            sidecar.end(2);
            assertThatThrownBy(() -> asked.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .satisfies(e -> assertThat(SidecarSession.explain(e)).hasMessageContaining("ended with code 2"));
        }
    }

    @Test
    void aBufferThatDiffersIsReportedWhole() throws Exception {
        try (HeadlessEditor editor = start(reference())) {
            HeadlessDocument document = open(editor, "text");
            sidecar.verdict = "different";
            int reports = changesHeard();
            int version = document.version();
            assertThat(editor.check(document).get(10, TimeUnit.SECONDS).verdict())
                    .isEqualTo("different");
            await().atMost(WAIT).until(() -> changesHeard() == reports + 1);
            assertThat(mirror(document).text()).isEqualTo("text");
            assertThat(document.version()).isEqualTo(version + 1);
            assertThat(events).extracting(EditorEvent::name).contains("repaired");
        }
    }

    @Test
    void aLiveDocumentIsComparedWhenSavedAndWhenLeftAlone() throws Exception {
        try (HeadlessEditor editor = start(reference())) {
            HeadlessDocument document = open(editor, "text");
            editor.requests().share(document).get(10, TimeUnit.SECONDS);
            document.save();
            await().atMost(WAIT).until(() -> sidecar.heard.contains("digest"));
            long before = sidecar.heard.stream().filter("digest"::equals).count();
            document.insert(0, "more ");
            await().atMost(WAIT)
                    .until(() -> sidecar.heard.stream().filter("digest"::equals).count() > before);
        }
    }

    @Test
    void manyChangesAreAllMadeOrNone() throws Exception {
        try (HeadlessEditor editor = start(reference())) {
            HeadlessDocument document = open(editor, "abc");
            int version = document.version();
            List<TextChange> changes =
                    List.of(new TextChange(0, 1, "AAA"), new TextChange(5, 0, "!"), new TextChange(99, 0, "?"));
            assertThatThrownBy(() -> document.change(changes)).isInstanceOf(BadTextException.class);
            assertThat(document.text()).isEqualTo("abc");
            assertThat(document.version()).isEqualTo(version);
        }
    }

    @Test
    void aRequestOfSeveralDocumentsOrOverlappingEditsIsRefusedWhole() throws Exception {
        try (HeadlessEditor editor = start(reference())) {
            HeadlessDocument document = open(editor, "0123456789");
            TextEdit first = new TextEdit(new Range(new Position(0, 1), new Position(0, 4)), "x");
            TextEdit overlapping = new TextEdit(new Range(new Position(0, 3), new Position(0, 5)), "y");
            TextEdit beyond = new TextEdit(new Range(new Position(0, 3), new Position(7, 0)), "y");
            TextEdit backwards = new TextEdit(new Range(new Position(0, 5), new Position(0, 3)), "y");
            for (List<TextEdit> bad :
                    List.of(List.of(first, overlapping), List.of(first, beyond), List.of(backwards))) {
                var answer = sidecar.edit(document.uri(), mirror(document).version(), bad)
                        .get(10, TimeUnit.SECONDS);
                assertThat(answer.isApplied()).as("%s", bad).isFalse();
                assertThat(answer.getFailureReason()).isNotBlank();
            }
            assertThat(document.text()).isEqualTo("0123456789");
        }
    }

    /** Every key typed while edits keep arriving is in the text once, and the mirror follows all of it. */
    @Test
    void keysTypedWhileEditsArriveAreKept() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        try (HeadlessEditor editor = start(reference())) {
            HeadlessDocument document = open(editor, ".");
            CompletableFuture<Integer> editing = CompletableFuture.supplyAsync(() -> sendEdits(document, 200));
            for (int key = 0; key < 200; key++) {
                String typed = Character.toString(0x4E00 + key);
                document.changeSeeing(text -> new TextChange(random.nextInt(text.length() + 1), 0, typed));
            }
            int applied = editing.get(30, TimeUnit.SECONDS);
            await().atMost(WAIT).until(() -> mirror(document).text().equals(document.text()));
            assertThat(sidecar.faults).as("seed %d", seed).isEmpty();
            assertThat(document.text()
                            .codePoints()
                            .filter(c -> c >= 0x4E00)
                            .distinct()
                            .count())
                    .isEqualTo(200);
            assertThat(document.text().chars().filter(c -> c == 'e').count()).isEqualTo(applied);
            assertThat(applied).isPositive();
            assertThat(editor.tally()).isEqualTo(new HeadlessEditor.Tally(applied, 200 - applied));
        }
    }

    private int sendEdits(HeadlessDocument document, int count) {
        int applied = 0;
        for (int i = 0; i < count; i++) {
            int version = mirror(document).version();
            if (sidecar.edit(document.uri(), version, List.of(insertAtStart("e")))
                    .join()
                    .isApplied()) {
                applied++;
            }
        }
        return applied;
    }

    @Test
    void waitingEndsWhenTheTextIsSoWhenTimeIsOverAndWhenTheDocumentIsClosed() throws Exception {
        try (HeadlessEditor editor = start(reference())) {
            HeadlessDocument document = open(editor, "text");
            assertThat(document.await("text"::equals, WAIT)).isCompletedWithValue(Duration.ZERO);
            var later = document.await(text -> text.contains("more"), WAIT);
            assertThat(later).isNotDone();
            document.insert(0, "more ");
            assertThat(later).isCompleted();
            assertThatThrownBy(() -> document.await("never"::equals, Duration.ofMillis(20))
                            .get(10, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(TimeoutException.class);
            var closed = document.await("never"::equals, WAIT);
            document.close();
            assertThat(closed).isCompletedExceptionally();
            assertThatThrownBy(() -> document.insert(0, "x")).hasMessageContaining("was closed");
        }
    }

    private int changesHeard() {
        return (int) sidecar.heard.stream().filter("didChange"::equals).count();
    }
}
