package dev.metalog.server.editor;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.editor.frame.FrameWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What waits to be written to one editor, and the one thread that writes it.
 *
 * <p>The overflow rule, in the order in which an editor that stops reading meets it:
 *
 * <ol>
 *   <li>Of the states of one thing (a broker, a document) only the newest waits: it takes the place of the older one.
 *   <li>When three quarters of the messages or one quarter of the characters are used up, news is dropped and counted.
 *   <li>Replies and edits are taken until {@link Limits#EDITOR_OUTBOX_MESSAGES} wait, or {@link
 *       Limits#EDITOR_OUTBOX_CHARS} characters; one more ends the session with {@link EndReason#OUTBOX_FULL}. Nothing is
 *       lost by it: an editor that is started again opens its documents and is brought up to date.
 * </ol>
 */
final class Outbox {
    private static final int NEWS_MESSAGES = Limits.EDITOR_OUTBOX_MESSAGES / 4 * 3;
    private static final int NEWS_CHARS = Limits.EDITOR_OUTBOX_CHARS / 4;

    private final FrameWriter out;
    private final Consumer<EndReason> ended;
    private final SessionLog log;
    private final Thread writer = new Thread(this::write, "editor-writer");

    private final Object lock = new Object();
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final Map<String, Waiting> states = new HashMap<>();
    private int most;
    private long chars;
    private long droppedNews;
    private boolean closed;

    /** One message; a newer state of the same thing replaces its text while it waits. */
    private static final class Waiting {
        private final String stateKey;
        private String json;

        Waiting(String stateKey, String json) {
            this.stateKey = stateKey;
            this.json = json;
        }
    }

    /** @param ended told that the editor stopped reading or is gone */
    Outbox(OutputStream out, Consumer<EndReason> ended, SessionLog log) {
        this.out = new FrameWriter(out);
        this.ended = ended;
        this.log = log;
        writer.setDaemon(true);
    }

    void start() {
        writer.start();
    }

    /** A reply or an edit: may not be lost. */
    void send(String json) {
        boolean full;
        synchronized (lock) {
            full = isFull();
            if (!full) {
                add(new Waiting(null, json));
            }
        }
        if (full) {
            ended.accept(EndReason.OUTBOX_FULL);
        }
    }

    /** Like {@link #send}, but waits for room: for a thread that has nothing else to do. */
    void sendWaiting(String json) throws InterruptedException {
        synchronized (lock) {
            while (isFull() && !closed) {
                lock.wait();
            }
            add(new Waiting(null, json));
        }
    }

    /** Something that is worth telling only while the editor keeps up. */
    void sendNews(String json) {
        synchronized (lock) {
            addNews(new Waiting(null, json));
        }
    }

    /** The state of one thing: whatever waits under the same key is out of date. */
    void sendState(String key, String json) {
        synchronized (lock) {
            Waiting older = states.get(key);
            if (older == null) {
                addNews(new Waiting(key, json));
            } else {
                chars += json.length() - older.json.length();
                older.json = json;
            }
        }
    }

    /** Writes what waits, for as long as the editor reads and the time allows, and takes no more. */
    void finish(long timeoutMillis) throws InterruptedException {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
            if (droppedNews > 0) {
                log.warn(droppedNews + " notifications were dropped because the editor did not read them.");
            }
        }
        writer.join(timeoutMillis);
    }

    /** News that was dropped is what had no room. */
    MetricsMessages.Queue queue() {
        synchronized (lock) {
            return new MetricsMessages.Queue(
                    "for an editor", null, queue.size(), Limits.EDITOR_OUTBOX_MESSAGES, most, droppedNews);
        }
    }

    private boolean isFull() {
        return queue.size() >= Limits.EDITOR_OUTBOX_MESSAGES || chars >= Limits.EDITOR_OUTBOX_CHARS;
    }

    private void addNews(Waiting waiting) {
        if (queue.size() < NEWS_MESSAGES && chars < NEWS_CHARS) {
            add(waiting);
        } else if (droppedNews++ == 0) {
            log.warn("The editor does not read what it is sent; notifications are dropped until it does.");
        }
    }

    private void add(Waiting waiting) {
        if (closed) {
            return;
        }
        queue.addLast(waiting);
        most = Math.max(most, queue.size());
        chars += waiting.json.length();
        if (waiting.stateKey != null) {
            states.put(waiting.stateKey, waiting);
        }
        lock.notifyAll();
    }

    private void write() {
        try {
            for (String json = take(); json != null; json = take()) {
                out.write(json);
                if (isEmpty()) {
                    out.flush();
                }
            }
        } catch (IOException e) {
            log.warn("Writing to the editor failed: " + e.getMessage());
            ended.accept(EndReason.END_OF_INPUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isEmpty() {
        synchronized (lock) {
            return queue.isEmpty();
        }
    }

    /** Null when the outbox was closed and is empty. */
    private String take() throws InterruptedException {
        synchronized (lock) {
            while (queue.isEmpty() && !closed) {
                lock.wait();
            }
            Waiting waiting = queue.pollFirst();
            if (waiting == null) {
                return null;
            }
            chars -= waiting.json.length();
            if (waiting.stateKey != null) {
                states.remove(waiting.stateKey);
            }
            lock.notifyAll();
            return waiting.json;
        }
    }
}
