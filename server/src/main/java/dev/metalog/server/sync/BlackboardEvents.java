package dev.metalog.server.sync;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.codec.BlackboardCodec;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.server.authorship.Unproved;
import dev.metalog.server.blackboard.Answer;
import dev.metalog.server.blackboard.Blackboard;
import dev.metalog.server.blackboard.BlackboardRefused;
import dev.metalog.server.blackboard.Merged;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The writes of one blackboard as peers exchange them: a chunk is one message of {@link BlackboardCodec}. */
public final class BlackboardEvents implements Replicated {
    static final int MOST_ASKERS = 256;
    private static final byte[] DOMAIN = "meta-log/blackboard/1".getBytes(StandardCharsets.US_ASCII);

    /** Says whether it is proved who put something here. */
    public interface PostingCheck {
        /** Returns {@code null} if it is. */
        Unproved check(EventId id, Posting posting);
    }

    private final Blackboard board;
    private final PostingCheck proofs;
    private final Consumer<List<EntryName>> touched;
    /** Where the last answer ended for those who were told a part: who asked longest ago goes, and begins anew. */
    private final Map<Speaker, Long> toldUpTo = new LinkedHashMap<>();

    private long digestedRevision = -1;
    private Digest frontier;

    /** @param touched told which entries may show something else, after each chunk that brought something */
    public BlackboardEvents(Blackboard board, PostingCheck proofs, Consumer<List<EntryName>> touched) {
        this.board = board;
        this.proofs = proofs;
        this.touched = touched;
    }

    @Override
    public Digest frontier() {
        if (digestedRevision != board.revision()) {
            digestedRevision = board.revision();
            frontier = digest(BlackboardCodec.encode(board.known()));
        }
        return frontier;
    }

    @Override
    public Digest content() {
        return digest(ByteBuffer.allocate(Long.BYTES).putLong(board.digest()).array());
    }

    @Override
    public VersionVector vector() {
        return board.vector();
    }

    @Override
    public boolean has(EventId event) {
        return board.knows(event);
    }

    @Override
    public Slice since(VersionVector vector, int aboutBytes) {
        return slice(board.since(vector, aboutBytes, 0));
    }

    @Override
    public Slice answer(Speaker asker, VersionVector vector, int aboutBytes) {
        Long after = toldUpTo.remove(asker);
        Answer answer = board.since(vector, aboutBytes, after == null ? 0 : after);
        if (answer.more()) {
            toldUpTo.put(asker, answer.upTo());
            if (toldUpTo.size() > MOST_ASKERS) {
                toldUpTo.remove(toldUpTo.keySet().iterator().next());
            }
        }
        return slice(answer);
    }

    private static Slice slice(Answer answer) {
        return new Slice(answer.messages().stream().map(BlackboardEvents::chunk).toList(), answer.more());
    }

    /** What mends somebody who has the same writes and shows something else. */
    public Chunk state() {
        return chunk(board.state());
    }

    @Override
    public Verdict admit(Chunk chunk) {
        try {
            BlackboardMessage message = BlackboardCodec.decode(chunk.bytes());
            if (message instanceof BlackboardMessage.Writes writes) {
                EventId missing = board.missing(writes.writes());
                if (missing != null) {
                    return Verdict.waits(missing);
                }
            }
            Unproved unproved = check(message);
            if (unproved != null) {
                return Verdict.unproved(unproved.why(), unproved.madeUpBy());
            }
            Merged merged = board.merge(message);
            if (!merged.touched().isEmpty()) {
                touched.accept(merged.touched());
            }
            return merged.news() ? Verdict.ADDED : Verdict.KNOWN;
        } catch (MalformedMessageException | BlackboardRefused e) {
            return Verdict.refused(e.getMessage());
        }
    }

    private Unproved check(BlackboardMessage message) {
        List<BlackboardWrite> writes = message instanceof BlackboardMessage.Writes steps
                ? steps.writes()
                : message instanceof BlackboardMessage.Postings postings ? postings.writes() : List.of();
        for (BlackboardWrite write : writes) {
            boolean isNew = write.posting() != null && !board.knows(write.id());
            Unproved unproved = isNew ? proofs.check(write.id(), write.posting()) : null;
            if (unproved != null) {
                return unproved;
            }
        }
        return null;
    }

    public static Chunk chunk(BlackboardMessage message) {
        return new Chunk(BlackboardCodec.encode(message));
    }

    /** How many writes or postings a chunk of ours tells of. */
    public static int count(Chunk chunk) {
        if (chunk.length() == 0) {
            return 0;
        }
        try {
            BlackboardMessage message = BlackboardCodec.decode(chunk.bytes());
            return message instanceof BlackboardMessage.Writes writes
                    ? writes.writes().size()
                    : message instanceof BlackboardMessage.Postings postings
                            ? postings.writes().size()
                            : 0;
        } catch (MalformedMessageException impossible) {
            throw new IllegalStateException("We wrote it ourselves.", impossible);
        }
    }

    private static Digest digest(byte[] of) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(DOMAIN);
            return new Digest(sha.digest(of));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }
}
