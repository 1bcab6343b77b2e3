package dev.metalog.editorclients.sidecar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/** Two streams to a running sidecar, and how it ended. */
public interface SidecarChannel {
    /** Makes a channel to a fresh sidecar. */
    @FunctionalInterface
    interface Starter {
        SidecarChannel start() throws IOException;
    }

    /** What the sidecar says. */
    InputStream fromSidecar();

    /** What the sidecar hears. */
    OutputStream toSidecar();

    /** Completed with the exit code when the sidecar has ended. */
    CompletableFuture<Integer> exit();

    /** Ends the sidecar at once, whatever it is doing. */
    void kill();
}
