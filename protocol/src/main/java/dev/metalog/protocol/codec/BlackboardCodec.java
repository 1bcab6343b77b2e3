package dev.metalog.protocol.codec;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.blackboard.PostingProof;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Messages about a blackboard as bytes; a record of its log is one too. A byte for the form, a byte for the kind, then
 *
 * <pre>
 * 1 writes, 2 postings: writers │ certificates, in form 2 │ count │ each: id │ count of erased │ ids │ flags (1) │ posting, if flagged
 * 3 state:  vector │ ids apart │ ids erased and not seen │ ids standing
 * vector:   count │ each: writer │ next seq
 * writers:  count │ each writer, in the order in which the ids below name it first
 * certificates: count │ each (134), in the order in which the postings below are signed with it first
 * id:       index of its writer │ seq
 * ids of a state: count of writers │ each: writer │ count │ first seq │ differences to the one before, less 1
 * posting:  author (20) │ written at (8) │ expires at (8), if flagged │ namespace │ name │ value │ if signed: index of its certificate │ signature (64)
 * </pre>
 *
 * Counts, seqs and lengths are varints; texts are a length and UTF-8. Flags: 1 a posting, 2 a member of a set, 4 expires, 8 signed.
 * What holds a signed posting is of form 2, everything else of form 1. A message has one form: whatever does not encode to itself
 * again is refused.
 */
public final class BlackboardCodec {
    /** The largest message that is written or read. */
    public static final int MAX_BYTES = Limits.BATCH_BYTES;

    private static final int FORM = 1;
    private static final int SIGNED_FORM = 2;
    private static final int WRITES = 1;
    private static final int POSTINGS = 2;
    private static final int STATE = 3;
    private static final int POSTED = 1;
    private static final int MEMBER = 2;
    private static final int EXPIRES = 4;
    private static final int SIGNED = 8;
    private static final int ADDRESS_BYTES = 20;
    private static final String PEER = "peer-";
    private static final HexFormat HEX = HexFormat.of();

    private BlackboardCodec() {}

    /** @throws IllegalArgumentException when it would be longer than {@link #MAX_BYTES}; nobody makes such messages */
    public static byte[] encode(BlackboardMessage message) {
        ByteSink out = new ByteSink(512);
        message.dispatch(new Encoder(out));
        if (out.size() > MAX_BYTES) {
            throw new IllegalArgumentException("A message of " + out.size() + " bytes about a blackboard is too long.");
        }
        return out.toArray();
    }

    /** How many bytes a write takes in a message at most. */
    public static int mostBytes(BlackboardWrite write) {
        long writers =
                1 + write.erased().stream().map(EventId::replica).distinct().count();
        int most = 64 + 7 * write.erased().size() + (1 + ReplicaId.MOST_CHARS) * (int) writers;
        if (write.posting() != null) {
            EntryName name = write.posting().name();
            most += 3 * (name.namespace().length() + name.name().length())
                    + write.posting().value().bytes();
            most += write.posting().proof() == null
                    ? 0
                    : 8 + PostingProof.CERTIFICATE_BYTES + PostingProof.SIGNATURE_BYTES;
        }
        return most;
    }

    /** What is signed of a posting: all of it but its proof, in its one form. */
    public static byte[] unsigned(Posting posting) {
        ByteSink out = new ByteSink(256);
        new Encoder(out).posting(posting.with(null), Map.of());
        return out.toArray();
    }

