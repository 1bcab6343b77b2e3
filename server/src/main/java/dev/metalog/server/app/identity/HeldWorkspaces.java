package dev.metalog.server.app.identity;

import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.KeptWorkspace;
import dev.metalog.server.store.WorkspaceClaim;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.store.file.StoreRefused;
import java.util.ArrayList;
import java.util.List;

/** All workspaces that are kept, held so that no sidecar starts in one of them meanwhile. */
final class HeldWorkspaces implements AutoCloseable {
    private final List<WorkspaceFolder> folders = new ArrayList<>();

    private HeldWorkspaces() {}

    /** @throws StoreRefused when a sidecar runs in one of them; then none is held */
    static HeldWorkspaces all(HomeFolder home) throws StoreRefused {
        HeldWorkspaces held = new HeldWorkspaces();
        boolean isComplete = false;
        try {
            for (KeptWorkspace kept : KeptWorkspace.in(home)) {
                held.hold(kept);
            }
            isComplete = true;
            return held;
        } finally {
            if (!isComplete) {
                held.close();
            }
        }
    }

    private void hold(KeptWorkspace kept) throws StoreRefused {
        WorkspaceClaim.Taken taken = kept.claim().dispatch(new WorkspaceClaim.Handler<>() {
            @Override
            public WorkspaceClaim.Taken held(WorkspaceClaim.Held claim) {
                folders.add(claim.folder());
                return null;
            }

            @Override
            public WorkspaceClaim.Taken taken(WorkspaceClaim.Taken claim) {
                return claim;
            }
        });
        if (taken != null) {
            throw new StoreRefused(
                    StoreRefused.Reason.FAILED,
                    taken.lockFile(),
                    "A meta-log" + (taken.pid() == 0 ? "" : " (process " + taken.pid() + ")") + " runs in "
                            + kept.root() + ", as the device of before.",
                    "End the editors that use it, and say this once more. Nothing was changed.");
        }
    }

    @Override
    public void close() throws StoreRefused {
        for (WorkspaceFolder folder : folders) {
            folder.close();
        }
    }
}
