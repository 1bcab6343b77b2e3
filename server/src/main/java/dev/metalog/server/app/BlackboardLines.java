package dev.metalog.server.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.metalog.protocol.editor.BlackboardMessages;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Writes what a command found out as lines of JSON, each written whole and at once. Values stand in them as they are. */
final class BlackboardLines {
    private static final JsonFactory JSON = new JsonFactory();

    private final PrintStream out;

    BlackboardLines(PrintStream out) {
        this.out = out;
    }

    private interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    void entry(BlackboardMessages.Entry entry) {
        line(json -> members(json, entry));
    }

    void change(BlackboardMessages.Change change) {
        line(json -> {
            json.writeStringField("event", change.entry() == null ? "gone" : "changed");
            if (change.entry() == null) {
                json.writeStringField("namespace", change.namespace());
                json.writeStringField("name", change.name());
            } else {
                members(json, change.entry());
            }
        });
    }

    void done(String what, String namespace, String name) {
        line(json -> {
            json.writeStringField("namespace", namespace);
            json.writeStringField("name", name);
            json.writeBooleanField(what, true);
        });
    }

    void invited(BlackboardMessages.Invited invited) {
        line(json -> json.writeStringField("invitation", invited.invitation()));
    }

    void joined(BlackboardMessages.BoardJoined joined) {
        line(json -> {
            json.writeNumberField("entries", joined.entries());
            json.writeBooleanField("arrived", joined.arrived());
        });
    }

    void synced(BlackboardMessages.Synced synced) {
        line(json -> {
            json.writeArrayFieldStart("peers");
            for (BlackboardMessages.Exchange peer : synced.peers()) {
                json.writeStartObject();
                json.writeStringField("peerId", peer.peerId());
                json.writeNumberField("sent", peer.sent());
                json.writeNumberField("received", peer.received());
                json.writeBooleanField("equal", peer.equal());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField("explanation", synced.explanation());
        });
    }

    private static void members(JsonGenerator json, BlackboardMessages.Entry entry) throws IOException {
        json.writeStringField("namespace", entry.namespace());
        json.writeStringField("name", entry.name());
        if (entry.kind().equals("value")) {
            item(json, entry.items().get(0));
            return;
        }
        json.writeArrayFieldStart("members");
        for (BlackboardMessages.Item item : entry.items()) {
            json.writeStartObject();
            item(json, item);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void item(JsonGenerator json, BlackboardMessages.Item item) throws IOException {
        json.writeFieldName("value");
        json.writeRawValue(item.value());
        json.writeStringField("author", item.author());
        json.writeStringField("writtenAt", item.writtenAt());
        if (item.expiresAt() != null) {
            json.writeStringField("expiresAt", item.expiresAt());
        }
    }

    private void line(Members members) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException("Writing to memory does not fail.", impossible);
        }
        synchronized (out) {
            out.print(line + "\n");
            out.flush();
        }
    }
}
