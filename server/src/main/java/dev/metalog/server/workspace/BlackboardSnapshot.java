package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.codec.BlackboardCodec;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.server.blackboard.Blackboard;
import dev.metalog.server.blackboard.BlackboardRefused;
import java.util.List;

/** Everything that the blackboard's log amounts to: what stands on it, and which writes are known. */
record BlackboardSnapshot(List<BlackboardMessage> everything) implements Snapshot {
    /** Only what is read is compared, so it does not matter whose it is. */
    private static final PeerId NOBODY = new PeerId("peer-" + "0".repeat(40));

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
        try {
            Blackboard before = replay(replaced);
            Blackboard after = replay(written);
            if (!before.known().equals(after.known())) {
                return "it knows of other writes";
            }
            return before.state().equals(after.state()) && before.digest() == after.digest()
                    ? null
                    : "it shows something else";
        } catch (MalformedMessageException | BlackboardRefused e) {
            return "it cannot be read back: " + e.getMessage();
        }
    }

    private static Blackboard replay(List<StoredDocument.Item> records)
            throws MalformedMessageException, BlackboardRefused {
        Blackboard board = new Blackboard(NOBODY, new ReplicaId("nobody"));
        for (StoredDocument.Item item : records) {
            if (item.kind() == LogKind.BLACKBOARD.number()) {
                board.restore(BlackboardCodec.decode(item.body()));
            }
        }
        return board;
    }
}
