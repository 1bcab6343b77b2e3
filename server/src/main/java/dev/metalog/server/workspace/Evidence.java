package dev.metalog.server.workspace;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.Version;
import java.util.List;

/**
 * What is known about two texts that should be one: enough to play the document again, and no key and no secret. It does
 * hold text.
 *
 * @param wallMillis when, by our clock
 * @param us who we are in this run, and under which name we write
 * @param other a peer and its run, or an editor
 * @param version at which both are
 * @param theirs of the other's text
 * @param inMemory our text where it differs from {@code fromEvents}; both empty when it does not
 * @param records of the log, the last ones if it is long
 * @param recordsLeftOut how many came before those
 */
public record Evidence(
        DocumentId document,
        String path,
        long wallMillis,
        Speaker us,
        ReplicaId writer,
        String other,
        Version version,
        Digest ours,
        Digest theirs,
        String verdict,
        String inMemory,
        String fromEvents,
        List<StoredDocument.Item> records,
        int recordsLeftOut) {
    /** Of the records together. */
    public static final int MOST_BYTES = 4 << 20;
    /** Of each of the two texts. */
    static final int MOST_TEXT_UNITS = 64 << 10;

    public Evidence {
        records = List.copyOf(records);
    }

    /** The last of the records that are not more than {@value #MOST_BYTES} bytes together. */
    static List<StoredDocument.Item> tail(List<StoredDocument.Item> records) {
        int from = records.size();
        for (int bytes = 0; from > 0; from--) {
            bytes += records.get(from - 1).body().length;
            if (bytes > MOST_BYTES) {
                break;
            }
        }
        return records.subList(from, records.size());
    }
}
