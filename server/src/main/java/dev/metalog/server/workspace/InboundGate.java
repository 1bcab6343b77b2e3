package dev.metalog.server.workspace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.identity.Envelopes;
import dev.metalog.server.peers.PeerBook;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where every message of others comes in, and where those of a blocked peer end: before anything is opened, verified,
 * counted as heard or shown. What counts is who a message says it is from; whoever says it of another only has their own
 * message dropped.
 */
final class InboundGate {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String ANNOUNCED = "/peers/announce/";

    private final PeerBook book;
    private final String prefix;
    private final Outbox out;
    private int strangers;

    InboundGate(PeerBook book, String topicPrefix, Outbox out) {
        this.book = book;
        this.prefix = topicPrefix;
        this.out = out;
    }

    /** Whether a message is to be dropped, as the person blocked who it is from. It is counted then. */
    boolean drops(Input.Received message) {
        if (!book.anyBlocked()) {
            return false;
        }
        for (PeerId author : authors(message)) {
            if (isBlocked(author)) {
                return true;
            }
        }
        return false;
    }

    /** Then what it sent is counted as dropped. */
    private boolean isBlocked(PeerId author) {
        if (!book.isBlocked(author)) {
            return false;
        }
        if (book.dropped(author)) {
            out.add(new Effect.Log(author + " is blocked, and still sends. What it sends is dropped, counted,"
                    + " and not told again: 'meta-log peers show " + author + "' says how much it was."));
        }
        return true;
    }

    /**
     * Whether a message that came over a direct link is to be dropped: the person blocked who is at its other end, or it claims to
     * be from somebody else.
     */
    boolean drops(Input.ReceivedDirectly message) {
        if (!message.from().equals(Envelopes.claimedSender(message.payload()))) {
            strangers++;
            if (Integer.bitCount(strangers) == 1) {
                out.add(new Effect.Log(
                        message.from() + " passed on, over a direct link, what claims to be from another."
                                + " It was dropped (" + strangers + " so far)."));
            }
            return true;
        }
        return isBlocked(message.from());
    }

    private List<PeerId> authors(Input.Received message) {
        if (message.topic().startsWith(Channel.TOPIC)) {
            PeerId sender = Envelopes.claimedSender(message.payload());
            return sender == null ? List.of() : List.of(sender);
        }
        List<PeerId> authors = new ArrayList<>();
        if (message.topic().startsWith(prefix + ANNOUNCED)) {
            add(authors, message.topic().substring((prefix + ANNOUNCED).length()));
        }
        named(message.payload(), authors);
        return authors;
    }

    /** Whom a public message names as its author, under all names that the public topics have for that. */
    private static void named(byte[] payload, List<PeerId> authors) {
        try (JsonParser json = JSON.createParser(payload)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (value == JsonToken.VALUE_STRING && (name.equals("peer_id") || name.equals("from"))) {
                    add(authors, json.getText());
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            // It is no JSON, and names nobody beyond what was read.
        }
    }

    private static void add(List<PeerId> authors, String name) {
        try {
            authors.add(new PeerId(name));
        } catch (IllegalArgumentException e) {
            // Nobody can be blocked under such a name.
        }
    }
}
