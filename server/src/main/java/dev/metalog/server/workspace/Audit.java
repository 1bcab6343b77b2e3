package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Version;
import dev.metalog.server.text.Text;

/**
 * Where a live document stands.
 *
 * @param caughtUp whether somebody was found to have no more than is here
 * @param waiting bundles that wait for their parents
 * @param sessions speakers that are kept in mind
 * @param bulkBytes of all documents together, what waits to be sent in answers
 */
public record Audit(
        DocumentId document, Version tip, Text text, boolean caughtUp, int waiting, int sessions, int bulkBytes) {}
