package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorMessages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is typed does not wait behind a long answer: a broker has two pieces of that to take over at a time. */
final class OvertakingTest {
    private static final String URI = "file:///w0/a.txt";

    private final SimulatedWorld world = new SimulatedWorld(5);
    private final SimulatedWorld.Sidecar first = world.sidecar();
    private final SimulatedWorld.Sidecar second = world.sidecar();
    private final SimulatedWorld.Sidecar late = world.sidecar();
    private final SimulatedEditor ada = world.editor(first, URI, SimulatedEditor.Manner.PROMPT);
    private final SimulatedEditor ben = world.editor(second, URI, SimulatedEditor.Manner.PROMPT);
    private final SimulatedEditor cay = world.editor(late, URI, SimulatedEditor.Manner.PROMPT);

    private void join(SimulatedWorld.Sidecar sidecar, SimulatedEditor editor, String invitation) {
        sidecar.connect();
        editor.open("");
        turn(editor, sidecar);
        sidecar.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, URI)));
    }

    private void turn(SimulatedEditor editor, SimulatedWorld.Sidecar sidecar) {
        while (editor.hasWork()) {
            editor.turn(sidecar::hear);
        }
        world.deliverAll();
    }

    private int waiting() {
        return first.workspace.audit().get(0).bulkBytes();
    }

    @Test
    void aKeyOvertakesALongAnswerHoweverSlowlyThatGoes() {
        first.connect();
        ada.open("a line of a long text\n".repeat(60_000));
        turn(ada, first);
        Object shared = first.ask(ada.id, new Request.Share(new EditorMessages.ShareParams(URI)));
        String invitation = ((EditorMessages.Shared) shared).invitation();
        join(second, ben, invitation);
        world.settle();
        assertThat(ben.text()).isEqualTo(ada.text());
        // Only the first can answer the late one.
        second.disconnect();
        first.acknowledgementsWait = true;
        join(late, cay, invitation);
        for (int i = 0; i < 50 && waiting() == 0; i++) {
            world.deliverAll();
            world.pass(100);
        }
        second.connect();
        world.deliverAll();

        int keys = 0;
        while (waiting() > 0) {
            int before = waiting();
            ada.append("k" + ++keys + "\n");
            turn(ada, first);
            turn(ben, second);
            assertThat(waiting()).as("no piece went out in between").isEqualTo(before);
            assertThat(ben.text()).endsWith("\nk" + keys + "\n");
            List<Input> taken = new ArrayList<>(first.heldBack);
            first.heldBack.clear();
            taken.forEach(first::hear);
            world.deliverAll();
        }
        assertThat(keys).as("keys typed while the answer was going out").isGreaterThan(2);
        first.acknowledgementsWait = false;
        first.heldBack.forEach(first::hear);
        world.settle();
        assertThat(cay.text()).isEqualTo(ada.text()).isEqualTo(ben.text());
    }
}
