package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorMessages;
import org.junit.jupiter.api.Test;

/** What goes over the wire for a key, and for none. */
class QuietWireTest {
    @Test
    void aKeyInAnOldSessionIsOneMessage() {
        SimulatedWorld world = new SimulatedWorld(5);
        SimulatedWorld.Sidecar first = world.sidecar();
        SimulatedWorld.Sidecar second = world.sidecar();
        first.connect();
        second.connect();
        SimulatedEditor owner = world.editor(first, "file:///w0/a", SimulatedEditor.Manner.PROMPT);
        owner.open("text");
        world.settle();
        Object shared = first.ask(owner.id, new Request.Share(new EditorMessages.ShareParams(owner.uri)));
        SimulatedEditor joined = world.editor(second, "file:///w1/a", SimulatedEditor.Manner.PROMPT);
        joined.open("");
        world.settle();
        String invitation = ((EditorMessages.Shared) shared).invitation();
        second.ask(joined.id, new Request.Join(new EditorMessages.JoinParams(invitation, joined.uri)));
        world.settle();
        world.pass(60_000);
        world.settle();

        int before = world.published();
        for (int key = 0; key < 20; key++) {
            owner.type();
            while (owner.hasWork()) {
                owner.turn(first::hear);
            }
            world.pass(10);
        }
        assertThat(world.published() - before).isEqualTo(20);
        world.settle();
        assertThat(joined.text()).isEqualTo(owner.text());
    }
}
