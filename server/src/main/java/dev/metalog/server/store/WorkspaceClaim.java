package dev.metalog.server.store;

import java.nio.file.Path;

/** What came of claiming a workspace. */
public sealed interface WorkspaceClaim {
    /** It is ours until the folder is closed or the process ends, however it ends. */
    record Held(WorkspaceFolder folder) implements WorkspaceClaim {}

    /**
     * Another sidecar serves it.
     *
     * @param pid the process that holds it; 0 when it did not say (it may be writing that this very moment)
     * @param lockFile where the lock lies
     */
    record Taken(long pid, Path lockFile) implements WorkspaceClaim {
        /** For the person: where, why, what to do. */
        public String message() {
            return lockFile + ": another meta-log" + (pid == 0 ? "" : " (process " + pid + ")")
                    + " serves this workspace already. Use that one, or end it first.";
        }
    }

    /** One method for each outcome. */
    interface Handler<T> {
        T held(Held claim);

        T taken(Taken claim);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Held held) {
            return handler.held(held);
        }
        return handler.taken((Taken) this);
    }
}
