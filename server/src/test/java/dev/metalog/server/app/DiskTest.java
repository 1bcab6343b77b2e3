package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.DocumentCodec.CachedText;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.WorkspaceClaim;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.workspace.DocumentSnapshot;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.LogKind;
import dev.metalog.server.workspace.SharedDocument;
import dev.metalog.server.workspace.StoredDocument;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The store as the sidecar uses it, on the disk of this machine: records, snapshots, and what a next run finds. */
@Timeout(60)
class DiskTest {
    private static final DocumentId ID = DocumentId.fromRandom(new byte[16]);
    private static final SharedDocument SHARED =
            new SharedDocument(ID, "file:///w/a.txt", new DocumentPath("a.txt"), new byte[32], "");

    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Journal journal = new Journal(new PrintStream(said, true, StandardCharsets.UTF_8));
    private final Mailbox mailbox = new Mailbox();
    private final EventGraph graph = new EventGraph();
    private final ReplicaId writer = new ReplicaId("r");

    private Disk open() throws Exception {
        HomeFolder home = HomeFolder.open(folder.resolve("home"));
        WorkspaceFolder workspace = WorkspaceFolder.claim(home, folder.toUri().toString())
                .dispatch(new WorkspaceClaim.Handler<WorkspaceFolder>() {
                    @Override
                    public WorkspaceFolder held(WorkspaceClaim.Held claim) {
                        return claim.folder();
                    }

                    @Override
                    public WorkspaceFolder taken(WorkspaceClaim.Taken claim) {
                        throw new AssertionError(claim.message());
                    }
                });
        return new Disk(workspace, mailbox, journal);
    }

    /** Types so many keys and keeps each. */
    private void type(Disk disk, int keys) {
        for (int i = 0; i < keys; i++) {
            int before = graph.eventCount();
            graph.type(writer, new TextEdit(graph.length(), 0, "k"));
            assertThat(disk.persist(new Effect.Persist(ID, LogKind.BUNDLE, graph.updateSince(before))))
                    .isTrue();
        }
    }

    /** How many records the next run finds, which amount to the graph here. */
    private int restored() throws Exception {
        try (Disk disk = open()) {
            List<StoredDocument> stored = disk.load();
            assertThat(stored).hasSize(1);
            List<StoredDocument.Item> records = stored.get(0).records();
            assertThat(DocumentSnapshot.difference(records, snapshot().records()))
                    .isNull();
            return records.size();
        }
    }

    private DocumentSnapshot snapshot() {
        return new DocumentSnapshot(graph.runsSince(0), new CachedText(graph.tip(), graph.text()), List.of());
    }

    @Test
    void aLongLogAsksForASnapshotAndTheNextRunBeginsWithIt() throws Exception {
        try (Disk disk = open()) {
            disk.remember(SHARED);
            Input asked = null;
            while (asked == null) {
                type(disk, 1_000);
                asked = mailbox.take(0);
            }
            assertThat(asked).isEqualTo(new Input.LogGrown(ID));
            disk.snapshot(new Effect.Snapshot(ID, snapshot()));
            type(disk, 10);
            awaitSnapshot();
        }
        assertThat(restored()).as("one piece of a saved document and ten keys").isEqualTo(11);
        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aSnapshotThatIsWrongIsNotUsed() throws Exception {
        try (Disk disk = open()) {
            disk.remember(SHARED);
            type(disk, 50);
            EventGraph other = new EventGraph();
            other.admit(BundleCodec.decodeRuns(graph.updateSince(0)));
            other.type(writer, new TextEdit(0, 0, "x"));
            disk.snapshot(new Effect.Snapshot(
                    ID,
                    new DocumentSnapshot(other.runsSince(0), new CachedText(other.tip(), other.text()), List.of())));
            while (!said.toString(StandardCharsets.UTF_8).contains("other events")) {
                Thread.onSpinWait();
            }
            type(disk, 1);
        }
        assertThat(restored()).isEqualTo(51);
    }

    private void awaitSnapshot() throws Exception {
        Path log;
        try (Stream<Path> all = Files.list(folder.resolve("home").resolve("workspaces"))) {
            log = all.findFirst().orElseThrow().resolve(ID.value());
        }
        while (!Files.exists(log.resolve("00000002.snapshot"))) {
            Thread.onSpinWait();
        }
    }
}
