package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import java.util.Arrays;

/**
 * What this workspace remembers of one live document.
 *
 * @param uri what editors here call it
 * @param path what it is called among the peers
 * @param secret 32 bytes; see {@link dev.metalog.protocol.Invitation}
 * @param broker where it was shared first; empty when there was none to name
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, and compared by content
public record SharedDocument(DocumentId id, String uri, DocumentPath path, byte[] secret, String broker) {
    public SharedDocument {
        secret = secret.clone();
    }

    @Override
    public byte[] secret() {
        return secret.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SharedDocument that
                && id.equals(that.id)
                && uri.equals(that.uri)
                && path.equals(that.path)
                && Arrays.equals(secret, that.secret)
                && broker.equals(that.broker);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "SharedDocument[" + id + ", " + path + "]";
    }
}
