package dev.metalog.server.workspace;

import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.codec.BlackboardCodec;
import java.util.List;

/** Everything that the blackboard's log amounts to: what stands on it, and which writes are known. */
record BlackboardSnapshot(List<BlackboardMessage> everything) implements Snapshot {
    BlackboardSnapshot {
        everything = List.copyOf(everything);
    }

    @Override
    public List<StoredDocument.Item> records() {
        return everything.stream()
                .map(message -> new StoredDocument.Item(LogKind.BLACKBOARD.number(), BlackboardCodec.encode(message)))
                .toList();
    }

    @Override
    public String differs(List<StoredDocument.Item> replaced, List<StoredDocument.Item> written) {
        BlackboardReading before = BlackboardReading.of(replaced);
        BlackboardReading after = BlackboardReading.of(written);
        if (after.trouble() != null) {
            return "it cannot be read back: " + after.trouble();
        }
        if (!before.board().known().equals(after.board().known())) {
            return "it knows of other writes";
        }
        boolean same = before.board().everything().equals(after.board().everything());
        return same ? null : "it shows something else";
    }
}
