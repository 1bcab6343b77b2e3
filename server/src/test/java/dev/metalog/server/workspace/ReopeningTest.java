package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.eventgraph.Origin;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** It begins with an empty graph, and would number what it types as it did before. */
    @Test
    void aDocumentThatWasLeftAndJoinedAgainIsWrittenUnderANewName() throws Exception {
        shareFromOther("shared ");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = join(mine, "file:///w1/a.txt");
        editor.append("before ");
        world.settle();
        mine.ask(editor.id, new Request.Leave(new EditorMessages.LeaveParams(editor.uri)));
        mine.hear(new Input.Closed(editor.id, editor.uri));
        editor.open("");
        world.settle();
        mine.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, editor.uri)));
        world.settle();
        editor.append("after ");
        world.settle();
        assertThat(editor.text()).isEqualTo(friend.text()).isEqualTo("shared before after ");
        Set<ReplicaId> writers = new HashSet<>();
        for (StoredDocument.Item item : mine.log.values().iterator().next()) {
            if (item.kind() == LogKind.TYPED_ON_SCREEN.number()) {
                writers.add(TypedRecord.decode(item.body()).events().runs().replica(0));
            }
        }
        assertThat(writers).hasSize(2);
    }

    /** What it showed before the document was left says nothing of what it shows since, which a full disk did not take. */
    @Test
    void anEditorThatLeftAndJoinedAgainIsNotTakenForWhatItShowedBefore() {
        shareFromOther("shared ");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = join(mine, "file:///w1/a.txt");
        mine.ask(editor.id, new Request.Leave(new EditorMessages.LeaveParams(editor.uri)));
        mine.hear(new Input.Closed(editor.id, editor.uri));
        List<StoredDocument> kept = mine.stored();
        friend.append("more ");
        editor.open("");
        world.settle();
        mine.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, editor.uri)));
        world.settle();
        assertThat(editor.text()).isEqualTo("shared more ");
        world.kill(mine);
        editor.append("!");

        SimulatedWorld.Sidecar again = world.sidecar(kept);
        world.reopen(again, editor);
        world.settle();
        again.connect();
        world.settle();
        assertThat(friend.text())
                .as("it took what came after it joined for its own typing")
                .isEqualTo("shared more ");
        assertThat(editor.text()).isEqualTo("shared more !");
        assertThat(again.shown).anyMatch(told -> told.contains("Nothing was changed."));
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

    /** It opened the file, which was never saved, and somebody typed before its sidecar was there. */
    @Test
    void anEditorStartedAgainTakesNothingBackThatWasNeverSaved() {
        shareFromOther("shared text");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = join(mine, "file:///w1/a.txt");
        editor.append(", typed and not saved");
        world.settle();
        mine.hear(new Input.EditorWent(editor.id));
        SimulatedEditor again = world.editor(mine, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
        again.open("new");
        world.settle();
        assertThat(again.text()).contains("shared text, typed and not saved").contains("new");
        assertThat(friend.text()).isEqualTo(again.text());
    }

    /** The machine lost its power and the file what was saved last; somebody typed before the sidecar was there. */
    @Test
    void anEditorStartedOnAFileThatIsEmptyAgainTakesNothingBackThatWasSaved() {
        shareFromOther("shared text");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = join(mine, "file:///w1/a.txt");
        mine.hear(new Input.Saved(editor.id, editor.uri));
        mine.hear(new Input.EditorWent(editor.id));
        SimulatedEditor again = world.editor(mine, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
        again.open("k");
        world.settle();
        assertThat(again.text()).contains("shared text").contains("k");
        assertThat(friend.text()).isEqualTo(again.text());
    }

    /** Both read the file and typed before their sidecar was there; the first one's was saved again before the second came. */
    @Test
    void theSecondOfTwoEditorsOnAFileTakesNothingBackThatTheFirstSavedSince() {
        shareFromOther("shared text");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = join(mine, "file:///w1/a.txt");
        mine.hear(new Input.Saved(editor.id, editor.uri));
        mine.hear(new Input.EditorWent(editor.id));
        SimulatedEditor first = world.editor(mine, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
        first.open("shared text 1");
        world.settle();
        mine.hear(new Input.Saved(first.id, first.uri));
        SimulatedEditor second = world.editor(mine, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
        second.open("2 shared text");
        world.settle();
        assertThat(second.text()).isEqualTo("2 shared text 1").isEqualTo(friend.text());
    }

    /** What is on the screen that somebody left is as near to it as the file: both lack what was deleted in it. */
    @Test
    void anEditorOnTheFileInWhichMuchWasDeletedTakesNothingBackThatItNeverShowed() {
        EventGraph graph = new EventGraph();
        ShownVersions shown = new ShownVersions();
        graph.edit(new ReplicaId("me"), Version.ROOT, List.of(new TextEdit(0, 0, "abcdef")));
        Version inFile = graph.tip();
        shown.noteSaved(URI, inFile);
        graph.edit(new ReplicaId("me"), inFile, List.of(new TextEdit(1, 4, "new")));
        shown.noteShown(shown.take(ShownVersions.NO_SCREEN, 1, URI), graph.tip());
        shown.left(1);
        ShownVersions.Standing standing = shown.place(2, URI, Text.of("af"), graph);
        graph.edit(new ReplicaId("me"), standing.version(), standing.edits());
        assertThat(graph.text()).isEqualTo("anewf");
    }

    /** The file lacks one key and the screen that somebody left another one: nobody can tell on which of them it was started. */
    @Test
    void anEditorThatShowsNeitherOfTwoKeysTakesNoneBack() {
        EventGraph graph = new EventGraph();
        ShownVersions shown = new ShownVersions();
        graph.edit(new ReplicaId("me"), Version.ROOT, List.of(new TextEdit(0, 0, "abcdef")));
        Version both = graph.tip();
        graph.edit(new ReplicaId("me"), both, List.of(new TextEdit(2, 0, "1")));
        shown.noteShown(shown.take(ShownVersions.NO_SCREEN, 1, URI), graph.tip());
        shown.left(1);
        List<Bundle> others = graph.edit(new ReplicaId("you"), both, List.of(new TextEdit(5, 0, "2")));
        shown.noteSaved(URI, Version.of(others.get(0).events().get(0).lastId()));
        ShownVersions.Standing standing = shown.place(2, URI, Text.of("abcd3"), graph);
        graph.edit(new ReplicaId("me"), standing.version(), standing.edits());
        assertThat(graph.text()).contains("1", "2", "3").doesNotContain("e", "f");
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

        SimulatedWorld.Sidecar again = world.sidecar(withoutRecord(kept, LogKind.TYPED_ON_SCREEN, 1));
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

        SimulatedWorld.Sidecar again = world.sidecar(withoutRecord(kept, LogKind.TYPED_ON_SCREEN, 1));
        again.connect();
        world.settle();
        assertThat(friend.text()).as("the last key was in this log alone").isEqualTo("shared123");
        assertThat(world.restoredText(again)).isEqualTo("shared123");
    }

    /** Here and at a peer's, after both have died: the log keeps when each stretch was written. */
    @Test
    void whenTextWasWrittenOutlivesTheSidecars() {
        int start = Stamp.minutesAt(world.nowMillis);
        shareFromOther("old");
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = join(mine, "file:///w1/a.txt");
        world.pass(60 * 60_000);
        int later = Stamp.minutesAt(world.nowMillis);
        editor.append("new");
        world.settle();
        assertThat(friend.text()).isEqualTo("oldnew");
        for (SimulatedWorld.Sidecar sidecar : List.of(mine, other)) {
            List<Origin> origins =
                    Restored.from(sidecar.stored().get(0)).graph().origins();
            assertThat(origins).extracting(Origin::length).containsExactly(3, 3);
            assertThat(origins.get(0).stampMinutes()).isBetween(start, start + 5);
            assertThat(origins.get(1).stampMinutes()).isBetween(later, later + 5);
        }
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
    void aSecondEditorThatOpensTheFileTakesNothingBackThatTheFirstTypedSince() {
        shareFromOther("as in the file");
        friend.append(", and typed since");
        world.settle();
        SimulatedEditor second = world.editor(other, URI, SimulatedEditor.Manner.PROMPT);
        second.open("as in the file");
        world.settle();
        assertThat(second.text()).isEqualTo("as in the file, and typed since");
        assertThat(friend.text()).isEqualTo(second.text());
    }

    @Test
    void twoEditorsThatDoNotTellTheirProcessKeepTheirKeysToo() {
        shareFromOther("shared");
        SimulatedEditor second = world.editor(other, URI, SimulatedEditor.Manner.PROMPT);
        second.open("shared");
        world.settle();
        List<StoredDocument> kept = other.stored();
        world.kill(other);
        friend.append("1");
        second.append("2");
        SimulatedWorld.Sidecar again = world.sidecar(kept);
        for (SimulatedEditor editor : List.of(friend, second)) {
            again.editors.put(editor.id, editor);
            editor.forgetSidecar();
            again.hear(new Input.EditorCame(editor.id, editor.encoding(), "a stock client", 0));
            editor.open(editor.text());
            world.settle();
        }
        assertThat(second.text())
                .isEqualTo(friend.text())
                .startsWith("shared")
                .contains("1", "2")
                .hasSize(8);
    }

    @Test
    void anOlderLogThatTellsNoScreensApartIsUnderstood() throws Exception {
        shareFromOther("shared");
        friend.append("1");
        world.settle();
        StoredDocument kept = other.stored().get(0);
        world.kill(other);
        List<StoredDocument.Item> older = new ArrayList<>();
        for (StoredDocument.Item item : kept.records()) {
            older.add(asOlder(item));
        }

        SimulatedWorld.Sidecar again = world.sidecar(List.of(new StoredDocument(kept.shared(), older)));
        assertThat(again.logged).isEmpty();
        friend.append("2");
        world.reopen(again, friend);
        world.settle();
        assertThat(friend.text()).isEqualTo("shared12");
        assertThat(world.restoredText(again)).isEqualTo("shared12");
    }

    private static StoredDocument.Item asOlder(StoredDocument.Item item) throws Exception {
        if (item.kind() == LogKind.ON_SCREEN.number()) {
            ShownRecord note = ScreenRecord.decode(item.body()).note();
            byte[] body = ShownRecord.encode(note.kind(), note.uri(), note.version());
            return new StoredDocument.Item(LogKind.SHOWN.number(), body);
        }
        if (item.kind() == LogKind.TYPED_ON_SCREEN.number()) {
            Bundle bundle = BundleCodec.toBundle(
                    TypedRecord.decode(item.body()).events().runs());
            return new StoredDocument.Item(LogKind.TYPED.number(), BundleCodec.encode(bundle));
        }
        return item;
    }

    @Test
    void ofScreensThatWereLeftTheOldestMakesRoom() {
        ShownVersions shown = new ShownVersions();
        EventGraph graph = new EventGraph();
        ReplicaId me = new ReplicaId("me");
        for (int process = 1; process <= ShownVersions.MOST_LEFT_SCREENS + 1; process++) {
            int screen = shown.take(ShownVersions.NO_SCREEN, process, URI);
            shown.noteShown(screen, Version.ROOT);
            shown.left(screen);
        }
        assertThatCode(() -> graph.edit(me, Version.ROOT, List.of(new TextEdit(0, 0, "not empty"))))
                .doesNotThrowAnyException();
        assertThat(shown.place(1, URI, Text.of("other"), graph).screen()).isEqualTo(ShownVersions.NO_SCREEN);
        assertThat(shown.place(2, URI, Text.of("other"), graph).screen()).isNotEqualTo(ShownVersions.NO_SCREEN);
    }

    /** The log of a document that was left and joined again goes on, and numbers of screens come twice in it. */
    @Test
    void aScreenWithTheNumberOfOneFromBeforeTheDocumentWasLeftIsAnotherOne() throws Exception {
        EventGraph graph = new EventGraph();
        ReplicaId me = new ReplicaId("me");
        graph.edit(me, Version.ROOT, List.of(new TextEdit(0, 0, "old")));
        Version old = graph.tip();
        graph.edit(me, old, List.of(new TextEdit(3, 0, " and new")));
        Version newer = graph.tip();
        ShownVersions shown = new ShownVersions();
        shown.restore(new ScreenRecord(1, 10, new ShownRecord(ShownVersions.Kind.SHOWN, URI, old)));
        shown.restore(new ScreenRecord(2, 11, new ShownRecord(ShownVersions.Kind.SHOWN, URI, old)));
        shown.restore(new ScreenRecord(1, 20, new ShownRecord(ShownVersions.Kind.SHOWN, URI, newer)));
        ShownVersions.Standing standing = shown.place(20, URI, Text.of("old"), graph);
        assertThat(standing.version()).as("it took the new text away").isEqualTo(newer);
        assertThat(standing.screen()).isEqualTo(1);
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
        assertEveryKeyOnce(busy, editor.text());
    }

    /**
     * The same with two editors on the workspace, of which the second was passed on to the sidecar of the first: each
     * comes back with its own keys on what it showed itself, whatever the other showed, and in whatever order they come.
     */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void twoEditorsOfASidecarKilledAnywhereLoseNoKeyAndDoubleNone(long seed) {
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
        List<SimulatedEditor> editors = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            SimulatedEditor editor = busy.editor(mine, "file:///w1/a.txt", SimulatedEditor.Manner.PROMPT);
            editor.open("");
            editors.add(editor);
        }
        busy.settle();
        mine.ask(editors.get(0).id, new Request.Join(new EditorMessages.JoinParams(invited, "file:///w1/a.txt")));
        busy.settle();
        for (int life = 0; life < 4; life++) {
            for (int key = busy.random.nextInt(30); key >= 0; key--) {
                int who = busy.random.nextInt(3);
                (who == 2 ? stranger : editors.get(who)).type();
                for (int i = busy.random.nextInt(12); i > 0; i--) {
                    busy.step();
                }
            }
            List<StoredDocument> kept = mine.stored();
            busy.kill(mine);
            for (SimulatedEditor editor : editors) {
                do {
                    editor.type();
                } while (editor.text().isEmpty());
            }
            mine = busy.sidecar(kept);
            mine.connect();
            Collections.shuffle(editors, busy.random);
            for (SimulatedEditor editor : editors) {
                busy.reopen(mine, editor);
                for (int i = busy.random.nextInt(20); i > 0; i--) {
                    busy.step();
                }
            }
        }
        busy.settle();
        assertThat(editors.get(0).text()).isEqualTo(stranger.text());
        assertThat(editors.get(1).text()).isEqualTo(stranger.text());
        assertEveryKeyOnce(busy, stranger.text());
    }

    /**
     * Of a text that is one long word, as it is in some languages and in data, each lost its sidecar for a moment and typed
     * here and there meanwhile. Had either of them replaced the stretch between its keys, it would be there twice.
     */
    @Test
    void twoWhoTypedAllOverALongTextWhileTheirSidecarsWereDeadDoubleNothing() {
        StringBuilder text = new StringBuilder();
        for (int key = 0; key < 3_000; key++) {
            text.appendCodePoint(world.characters.getAndIncrement());
        }
        shareFromOther(text.toString());
        SimulatedWorld.Sidecar mine = world.sidecar();
        mine.connect();
        SimulatedEditor editor = join(mine, "file:///w1/a.txt");
        List<StoredDocument> kept = mine.stored();
        List<StoredDocument> others = other.stored();
        world.kill(mine);
        world.kill(other);
        for (SimulatedEditor typist : List.of(editor, friend)) {
            for (int key = 0; key < 40; key++) {
                typist.typeKey();
            }
        }
        SimulatedWorld.Sidecar again = world.sidecar(kept);
        SimulatedWorld.Sidecar otherAgain = world.sidecar(others);
        world.reopen(again, editor);
        world.reopen(otherAgain, friend);
        again.connect();
        otherAgain.connect();
        world.settle();
        assertThat(editor.text()).isEqualTo(friend.text());
        assertEveryKeyOnce(world, friend.text());
    }

    private static void assertEveryKeyOnce(SimulatedWorld busy, String text) {
        Map<Integer, Integer> counts = new TreeMap<>();
        text.codePoints().forEach(key -> counts.merge(key, 1, Integer::sum));
        for (int key = 0x4E00; key < busy.characters.get(); key++) {
            int most = busy.deleted.contains(key) && !busy.untraceable.contains(key) ? 0 : 1;
            assertThat(counts.getOrDefault(key, 0))
                    .as("occurrences of key U+%X", key)
                    .isBetween(busy.deleted.contains(key) ? 0 : 1, most);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("world.seeds", 60));
    }
}
