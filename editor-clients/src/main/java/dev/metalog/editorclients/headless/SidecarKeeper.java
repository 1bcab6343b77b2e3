package dev.metalog.editorclients.headless;

import dev.metalog.editorclients.headless.EditorEvent.SidecarEnded;
import dev.metalog.editorclients.headless.EditorEvent.SidecarStarted;
import dev.metalog.editorclients.sidecar.SidecarChannel;
import dev.metalog.editorclients.sidecar.SidecarException;
import dev.metalog.editorclients.sidecar.SidecarListener;
import dev.metalog.editorclients.sidecar.SidecarSession;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps a sidecar running for one editor.
 *
 * <pre>
 *            start ok                     ended
 *   (new) ───────────▶ RUNNING ─────────────────────▶ DOWN ──┐ start failed: wait longer
 *                         ▲                            │ ▲────┘
 *                         └────────── start ok ────────┤
 *                                                      │ 5 failures in a row
 *          close, from anywhere ─▶ CLOSED              └──▶ GIVEN UP
 * </pre>
 */
final class SidecarKeeper implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SidecarKeeper.class.getName());
    private static final int MOST_FAILURES = 5;
    private static final Duration INITIALIZE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration RESTART_DELAY = Duration.ofMillis(100);

    /** What the editor does at the turns of its sidecar's life. */
    interface Owner {
        SidecarListener ears();

        /** Takes the session in use and tells it what is open. */
        void started(SidecarSession session);

        void happened(String name, Object body);
    }

    private final EditorProfile profile;
    private final SidecarChannel.Starter starter;
    private final Chores chores;
    private final Owner owner;
    private volatile SidecarSession session;
    private volatile boolean closed;
    private int failures;

    SidecarKeeper(EditorProfile profile, SidecarChannel.Starter starter, Chores chores, Owner owner) {
        this.profile = profile;
        this.starter = starter;
        this.chores = chores;
        this.owner = owner;
    }

    /** Absent while the sidecar is down. */
    Optional<SidecarSession> session() {
        return Optional.ofNullable(session);
    }

    void start() throws IOException, SidecarException {
        SidecarSession fresh =
                SidecarSession.open(starter.start(), owner.ears(), Handshake.params(profile), INITIALIZE_TIMEOUT);
        session = fresh;
        failures = 0;
        owner.started(fresh);
        owner.happened("sidecarStarted", new SidecarStarted(fresh.encoding().wireName()));
        CompletableFuture<Void> unused = fresh.ended().thenAccept(this::ended);
        if (closed) {
            fresh.close();
        }
    }

    private void ended(int code) {
        session = null;
        if (!closed) {
            owner.happened("sidecarEnded", new SidecarEnded(code, null));
            chores.later(RESTART_DELAY, this::startAgain);
        }
    }

    private void startAgain() {
        if (closed) {
            return;
        }
        try {
            start();
        } catch (IOException | SidecarException e) {
            failures++;
            if (failures < MOST_FAILURES) {
                LOG.log(Level.WARNING, "the sidecar could not be started again; trying once more", e);
                chores.later(RESTART_DELAY.multipliedBy(1L << failures), this::startAgain);
            } else {
                String explanation = "gave up after " + failures + " starts: " + e.getMessage()
                        + ". What was typed is still in the buffers: save them, and start the editor again";
                owner.happened("sidecarEnded", new SidecarEnded(-1, explanation));
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        SidecarSession last = session;
        if (last != null) {
            last.close();
        }
    }
}
