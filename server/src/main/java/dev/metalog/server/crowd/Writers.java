package dev.metalog.server.crowd;

import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.link.RelayAddress;
import dev.metalog.server.workspace.EditorId;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.RandomBytes;
import dev.metalog.server.workspace.RangeChange;
import dev.metalog.server.workspace.SharedDocument;
import dev.metalog.server.workspace.StoredDocument;
import dev.metalog.server.workspace.TextPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Light peers who write in documents to which somebody invited them, each in some of its own: real signed bundles, as many a
 * second as are wanted. They answer what they are asked and hear nothing else, or each of them would have as much to do as
 * whoever is measured. What is written is the time at which it was, so that whoever reads it knows how long it took.
 */
final class Writers implements AutoCloseable {
    /** Channels are {@code ml/1/TAG}, and what is for one alone is on a topic below. */
    private static final int LEVELS_OF_OWN_TOPIC = 4;

    private static final int RADIX = 36;
    private static final EditorId EDITOR = new EditorId(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** One document of one writer. */
    private static final class Page {
        private final LightPeer writer;
        private final String uri;
        private int version = 1;
        private int units;

        Page(LightPeer writer, String uri) {
            this.writer = writer;
            this.uri = uri;
        }

        void write(String word) {
            TextPosition end = new TextPosition(0, units);
            units += word.length();
            writer.tell(new Input.Changed(EDITOR, uri, ++version, List.of(new RangeChange(end, end, word))));
        }
    }

    private final Crowd crowd;
    private final List<LightPeer> writing = new ArrayList<>();
    private final List<Page> pages = new ArrayList<>();

    /** @param writers at most as many as invitations */
    Writers(RelayAddress broker, String prefix, RandomBytes random, int writers, List<Invitation> invitations) {
        crowd = new Crowd(broker, prefix, random, writers);
        for (int writer = 0; writer < writers; writer++) {
            List<StoredDocument> documents = new ArrayList<>();
            for (int at = writer; at < invitations.size(); at += writers) {
                documents.add(stored(invitations.get(at), uri(at), broker));
            }
            LightPeer peer = crowd.add(documents, Writers::isOwnTopic);
            writing.add(peer);
            documents.forEach(
                    document -> pages.add(new Page(peer, document.shared().uri())));
        }
    }

    private static String uri(int number) {
        return "file:///crowd/" + number + ".txt";
    }

    private static StoredDocument stored(Invitation to, String uri, RelayAddress broker) {
        return new StoredDocument(
                new SharedDocument(to.document(), uri, to.path(), to.secret(), broker.url()), List.of());
    }

    private static boolean isOwnTopic(String filter) {
        return filter.split("/").length == LEVELS_OF_OWN_TOPIC && filter.startsWith("ml/");
    }

    /** Connects all and opens their documents. */
    void start() throws IOException, InterruptedException {
        for (LightPeer writer : writing) {
            writer.start();
            writer.tell(new Input.EditorCame(EDITOR, PositionEncoding.UTF_16, "crowd", 0));
        }
        pages.forEach(page -> page.writer.tell(new Input.Opened(EDITOR, page.uri, 1, "")));
        if (!crowd.census().awaitConnected(PATIENCE)) {
            throw new IOException("Not all writers were connected within " + PATIENCE.toSeconds() + " s.");
        }
    }

    /** Writes in all documents in turn. Returns how many words were written. */
    long write(int perSecond, int seconds) {
        long words = (long) perSecond * seconds;
        long began = System.nanoTime();
        for (long word = 0; word < words; word++) {
            long due = began + word * TimeUnit.SECONDS.toNanos(1) / perSecond;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            pages.get((int) (word % pages.size())).write(Long.toString(System.nanoTime(), RADIX) + " ");
        }
        return words;
    }

    @Override
    public void close() {
        crowd.close();
    }
}
