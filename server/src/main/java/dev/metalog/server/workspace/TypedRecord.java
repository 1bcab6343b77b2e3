package dev.metalog.server.workspace;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.MalformedBundleException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What was typed on a screen, as a record of the document's log: the screen (four bytes), then the bundle. */
record TypedRecord(int screen, EventRuns runs) {
    static byte[] encode(int screen, byte[] bundle) {
        return ByteBuffer.allocate(Integer.BYTES + bundle.length)
                .putInt(screen)
                .put(bundle)
                .array();
    }

    /** @throws IOException when the bytes are no such record */
    static TypedRecord decode(byte[] body) throws IOException, MalformedBundleException {
        if (body.length < Integer.BYTES) {
            throw new IOException("A record of what was typed ends before its screen does.");
        }
        EventRuns runs = BundleCodec.decodeRuns(Arrays.copyOfRange(body, Integer.BYTES, body.length));
        return new TypedRecord(ByteBuffer.wrap(body).getInt(), runs);
    }

    /** What the screen shows since. */
    Version version() {
        EventId last = runs.idOfUnit(runs.units() - 1);
        return Version.of(last);
    }
}
