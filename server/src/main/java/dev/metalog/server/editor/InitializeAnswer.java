package dev.metalog.server.editor;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages.Capability;
import java.nio.file.Path;

/** What becomes of an editor that asked to {@code initialize}. */
public sealed interface InitializeAnswer {
    <T> T dispatch(Handler<T> handler);

    /** This process has the workspace and serves the editor. */
    record Serve(Capability capability) implements InitializeAnswer {
        @Override
        public <T> T dispatch(Handler<T> handler) {
            return handler.serve(this);
        }
    }

    /**
     * Another sidecar of this machine has the workspace: pass all messages on to it.
     *
     * @param socket the Unix domain socket of its {@link AttachListener}
     * @param token what its listener wants to see first
     */
    record Forward(Path socket, String token) implements InitializeAnswer {
        @Override
        public <T> T dispatch(Handler<T> handler) {
            return handler.forward(this);
        }

        /** Leaves the token out: it opens the host's door. */
        @Override
        public String toString() {
            return "Forward[" + socket + "]";
        }
    }

    /**
     * Another sidecar of this machine has the workspace, but nobody can be passed on to it yet: ask again in a moment.
     *
     * @param message why, and what the person may do should it stay like that
     */
    record AskAgain(String message) implements InitializeAnswer {
        @Override
        public <T> T dispatch(Handler<T> handler) {
            return handler.askAgain(this);
        }
    }

    /**
     * The editor cannot be served; it may try {@code initialize} again.
     *
     * @param message where, why and what to do
     */
    record Refuse(EditorError error, String message) implements InitializeAnswer {
        @Override
        public <T> T dispatch(Handler<T> handler) {
            return handler.refuse(this);
        }
    }

    /** One method for each answer. */
    interface Handler<T> {
        T serve(Serve answer);

        T forward(Forward answer);

        T askAgain(AskAgain answer);

        T refuse(Refuse answer);
    }
}
