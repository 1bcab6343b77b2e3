package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.WorkspaceId;
import java.util.Arrays;
import java.util.Objects;

/**
 * What this workspace remembers of one live document.
 *
 * @param uri what editors here call it
 * @param path what it is called among the peers
 * @param secret 32 bytes; see {@link dev.metalog.protocol.Invitation}. Of a workspace's document they are of no use: its key
 *     is made of the epoch's
 * @param broker where it was shared first; empty when there was none to name
 * @param workspace whose members have it; {@code null}: everybody who has the invitation does
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, and compared by content
public record SharedDocument(
        DocumentId id, String uri, DocumentPath path, byte[] secret, String broker, WorkspaceId workspace) {
    public SharedDocument {
        secret = secret.clone();
    }

    /** One that belongs to no workspace. */
    public SharedDocument(DocumentId id, String uri, DocumentPath path, byte[] secret, String broker) {
        this(id, uri, path, secret, broker, null);
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
                && broker.equals(that.broker)
                && Objects.equals(workspace, that.workspace);
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
