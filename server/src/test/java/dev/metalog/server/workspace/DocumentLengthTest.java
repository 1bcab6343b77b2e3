package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The greatest length of a document is reached, and refused beyond, on every way in from an editor. */
class DocumentLengthTest {
    private static final String URI = "file:///w0/a.txt";
    private static final String LONGEST = "x".repeat(Limits.DOCUMENT_BYTES - 2) + "ß";

    private final SimulatedWorld world = new SimulatedWorld(1);
    private final SimulatedWorld.Sidecar sidecar = world.sidecar();
    private final EditorId editor = world.editor(sidecar, URI, SimulatedEditor.Manner.PROMPT).id;
    private int version = 1;

    private void open(String text) {
        sidecar.hear(new Input.Opened(editor, URI, version, text));
    }

    private void change(RangeChange change) {
        sidecar.hear(new Input.Changed(editor, URI, ++version, List.of(change)));
    }

    private static RangeChange insert(String text) {
        return new RangeChange(new TextPosition(0, 0), new TextPosition(0, 0), text);
    }

    private static RangeChange whole(String text) {
        return new RangeChange(null, null, text);
    }

    private Object share() {
        return sidecar.ask(editor, new Request.Share(new EditorMessages.ShareParams(URI)));
    }

    private void assertRefused(Object answer) {
        assertThat(answer).isInstanceOfSatisfying(Effect.Refuse.class, refused -> {
            assertThat(refused.error()).isEqualTo(EditorError.LIMIT);
            assertThat(refused.explanation()).contains(URI, Integer.toString(Limits.DOCUMENT_BYTES));
        });
    }

    @Test
    void theLongestDocumentIsSharedAndOneThatIsOpenedLongerIsNotUntilItIsShorter() {
        open(LONGEST + "y");
        assertThat(sidecar.shown).isEmpty();
        assertRefused(share());
        change(insert("passed over: nobody knows to what"));
        assertRefused(share());
        change(whole(LONGEST));
        assertThat(share()).isInstanceOf(EditorMessages.Shared.class);
    }

    @Test
    void aDocumentThatGrowsTooLongBeforeItIsSharedIsNotShared() {
        open(LONGEST);
        change(insert("y"));
        assertRefused(share());
    }

    @Test
    void typingBeyondTheLengthIsRefusedAndGoesOnOnceTheTextIsShorter() {
        open(LONGEST);
        EditorMessages.Shared shared = (EditorMessages.Shared) share();
        change(insert("y"));
        assertThat(sidecar.shown).singleElement().asString().contains(URI, "" + Limits.DOCUMENT_BYTES, "pause");
        change(whole("z" + LONGEST.substring(1)));
        change(new RangeChange(new TextPosition(0, 0), new TextPosition(0, 1), "!"));
        assertThat(sidecar.shown).hasSize(1);

        SimulatedWorld.Sidecar again = world.sidecar(sidecar.stored());
        assertThat(again.logged).isEmpty();
        EditorId reader = world.editor(again, URI, SimulatedEditor.Manner.PROMPT).id;
        again.hear(new Input.Opened(reader, URI, 1, "!" + LONGEST.substring(1)));
        EditorMessages.Status status = (EditorMessages.Status) again.ask(reader, new Request.Status());
        assertThat(status.documents()).singleElement().satisfies(document -> {
            assertThat(document.documentId()).isEqualTo(shared.documentId());
            assertThat(document.state()).isNotEqualTo("paused");
        });
    }

    @Test
    void aLiveDocumentThatIsOpenedTooLongIsLeftAlone() {
        open("short");
        share();
        sidecar.hear(new Input.Closed(editor, URI));
        open(LONGEST + "y");
        assertThat(sidecar.shown).singleElement().asString().contains(URI, "" + Limits.DOCUMENT_BYTES);
        assertRefused(share());
        sidecar.hear(new Input.Closed(editor, URI));
        open("short");
        assertThat(share()).isInstanceOf(EditorMessages.Shared.class);
    }
}
