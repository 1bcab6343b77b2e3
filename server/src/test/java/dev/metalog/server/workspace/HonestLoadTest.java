package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorMessages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What bounds hostile people must not be felt by honest ones. */
class HonestLoadTest {
    private final SimulatedWorld world = new SimulatedWorld(41);
    private final List<SimulatedWorld.Sidecar> sidecars = new ArrayList<>();
    private final List<SimulatedEditor> editors = new ArrayList<>();

    private void share(int people) {
        String invitation = null;
        for (int i = 0; i < people; i++) {
            SimulatedWorld.Sidecar sidecar = world.sidecar();
            sidecar.connect();
            SimulatedEditor editor = world.editor(sidecar, "file:///w" + i + "/a", SimulatedEditor.Manner.PROMPT);
            editor.open("");
            world.settle();
            if (invitation == null) {
                Object shared = sidecar.ask(editor.id, new Request.Share(new EditorMessages.ShareParams(editor.uri)));
                invitation = ((EditorMessages.Shared) shared).invitation();
            } else {
                sidecar.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, editor.uri)));
            }
            world.settle();
            sidecars.add(sidecar);
            editors.add(editor);
        }
    }

    private void assertTogether() {
        String text = editors.get(0).text();
        assertThat(editors).allSatisfy(editor -> assertThat(editor.text()).isEqualTo(text));
        assertThat(sidecars)
                .allSatisfy(sidecar -> assertThat(sidecar.logged).noneMatch(line -> line.contains("at once")));
    }

    @Test
    void aPasteWithinTheBoundsComesAtOnce() {
        share(2);
        editors.get(0).append("p".repeat(4 << 20));
        editors.get(0).report(sidecars.get(0)::hear);
        world.deliverAll();
        assertThat(sidecars.get(1).workspace.audit().get(0).text().length()).isEqualTo(4 << 20);
        assertTogetherAfterAWhile();
    }

    /** It is longer than what is listened to unasked, and comes all the same, soon and without anybody's help. */
    @Test
    void aPasteOfTwelveMebibytesComesByBeingAskedFor() {
        share(2);
        editors.get(0).append("p".repeat(12 << 20));
        editors.get(0).report(sidecars.get(0)::hear);
        for (int i = 0; i < 50 && length(1) < 12 << 20; i++) {
            world.deliverAll();
            world.pass(200);
        }
        assertThat(length(1)).isEqualTo(12 << 20);
    }

    private int length(int sidecar) {
        return sidecars.get(sidecar).workspace.audit().get(0).text().length();
    }

    private void assertTogetherAfterAWhile() {
        world.settle();
        assertTogether();
    }

    @Test
    void whoWasAwayForDaysCatchesUp() {
        share(3);
        sidecars.get(2).disconnect();
        for (int day = 0; day < 3; day++) {
            for (int key = 0; key < 700; key++) {
                editors.get(key % 2).typeKey();
                editors.get(key % 2).report(sidecars.get(key % 2)::hear);
                world.deliverAll();
            }
            world.pass(86_400_000);
        }
        sidecars.get(2).connect();
        for (int i = 0; i < 50 && length(2) < 2_100; i++) {
            world.deliverAll();
            world.pass(100);
        }
        assertThat(length(2)).as("within five seconds").isEqualTo(2_100);
        assertTogetherAfterAWhile();
    }

    @Test
    void tenWhoTypeTwentyKeysASecondAreAllHeard() {
        share(10);
        for (int tick = 0; tick < 200; tick++) {
            for (int i = 0; i < editors.size(); i++) {
                editors.get(i).typeKey();
                editors.get(i).report(sidecars.get(i)::hear);
            }
            world.deliverAll();
            world.pass(50);
        }
        assertTogetherAfterAWhile();
        assertThat(editors.get(0).text()).hasSize(2_000);
    }
}
