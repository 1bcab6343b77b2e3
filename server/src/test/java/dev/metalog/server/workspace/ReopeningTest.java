package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorMessages;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an editor shows when it comes back decides what happened meanwhile. */
class ReopeningTest {
    private static final String URI = "file:///w0/a.txt";

    private final SimulatedWorld world = new SimulatedWorld(1);
    private final SimulatedWorld.Sidecar other = world.sidecar();
    private SimulatedEditor friend;
    private String invitation;

    private void shareFromOther(String text) {
        other.connect();
        friend = world.editor(other, URI, SimulatedEditor.Manner.PROMPT);
        friend.open(text);
        world.settle();
        Object shared = other.ask(friend.id, new Request.Share(new EditorMessages.ShareParams(URI)));
        invitation = ((EditorMessages.Shared) shared).invitation();
    }

    private SimulatedEditor join(SimulatedWorld.Sidecar sidecar, String uri) {
        SimulatedEditor editor = world.editor(sidecar, uri, SimulatedEditor.Manner.PROMPT);
        editor.open("");
        world.settle();
        sidecar.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, uri)));
        world.settle();
        assertThat(editor.text()).isEqualTo(friend.text());
        return editor;
    }

    @Test
    void aSidecarThatDiedFindsTheEditorsNewKeysAndNothingTwice() {
        shareFromOther("shared");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor before = join(mine, "file:///w1/a.txt");
        List<StoredDocument> kept = mine.stored();
        String shown = before.text();
        world.kill(mine);
        friend.type();
        world.settle();

        SimulatedWorld.Sidecar again = world.sidecar(kept);
        again.connect();
        SimulatedEditor after = world.editor(again, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
        after.open(shown + "!typed while it was dead");
        world.settle();

        assertThat(after.text()).isEqualTo(friend.text()).contains("!typed while it was dead");
        assertThat(friend.text().codePoints().filter(c -> c == '!').count()).isEqualTo(1);
    }

    @Test
    void aBufferThatWasNeverSavedIsBroughtForwardNotTakenForADeletion() {
        shareFromOther("shared text");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = join(mine, "file:///w1/a.txt");
        mine.hear(new Input.Closed(editor.id, editor.uri));
        editor.open("");
        world.settle();
        assertThat(editor.text()).isEqualTo("shared text");
        assertThat(friend.text()).isEqualTo("shared text");
    }

    @Test
    void aFileSavedEarlierIsBroughtForward() {
        shareFromOther("shared text");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = join(mine, "file:///w1/a.txt");
        mine.hear(new Input.Saved(editor.id, editor.uri));
        friend.type();
        friend.type();
        world.settle();
        assertThat(editor.text()).isEqualTo(friend.text());
        mine.hear(new Input.Closed(editor.id, editor.uri));
        editor.open("shared text");
        world.settle();
        assertThat(editor.text()).isEqualTo(friend.text());
    }

    @Test
    void joiningIntoOtherTextIsRefusedAndChangesNothing() {
        shareFromOther("theirs");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = world.editor(mine, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
        editor.open("mine");
        world.settle();
        Object early = mine.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, editor.uri)));
        assertThat(early).isNull();
        world.settle();
        assertThat(mine.answers.values())
                .anyMatch(answer -> answer instanceof Effect.Refuse refuse
                        && refuse.error() == dev.metalog.protocol.editor.EditorError.WOULD_OVERWRITE);
        assertThat(editor.text()).isEqualTo("mine");
        assertThat(friend.text()).isEqualTo("theirs");
    }

    @Test
    void aJoinWithNobodyThereSaysSoAndTheTextComesLater() {
        shareFromOther("late");
        other.disconnect();
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = world.editor(mine, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
        editor.open("");
        world.settle();
        mine.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, editor.uri)));
        world.settle();
        assertThat(mine.answers.values())
                .anyMatch(answer -> answer instanceof EditorMessages.Joined joined && !joined.arrived());
        other.connect();
        world.settle();
        assertThat(editor.text()).isEqualTo("late");
    }

    /** Kills a sidecar at any moment while both type; its editor outlives it, types on, and opens the document again. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aSidecarKilledAnywhereLosesNoKeyAndDoublesNone(long seed) {
        SimulatedWorld busy = new SimulatedWorld(seed);
        SimulatedWorld.Sidecar far = busy.sidecar();
        far.connect();
        SimulatedEditor stranger = busy.editor(far, URI, SimulatedEditor.Manner.PROMPT);
        stranger.open("");
        busy.settle();
        Object shared = far.ask(stranger.id, new Request.Share(new EditorMessages.ShareParams(URI)));
        String invited = ((EditorMessages.Shared) shared).invitation();
        SimulatedWorld.Sidecar mine = busy.sidecar();
        mine.connect();
        SimulatedEditor editor = busy.editor(mine, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
        editor.open("");
        busy.settle();
        mine.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invited, editor.uri)));
        busy.settle();
        for (int life = 0; life < 4; life++) {
            for (int key = busy.random.nextInt(30); key >= 0; key--) {
                (busy.random.nextBoolean() ? stranger : editor).type();
                for (int i = busy.random.nextInt(12); i > 0; i--) {
                    busy.step();
                }
            }
            List<StoredDocument> kept = mine.stored();
            busy.kill(mine);
            do {
                editor.type();
                stranger.type();
                // An empty buffer is taken for a new one and filled: that nothing is deleted for everybody comes first.
            } while (editor.text().isEmpty());
            mine = busy.sidecar(kept);
            mine.connect();
            busy.reopen(mine, editor);
        }
        busy.settle();
        assertThat(editor.text()).isEqualTo(stranger.text());
        Map<Integer, Integer> counts = new TreeMap<>();
        editor.text().codePoints().forEach(key -> counts.merge(key, 1, Integer::sum));
        for (int key = 0x4E00; key < busy.characters.get(); key++) {
            assertThat(counts.getOrDefault(key, 0))
                    .as("occurrences of key U+%X", key)
                    .isEqualTo(busy.deleted.contains(key) ? 0 : 1);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("world.seeds", 60));
    }
}
