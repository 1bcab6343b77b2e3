package dev.metalog.server.app;

import dev.metalog.server.store.DocumentEntry;
import dev.metalog.server.store.KeptWorkspace;
import dev.metalog.server.store.WorkspaceClaim;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.DocumentLog;
import dev.metalog.server.store.log.LogSnapshot;
import dev.metalog.server.workspace.Reading;
import dev.metalog.server.workspace.Snapshot;
import java.io.PrintWriter;
import java.util.Locale;

/** {@code meta-log store compact}: what the sidecar does when a log has grown, now and for each document. */
final class StoreCompaction {
    private StoreCompaction() {}

    /** Returns whether all could be done. */
    static boolean run(KeptWorkspace workspace, PrintWriter out, PrintWriter err) throws StoreRefused {
        return workspace.claim().dispatch(new WorkspaceClaim.Handler<Boolean>() {
            @Override
            public Boolean held(WorkspaceClaim.Held claim) {
                return run(claim.folder(), out, err);
            }

            @Override
            public Boolean taken(WorkspaceClaim.Taken claim) {
                err.println("meta-log store: " + claim.message());
                return false;
            }
        });
    }

    private static boolean run(WorkspaceFolder folder, PrintWriter out, PrintWriter err) {
        boolean good = true;
        try (folder) {
            for (DocumentEntry entry : folder.documentIndex().entries()) {
                good &= compact(folder, entry, out, err);
            }
        } catch (StoreRefused e) {
            err.println("meta-log store: " + e.getMessage());
            return false;
        }
        return good;
    }

    private static boolean compact(WorkspaceFolder folder, DocumentEntry entry, PrintWriter out, PrintWriter err) {
        try (DocumentLog log = folder.documentLog(entry.documentId())) {
            long before = log.sizeBytes();
            Snapshot snapshot = Reading.of(Compactor.items(log::replay)).snapshot();
            if (snapshot == null) {
                err.println("meta-log store: " + entry.path() + " was left as it is: not everything in its log can be"
                        + " read, and a snapshot would throw that away. meta-log store verify tells more.");
                return false;
            }
            LogSnapshot begun = log.beginSnapshot();
            if (begun == null) {
                out.println(entry.path() + ": nothing new since the last snapshot");
                return true;
            }
            Compactor.write(begun, snapshot);
            out.printf(
                    Locale.ROOT,
                    "%s: a snapshot of %,d bytes stands for %,d bytes of records%n",
                    entry.path(),
                    log.snapshotBytes(),
                    before);
            return true;
        } catch (StoreRefused e) {
            err.println("meta-log store: " + e.getMessage());
            return false;
        }
    }
}
