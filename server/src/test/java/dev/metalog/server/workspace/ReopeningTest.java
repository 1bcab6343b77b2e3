package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.editor.EditorMessages;
import java.util.ArrayList;
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

    /** A disk that was full for a moment: the log goes on behind a hole. */
    private static List<StoredDocument> withoutRecord(List<StoredDocument> kept, LogKind kind, int which) {
        List<StoredDocument.Item> records = new ArrayList<>(kept.get(0).records());
        List<StoredDocument.Item> ofKind =
                records.stream().filter(item -> item.kind() == kind.number()).toList();
        records.remove(ofKind.get(which));
        return List.of(new StoredDocument(kept.get(0).shared(), records));
    }

    private List<StoredDocument> typeThreeKeysAndDie(SimulatedWorld.Sidecar mine, SimulatedEditor editor) {
        for (String key : new String[] {"1", "2", "3"}) {
            editor.append(key);
            world.settle();
        }
        List<StoredDocument> kept = mine.stored();
        world.kill(mine);
        return kept;
    }

    @Test
    void aHoleInTheLogIsToldAndFilledByAPeerAndNothingIsThereTwice() {
        shareFromOther("shared");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        List<StoredDocument> kept = typeThreeKeysAndDie(mine, join(mine, "file:///w1/a.txt"));

        SimulatedWorld.Sidecar again = world.sidecar(withoutRecord(kept, LogKind.TYPED, 1));
        assertThat(again.logged)
                .singleElement()
                .asString()
                .contains("1 of its changes follow on others that are missing");
        SimulatedEditor editor = world.editor(again, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
        editor.open("shared123!");
        world.settle();
        assertThat(again.shown).anyMatch(told -> told.contains("a.txt (log ") && told.contains("is kept as it is"));
        assertThat(editor.text()).isEqualTo("shared123!");

        again.connect();
        world.settle();
        assertThat(editor.text()).isEqualTo("shared123!");
        assertThat(friend.text()).isEqualTo("shared123!");
    }

    @Test
    void whatWaitsInTheLogReachesAPeerThatHasWhatIsMissing() {
        shareFromOther("shared");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = join(mine, "file:///w1/a.txt");
        editor.append("1");
        world.settle();
        editor.append("2");
        world.settle();
        mine.disconnect();
        editor.append("3");
        world.settle();
        List<StoredDocument> kept = mine.stored();
        world.kill(mine);
        assertThat(friend.text()).isEqualTo("shared12");

        SimulatedWorld.Sidecar again = world.sidecar(withoutRecord(kept, LogKind.TYPED, 1));
        again.connect();
        world.settle();
        assertThat(friend.text()).as("the last key was in this log alone").isEqualTo("shared123");
        assertThat(world.restoredText(again)).isEqualTo("shared123");
    }

    @Test
    void recordsThatCannotBeUsedTakeNothingElseWithThem() {
        shareFromOther("shared");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        List<StoredDocument> kept = typeThreeKeysAndDie(mine, join(mine, "file:///w1/a.txt"));
        List<StoredDocument.Item> records = new ArrayList<>(kept.get(0).records());
        records.add(1, new StoredDocument.Item(LogKind.BUNDLE.number(), new byte[] {1, 2, 3}));
        records.add(2, new StoredDocument.Item(LogKind.SHOWN.number(), new byte[] {9}));
        records.add(3, new StoredDocument.Item(77, new byte[0]));
        Event stray = Event.deletion(new EventId(new ReplicaId("stray"), 0), List.of(), 5, 5);
        records.add(
                4, new StoredDocument.Item(LogKind.BUNDLE.number(), BundleCodec.encode(new Bundle(List.of(stray)))));

        SimulatedWorld.Sidecar again =
                world.sidecar(List.of(new StoredDocument(kept.get(0).shared(), records)));
        assertThat(again.logged)
                .singleElement()
                .asString()
                .contains("3 of its records could not be read", "1 of its records do not fit the others (", "stray");
        assertThat(world.restoredText(again)).isEqualTo("shared123");
    }

    @Test
    void aLogInOrderIsNoTrouble() {
        shareFromOther("shared");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        List<StoredDocument> kept = typeThreeKeysAndDie(mine, join(mine, "file:///w1/a.txt"));
        SimulatedWorld.Sidecar again = world.sidecar(kept);
        assertThat(again.logged).isEmpty();
        assertThat(world.restoredText(again)).isEqualTo("shared123");
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
