package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.editor.EditorMessages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A snapshot is as good as the records that it replaces. That whole worlds go on with them is in the other tests. */
class DocumentSnapshotTest {
    private static final String URI = "file:///w0/a.txt";

    private final SimulatedWorld world = new SimulatedWorld(7);
    private final SimulatedWorld.Sidecar sidecar = world.sidecar();
    private final SimulatedEditor editor = world.editor(sidecar, URI, SimulatedEditor.Manner.PROMPT);

    private void share(String text) {
        editor.open(text);
        world.settle();
        sidecar.ask(editor.id, new Request.Share(new EditorMessages.ShareParams(URI)));
        world.settle();
    }

    private List<StoredDocument.Item> log() {
        return sidecar.log.values().iterator().next();
    }

    @Test
    void theTextAndWhatEditorsShowComeBackFromASnapshot() {
        share("shared");
        for (int i = 0; i < 40; i++) {
            editor.type();
            world.settle();
        }
        String shown = editor.text();
        int before = log().size();
        sidecar.logsGrow();
        assertThat(log()).hasSizeLessThan(before);
        assertThat(log().get(0).kind()).isEqualTo(LogKind.SAVED.number());
        List<StoredDocument> kept = sidecar.stored();
        world.kill(sidecar);

        SimulatedWorld.Sidecar again = world.sidecar(kept);
        SimulatedEditor after = world.editor(again, URI, SimulatedEditor.Manner.PROMPT);
        after.open("!" + shown);
        world.settle();
        assertThat(after.text()).isEqualTo("!" + shown);
        assertThat(world.restoredText(again))
                .as("taken for one key typed meanwhile")
                .isEqualTo("!" + shown);
    }

    @Test
    void anEmptyDocumentHasASnapshot() {
        share("");
        sidecar.logsGrow();
        assertThat(Restored.from(log()).graph().text()).isEmpty();
        assertThat(Restored.from(log()).isIncomplete()).isFalse();
    }

    @Test
    void aLogWithSomethingThatCannotBeReadStaysAsItIs() {
        share("shared");
        List<StoredDocument> kept = sidecar.stored();
        List<StoredDocument.Item> records = new ArrayList<>(kept.get(0).records());
        records.add(new StoredDocument.Item(99, new byte[] {1}));
        world.kill(sidecar);
        SimulatedWorld.Sidecar again =
                world.sidecar(List.of(new StoredDocument(kept.get(0).shared(), records)));
        again.logsGrow();
        assertThat(again.log.values().iterator().next()).isEqualTo(records);
    }

    @Test
    void aSnapshotThatLacksSomethingIsFound() {
        share("shared");
        List<StoredDocument.Item> early = List.copyOf(log());
        editor.type();
        world.settle();
        List<StoredDocument.Item> late = List.copyOf(log());
        assertThat(DocumentSnapshot.difference(late, late)).isNull();
        assertThat(DocumentSnapshot.difference(late, early)).isEqualTo("it has other events");
        assertThat(DocumentSnapshot.difference(late, List.of())).isNotNull();
        sidecar.logsGrow();
        byte[] damaged = log().get(0).body().clone();
        damaged[damaged.length - 1] ^= 1;
        assertThat(DocumentSnapshot.difference(late, List.of(new StoredDocument.Item(7, damaged))))
                .isEqualTo("the snapshot cannot be read back");
    }

    @Test
    void aLargeSavedDocumentComesBackFromItsPieces() throws Exception {
        Random random = new Random(1);
        for (int length : new int[] {
            0, 1, SavedPiece.PIECE_BYTES - 1, SavedPiece.PIECE_BYTES, SavedPiece.PIECE_BYTES + 1, 3_000_000
        }) {
            byte[] saved = new byte[length];
            random.nextBytes(saved);
            SavedPiece.Joiner joiner = new SavedPiece.Joiner();
            List<byte[]> pieces = SavedPiece.cut(saved);
            for (byte[] piece : pieces.subList(0, pieces.size() - 1)) {
                assertThat(joiner.add(piece)).isNull();
            }
            assertThat(Arrays.equals(joiner.add(pieces.get(pieces.size() - 1)), saved))
                    .as("length " + length)
                    .isTrue();
        }
    }

    @Test
    void whatIsNotKeptIsNotSent() {
        sidecar.connect();
        share("shared");
        DocumentId id = new DocumentId(sidecar.log.keySet().iterator().next());
        sidecar.hear(new Input.NotKept(id, "The disk is full. Free some space."));
        sidecar.hear(new Input.NotKept(id, "The disk is full. Free some space."));
        assertThat(sidecar.shown)
                .filteredOn(line -> line.contains("The disk is full"))
                .isNotEmpty();
        int published = world.publishedOfDocuments;
        editor.type();
        world.settle();
        sidecar.disconnect();
        sidecar.connect();
        assertThat(world.publishedOfDocuments).isEqualTo(published);
        sidecar.hear(new Input.KeptAgain(id));
        assertThat(world.publishedOfDocuments).isGreaterThan(published);
        assertThat(sidecar.shown).last().asString().contains("kept and shared again");
    }
}
