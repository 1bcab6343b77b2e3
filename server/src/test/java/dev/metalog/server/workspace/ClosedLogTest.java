package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A document whose log the store found unusable, or damaged. */
class ClosedLogTest {
    private static final String URI = "file:///w0/a.txt";
    private static final String WHY = "A newer meta-log wrote this log. Start that newer version.";

    private final SimulatedWorld world = new SimulatedWorld(1);
    private StoredDocument kept;
    private String invitation;

    @BeforeEach
    void shareAndEnd() {
        SimulatedWorld.Sidecar before = world.sidecar();
        SimulatedEditor editor = world.editor(before, URI, SimulatedEditor.Manner.PROMPT);
        editor.open("shared");
        world.settle();
        Object shared = before.ask(editor.id, new Request.Share(new EditorMessages.ShareParams(URI)));
        invitation = ((EditorMessages.Shared) shared).invitation();
        kept = before.stored().get(0);
        world.kill(before);
    }

    private SimulatedWorld.Sidecar restart(StoredDocument.State state, List<StoredDocument.Item> records) {
        return world.sidecar(List.of(new StoredDocument(kept.shared(), records, state, WHY)));
    }

    @Test
    void itIsEditedLikeAnyFileAndThePersonIsTold() {
        SimulatedWorld.Sidecar again = restart(StoredDocument.State.CLOSED, List.of());
        SimulatedEditor editor = world.editor(again, URI, SimulatedEditor.Manner.PROMPT);
        editor.open("shared");
        editor.append(" and typed on");
        world.settle();
        assertThat(again.shown).singleElement().asString().contains("a.txt", WHY, "like any other file");
        assertThat(again.logged).anyMatch(line -> line.contains("a.txt") && line.contains(WHY));
        assertThat(editor.text()).isEqualTo("shared and typed on");
        assertThat(again.log.values()).as("nothing is written into its log").allMatch(List::isEmpty);
    }

    /** A second document of that name would take the place of the first one's secret, and nobody could ever read it again. */
    @Test
    void noOtherDocumentTakesItsPlace() {
        SimulatedWorld.Sidecar again = restart(StoredDocument.State.CLOSED, List.of());
        SimulatedEditor editor = world.editor(again, URI, SimulatedEditor.Manner.PROMPT);
        editor.open("shared");
        world.settle();
        assertRefused(again.ask(editor.id, new Request.Share(new EditorMessages.ShareParams(URI))));
        assertRefused(again.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, URI))));
        assertRefused(again.ask(
                editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, "file:///w0/other.txt"))));
        assertThat(again.remembered.values()).containsExactly(kept.shared());
    }

    private static void assertRefused(Object answer) {
        assertThat(answer).isInstanceOfSatisfying(Effect.Refuse.class, refusal -> {
            assertThat(refusal.error()).isEqualTo(EditorError.STORE_FAILED);
            assertThat(refusal.explanation()).contains(WHY);
        });
    }

    @Test
    void whoLeavesItMayShareAnew() {
        SimulatedWorld.Sidecar again = restart(StoredDocument.State.CLOSED, List.of());
        SimulatedEditor editor = world.editor(again, URI, SimulatedEditor.Manner.PROMPT);
        editor.open("shared");
        world.settle();
        assertThat(again.ask(editor.id, new Request.Leave(new EditorMessages.LeaveParams(URI))))
                .isInstanceOf(EditorMessages.Done.class);
        assertThat(again.ask(editor.id, new Request.Share(new EditorMessages.ShareParams(URI))))
                .isInstanceOf(EditorMessages.Shared.class);
    }

    @Test
    void whoOpensADamagedOneIsToldOnce() {
        SimulatedWorld.Sidecar again = restart(StoredDocument.State.DAMAGED, kept.records());
        SimulatedEditor editor = world.editor(again, URI, SimulatedEditor.Manner.PROMPT);
        editor.open("shared");
        world.settle();
        again.hear(new Input.Closed(editor.id, URI));
        editor.open("shared");
        world.settle();
        assertThat(again.shown).containsExactly("a.txt: " + WHY);
        assertThat(editor.text()).isEqualTo("shared");
    }
}