    /** @throws MalformedMessageException whatever is wrong with the bytes; nothing else escapes */
    public static BlackboardMessage decode(byte[] bytes) throws MalformedMessageException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedMessageException("A message about a blackboard has at most " + MAX_BYTES + " bytes.");
        }
        BlackboardMessage message;
        try {
            message = read(new ByteSource(bytes, 0, bytes.length));
        } catch (MalformedColumnsException | IllegalArgumentException e) {
            throw new MalformedMessageException("The message about a blackboard is malformed: " + e.getMessage());
        }
        if (!Arrays.equals(encode(message), bytes)) {
            throw new MalformedMessageException("The message about a blackboard is not in its one form.");
        }
        return message;
    }

    private record Encoder(ByteSink out) implements BlackboardMessage.Handler<Void> {
        @Override
        public Void writes(BlackboardMessage.Writes message) {
            writes(WRITES, message.writes());
            return null;
        }

        @Override
        public Void postings(BlackboardMessage.Postings message) {
            writes(POSTINGS, message.writes());
            return null;
        }

        private void writes(int kind, List<BlackboardWrite> writes) {
            Map<ReplicaId, Integer> writers = new LinkedHashMap<>();
            Map<Chunk, Integer> certificates = new LinkedHashMap<>();
            for (BlackboardWrite write : writes) {
                writers.putIfAbsent(write.id().replica(), writers.size());
                write.erased().forEach(id -> writers.putIfAbsent(id.replica(), writers.size()));
                PostingProof proof =
                        write.posting() == null ? null : write.posting().proof();
                if (proof != null) {
                    certificates.putIfAbsent(proof.certificate(), certificates.size());
                }
            }
            out.put(certificates.isEmpty() ? FORM : SIGNED_FORM);
            out.put(kind);
            out.varint(writers.size());
            writers.keySet().forEach(writer -> text(writer.value()));
            if (!certificates.isEmpty()) {
                out.varint(certificates.size());
                certificates.keySet().forEach(certificate -> out.put(certificate.bytes()));
            }
            out.varint(writes.size());
            for (BlackboardWrite write : writes) {
                id(write.id(), writers);
                out.varint(write.erased().size());
                write.erased().forEach(id -> id(id, writers));
                posting(write.posting(), certificates);
            }
        }

        @Override
        public Void state(BlackboardMessage.State state) {
            out.put(FORM);
            out.put(STATE);
            vector(state.vector());
            ids(state.apart());
            ids(state.erasedUnseen());
            ids(state.standing());
            return null;
        }

        private void posting(Posting posting, Map<Chunk, Integer> certificates) {
            if (posting == null) {
                out.put(0);
                return;
            }
            boolean expires = posting.expiresAtMillis() != 0;
            out.put(POSTED
                    | (posting.kind() == Posting.Kind.MEMBER ? MEMBER : 0)
                    | (expires ? EXPIRES : 0)
                    | (posting.proof() == null ? 0 : SIGNED));
            out.put(HEX.parseHex(posting.author().value().substring(PEER.length())));
            fixed(posting.writtenAtMillis());
            if (expires) {
                fixed(posting.expiresAtMillis());
            }
            text(posting.name().namespace());
            text(posting.name().name());
            text(posting.value().json());
            if (posting.proof() != null) {
                out.varint(certificates.get(posting.proof().certificate()));
                out.put(posting.proof().signature().bytes());
            }
        }

        private void id(EventId id, Map<ReplicaId, Integer> writers) {
            out.varint(writers.get(id.replica()));
            out.varint(id.seq());
        }

        private void vector(VersionVector vector) {
            out.varint(vector.nextSeqs().size());
            vector.nextSeqs().forEach((writer, nextSeq) -> {
                text(writer.value());
                out.varint(nextSeq);
            });
        }

        private void ids(List<EventId> ids) {
            SortedMap<ReplicaId, List<EventId>> byWriter = new TreeMap<>();
            ids.forEach(id -> byWriter.computeIfAbsent(id.replica(), w -> new ArrayList<>())
                    .add(id));
            out.varint(byWriter.size());
            byWriter.forEach((writer, own) -> {
                text(writer.value());
                out.varint(own.size());
                int next = 0;
                for (EventId id : own) {
                    out.varint(id.seq() - next);
                    next = id.seq() + 1;
                }
            });
        }

        private void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            out.varint(utf8.length);
            out.put(utf8);
        }

        private void fixed(long number) {
            out.put(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
        }
    }

    private static BlackboardMessage read(ByteSource in) throws MalformedColumnsException {
        int form = in.next();
        expect(
                form == FORM || form == SIGNED_FORM,
                "it has a form that is not known here; the older of the two needs an upgrade");
        boolean signed = form == SIGNED_FORM;
        BlackboardMessage message = switch (in.next()) {
            case WRITES -> new BlackboardMessage.Writes(readWrites(in, signed));
            case POSTINGS -> new BlackboardMessage.Postings(readWrites(in, signed));
            case STATE -> new BlackboardMessage.State(readVector(in), readIds(in), readIds(in), readIds(in));
            default -> throw new IllegalArgumentException("its kind is not known here");
        };
        expect(in.remaining() == 0, "bytes follow it");
        return message;
    }

    private static List<BlackboardWrite> readWrites(ByteSource in, boolean signed) throws MalformedColumnsException {
        int writerCount = readCount(in, Limits.BLACKBOARD_WRITERS);
        List<ReplicaId> writers = new ArrayList<>(writerCount);
        for (int i = 0; i < writerCount; i++) {
            writers.add(new ReplicaId(readText(in, ReplicaId.MOST_CHARS)));
        }
        List<Chunk> certificates = new ArrayList<>();
        int certificateCount = signed ? readCount(in, Limits.BLACKBOARD_WRITERS) : 0;
        for (int i = 0; i < certificateCount; i++) {
            certificates.add(new Chunk(in.take(PostingProof.CERTIFICATE_BYTES)));
        }
        int count = readCount(in, MAX_BYTES);
        List<BlackboardWrite> writes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            EventId id = readId(in, writers);
            int erasedCount = readCount(in, MAX_BYTES);
            List<EventId> erased = new ArrayList<>(erasedCount);
            for (int e = 0; e < erasedCount; e++) {
                erased.add(readId(in, writers));
            }
            writes.add(new BlackboardWrite(id, erased, readPosting(in, certificates)));
        }
        return writes;
    }

    private static Posting readPosting(ByteSource in, List<Chunk> certificates) throws MalformedColumnsException {
        int flags = in.next();
        if (flags == 0) {
            return null;
        }
        PeerId author = new PeerId(PEER + HEX.formatHex(in.take(ADDRESS_BYTES)));
        long writtenAtMillis = readFixed(in);
        long expiresAtMillis = (flags & EXPIRES) != 0 ? readFixed(in) : 0;
        EntryName name =
                new EntryName(readText(in, Limits.BLACKBOARD_NAME_BYTES), readText(in, Limits.BLACKBOARD_NAME_BYTES));
        EntryValue value = new EntryValue(readText(in, Limits.BLACKBOARD_VALUE_BYTES));
        Posting.Kind kind = (flags & MEMBER) != 0 ? Posting.Kind.MEMBER : Posting.Kind.VALUE;
        PostingProof proof = (flags & SIGNED) != 0 ? readProof(in, certificates) : null;
        return new Posting(name, kind, value, expiresAtMillis, author, writtenAtMillis, proof);
    }

    private static PostingProof readProof(ByteSource in, List<Chunk> certificates) throws MalformedColumnsException {
        int index = in.varint();
        expect(index < certificates.size(), "a posting names a certificate that is not listed");
        return new PostingProof(certificates.get(index), new Chunk(in.take(PostingProof.SIGNATURE_BYTES)));
    }

    private static EventId readId(ByteSource in, List<ReplicaId> writers) throws MalformedColumnsException {
        int writer = in.varint();
        expect(writer < writers.size(), "a write names a writer that is not listed");
        return new EventId(writers.get(writer), in.varint());
    }

    private static VersionVector readVector(ByteSource in) throws MalformedColumnsException {
        int count = readCount(in, Limits.BLACKBOARD_WRITERS);
        SortedMap<ReplicaId, Integer> nextSeqs = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            nextSeqs.put(new ReplicaId(readText(in, ReplicaId.MOST_CHARS)), in.varint());
        }
        return new VersionVector(nextSeqs);
    }

    private static List<EventId> readIds(ByteSource in) throws MalformedColumnsException {
        int writers = readCount(in, MAX_BYTES);
        List<EventId> ids = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            ReplicaId writer = new ReplicaId(readText(in, ReplicaId.MOST_CHARS));
            int count = readCount(in, MAX_BYTES);
            expect(count > 0, "a writer is listed without a write");
            long seq = -1;
            for (int k = 0; k < count; k++) {
                seq += 1L + in.varint();
                expect(seq <= Integer.MAX_VALUE, "a seq is too large");
                ids.add(new EventId(writer, (int) seq));
            }
        }
        return ids;
    }

    /** A count of things that take at least one byte each. */
    private static int readCount(ByteSource in, int most) throws MalformedColumnsException {
        int count = in.varint();
        expect(count <= Math.min(most, in.remaining()), "it announces more than it can hold");
        return count;
    }

    private static String readText(ByteSource in, int mostBytes) throws MalformedColumnsException {
        int length = in.varint();
        expect(length <= mostBytes, "a text is too long");
        byte[] utf8 = in.take(length);
        return new ByteSource(utf8, 0, utf8.length).utf8();
    }

    private static long readFixed(ByteSource in) throws MalformedColumnsException {
        return ByteBuffer.wrap(in.take(Long.BYTES)).getLong();
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
