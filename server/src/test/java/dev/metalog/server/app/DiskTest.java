package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.DocumentCodec.CachedText;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.workspace.DocumentSnapshot;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.StoredDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The store as the sidecar uses it, on the disk of this machine: records, snapshots, and what a next run finds. */
@Timeout(60)
class DiskTest {
    @TempDir
    Path folder;

    private KeptDocument document;

    @BeforeEach
    void nothingIsKeptYet() {
        document = new KeptDocument(folder);
    }

    /** How many records the next run finds, which amount to the graph here. */
    private int restored() throws Exception {
        try (Disk disk = document.open()) {
            List<StoredDocument> stored = disk.load();
            assertThat(stored).hasSize(1);
            List<StoredDocument.Item> records = stored.get(0).records();
            assertThat(DocumentSnapshot.difference(records, document.snapshot().records()))
                    .isNull();
            return records.size();
        }
    }

    @Test
    void aLongLogAsksForASnapshotAndTheNextRunBeginsWithIt() throws Exception {
        try (Disk disk = document.open()) {
            document.share(disk);
            Input asked = null;
            while (asked == null) {
                assertThat(document.type(disk, 1_000)).isTrue();
                asked = document.mailbox.take(0);
            }
            assertThat(asked).isEqualTo(new Input.LogGrown(KeptDocument.ID));
            disk.snapshot(new Effect.Snapshot(KeptDocument.ID, document.snapshot()));
            document.type(disk, 10);
            while (!Files.exists(document.log().resolve("00000002.snapshot"))) {
                Thread.onSpinWait();
            }
        }
        assertThat(restored()).as("one piece of a saved document and ten keys").isEqualTo(11);
        assertThat(document.said()).isEmpty();
    }

    @Test
    void aSnapshotThatIsWrongIsNotUsed() throws Exception {
        try (Disk disk = document.open()) {
            document.share(disk);
            document.type(disk, 50);
            EventGraph other = new EventGraph();
            other.admit(BundleCodec.decodeRuns(document.graph.updateSince(0)));
            other.type(new ReplicaId("s"), new TextEdit(0, 0, "x"));
            CachedText text = new CachedText(other.tip(), other.text());
            disk.snapshot(
                    new Effect.Snapshot(KeptDocument.ID, new DocumentSnapshot(other.runsSince(0), text, List.of())));
            while (!document.said().contains("other events")) {
                Thread.onSpinWait();
            }
            document.type(disk, 1);
        }
        assertThat(restored()).isEqualTo(51);
    }

    /** A folder stands where the next segment has to be made: what cannot be kept is told once, and typing goes on. */
    @Test
    void aLogThatCannotBeMadeIsToldOnceAndNothingIsSaidToBeKept() throws Exception {
        try (Disk disk = document.open()) {
            document.share(disk);
            Files.writeString(document.log(), "in the way");
            assertThat(document.type(disk, 5)).isFalse();
            Input told = document.mailbox.take(0);
            assertThat(told).isInstanceOf(Input.NotKept.class);
            assertThat(((Input.NotKept) told).explanation())
                    .contains(document.log().toString(), "save the file");
            assertThat(document.mailbox.take(0)).as("once").isNull();
            assertThat(document.log()).hasContent("in the way");
        }
    }
}
