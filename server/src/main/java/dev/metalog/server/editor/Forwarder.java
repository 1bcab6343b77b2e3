package dev.metalog.server.editor;

import dev.metalog.server.editor.attach.Wire;
import dev.metalog.server.editor.frame.BadMessage;
import dev.metalog.server.editor.frame.FrameReader;
import dev.metalog.server.editor.frame.FrameWriter;
import dev.metalog.server.editor.frame.FramingLost;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Passes messages between an editor and the sidecar that has its workspace. Whole messages, not bytes: a message cut off
 * by an editor that dies is never seen by the host, and our own error replies never fall into the middle of a message.
 */
final class Forwarder {
    private final Wire host;
    private final FrameWriter toHost;
    private final Outbox toEditor;
    private final Consumer<EndReason> ended;
    private final SessionLog log;

    /** We end the conversation ourselves, so the host's end that follows is nothing to report. */
    private volatile boolean leaving;

    Forwarder(Wire host, Outbox toEditor, Consumer<EndReason> ended, SessionLog log) {
        this.host = host;
        this.toHost = new FrameWriter(host.out());
        this.toEditor = toEditor;
        this.ended = ended;
        this.log = log;
    }

    void start() {
        Thread pump = new Thread(this::pump, "host-reader");
        pump.setDaemon(true);
        pump.start();
    }

    /** Waits while the host does not read, so that our editor's output waits as well. */
    void send(String json) {
        try {
            toHost.write(json);
            toHost.flush();
        } catch (IOException e) {
            hostGone(e.getMessage());
        }
    }

    /** {@link #send} for a message that the host answers with its end. */
    void sendLast(String json) {
        leaving = true;
        send(json);
    }

    private void pump() {
        try {
            FrameReader fromHost = new FrameReader(host.in());
            for (String json = fromHost.next(); json != null; json = fromHost.next()) {
                toEditor.sendWaiting(json);
            }
            hostGone("it closed the connection");
        } catch (IOException | BadMessage | FramingLost e) {
            hostGone(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hostGone(String why) {
        if (leaving) {
            return;
        }
        log.warn("The sidecar of this workspace, which served this editor, went away: " + why);
        ended.accept(EndReason.HOST_GONE);
    }

    void close() {
        leaving = true;
        try {
            host.close();
        } catch (IOException e) {
            log.warn("Closing the connection to the sidecar of this workspace failed: " + e.getMessage());
        }
    }
}
