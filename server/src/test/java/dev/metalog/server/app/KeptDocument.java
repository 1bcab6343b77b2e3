package dev.metalog.server.app;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.codec.DocumentCodec.CachedText;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.WorkspaceClaim;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.workspace.DocumentSnapshot;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.LogKind;
import dev.metalog.server.workspace.SharedDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A document that is typed and kept as the sidecar does it, in a home of its own on the disk of this machine. */
final class KeptDocument {
    static final DocumentId ID = DocumentId.fromRandom(new byte[16]);

    static final SharedDocument SHARED =
            new SharedDocument(ID, "file:///w/a.txt", new DocumentPath("a.txt"), new byte[32], "");

    final EventGraph graph = new EventGraph();
    final Mailbox mailbox = new Mailbox();

    private final Path folder;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final ReplicaId writer = new ReplicaId("r");

    KeptDocument(Path folder) {
        this.folder = folder;
    }

    Path home() {
        return folder.resolve("home");
    }

    /** Opens the store, as a run of the sidecar does. */
    Disk open() throws Exception {
        HomeFolder home = HomeFolder.open(home());
        WorkspaceFolder workspace = WorkspaceFolder.claim(home, folder.toString())
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
        return new Disk(
                workspace,
                folder.toString(),
                mailbox,
                new Journal(new PrintStream(said, true, StandardCharsets.UTF_8)));
    }

    void share(Disk disk) throws Exception {
        disk.remember(SHARED);
    }

    /** Types so many keys and keeps each; returns whether all were kept. */
    boolean type(Disk disk, int keys) {
        boolean kept = true;
        for (int i = 0; i < keys; i++) {
            int before = graph.eventCount();
            graph.type(writer, new TextEdit(graph.length(), 0, "k"));
            kept &= disk.persist(new Effect.Persist(ID, LogKind.BUNDLE, graph.updateSince(before)));
        }
        return kept;
    }

    /** Types one key, keeps it, and returns how many nanoseconds the keeping took. */
    long keepOne(Disk disk) {
        int before = graph.eventCount();
        graph.type(writer, new TextEdit(graph.length(), 0, "k"));
        Effect.Persist persist = new Effect.Persist(ID, LogKind.BUNDLE, graph.updateSince(before));
        long began = System.nanoTime();
        disk.persist(persist);
        return System.nanoTime() - began;
    }

    DocumentSnapshot snapshot() {
        return new DocumentSnapshot(graph.runsSince(0), new CachedText(graph.tip(), graph.text()), List.of());
    }

    /** The folder of its log. */
    Path log() throws IOException {
        try (Stream<Path> all = Files.list(home().resolve("workspaces"))) {
            return all.findFirst().orElseThrow().resolve(ID.value());
        }
    }

    /** What the person who looks at standard error has been told. */
    String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
