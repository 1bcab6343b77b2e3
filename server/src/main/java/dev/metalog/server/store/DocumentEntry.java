package dev.metalog.server.store;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.WorkspaceId;

/**
 * Which file is which document, and what it takes to meet its peers again.
 *
 * @param uri the file as the editors name it
 * @param path what the document is called among its peers
 * @param secretBase32 the share's 32-byte secret in base32; kept only in a file of mode 0600
 * @param brokerHint where the share was met last; empty for the configured broker
 * @param workspace whose members have it; {@code null} for everybody who has the secret
 */
public record DocumentEntry(
        String uri,
        DocumentId documentId,
        DocumentPath path,
        String secretBase32,
        String brokerHint,
        WorkspaceId workspace) {
    static final int MAX_URI_CHARS = 4_096;
    static final int MAX_HINT_CHARS = 1_024;

    public DocumentEntry {
        if (uri.isEmpty() || uri.length() > MAX_URI_CHARS) {
            throw new IllegalArgumentException("A document's URI has 1 to " + MAX_URI_CHARS + " characters.");
        }
        if (Base32.decode(secretBase32).length != 32) {
            throw new IllegalArgumentException("A share's secret has 32 bytes.");
        }
        if (brokerHint.length() > MAX_HINT_CHARS) {
            throw new IllegalArgumentException("A broker hint has at most " + MAX_HINT_CHARS + " characters.");
        }
    }

    /** One that belongs to no workspace. */
    public DocumentEntry(String uri, DocumentId documentId, DocumentPath path, String secretBase32, String brokerHint) {
        this(uri, documentId, path, secretBase32, brokerHint, null);
    }

    /** Everything but the secret. */
    @Override
    public String toString() {
        return "DocumentEntry(" + uri + ", " + documentId + ", " + brokerHint + ")";
    }
}
