package dev.metalog.server.workspace;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.server.quarantine.Quarantine;
import java.util.List;

/** Records of what is out, for tests of what keeps and shows them. */
public final class QuarantineRecords {
    private QuarantineRecords() {}

    public static byte[] of(ReplicaId writer) {
        return QuarantineRecord.encode(new Quarantine(new Quarantine(), List.of(writer)));
    }
}
