package dev.metalog.server.workspace;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.MalformedBundleException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What was typed on a screen, as a record of the document's log: the screen (four bytes), then the bundle with its proof. */
record TypedRecord(int screen, LoggedEvents events) {
    static byte[] encode(int screen, byte[] events) {
        return ByteBuffer.allocate(Integer.BYTES + events.length)
                .putInt(screen)
                .put(events)
                .array();
    }

    /** @throws IOException when the bytes are no such record */
    static TypedRecord decode(byte[] body) throws IOException, MalformedBundleException {
        if (body.length < Integer.BYTES) {
            throw new IOException("A record of what was typed ends before its screen does.");
        }
        return new TypedRecord(ByteBuffer.wrap(body).getInt(), LoggedEvents.read(body, Integer.BYTES));
    }

    /** What the screen shows since. */
    Version version() {
        EventRuns runs = events.runs();
        EventId last = runs.idOfUnit(runs.units() - 1);
        return Version.of(last);
    }
}
