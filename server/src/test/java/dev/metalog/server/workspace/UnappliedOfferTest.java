package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorMessages;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sidecar dies while an edit is on its way to an editor, which never gets it. */
class UnappliedOfferTest {
    private final SimulatedWorld world = new SimulatedWorld(1);

    /** What was typed looks a little like what was offered, and is smaller than it. */
    @ParameterizedTest
    @ValueSource(strings = {"x\n", "\n"})
    void whatItWouldHaveBroughtIsNotTakenForDeleted(String typed) {
        SimulatedWorld.Sidecar other = world.sidecar();
        other.connect();
        SimulatedEditor friend = world.editor(other, "file:///w0/a.txt", SimulatedEditor.Manner.PROMPT);
        friend.open("ABC\n");
        world.settle();
        Object shared = other.ask(friend.id, new Request.Share(new EditorMessages.ShareParams(friend.uri)));
        String invitation = ((EditorMessages.Shared) shared).invitation();

        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = world.editor(mine, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
        editor.open("");
        world.settle();
        mine.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, editor.uri)));
        for (int i = 0; i < 20; i++) {
            world.deliverAll();
            world.pass(1_000);
        }
        assertThat(editor.hasWork()).as("the text is offered").isTrue();
        assertThat(editor.text()).as("and not taken").isEmpty();
        editor.append(typed);
        var kept = mine.stored();
        world.kill(mine);

        SimulatedWorld.Sidecar again = world.sidecar(kept);
        again.connect();
        world.reopen(again, editor);
        world.settle();
        assertThat(editor.text()).isEqualTo(friend.text()).contains("ABC\n", typed);
    }
}
