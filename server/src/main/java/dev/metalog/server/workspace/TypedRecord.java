package dev.metalog.server.workspace;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.MalformedBundleException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What was typed on a screen, as a record of the document's log: the screen (four bytes), then the bundle. */
record TypedRecord(int screen, Bundle bundle) {
    byte[] encode() {
        byte[] encoded = BundleCodec.encode(bundle);
        return ByteBuffer.allocate(Integer.BYTES + encoded.length)
                .putInt(screen)
                .put(encoded)
                .array();
    }

    /** @throws IOException when the bytes are no such record */
    static TypedRecord decode(byte[] body) throws IOException, MalformedBundleException {
        if (body.length < Integer.BYTES) {
            throw new IOException("A record of what was typed ends before its screen does.");
        }
        Bundle bundle = BundleCodec.decode(Arrays.copyOfRange(body, Integer.BYTES, body.length));
        return new TypedRecord(ByteBuffer.wrap(body).getInt(), bundle);
    }
}
