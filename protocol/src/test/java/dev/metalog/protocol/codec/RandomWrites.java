package dev.metalog.protocol.codec;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.blackboard.PostingProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** Messages about blackboards of all shapes. */
final class RandomWrites {
    private static final List<String> VALUES = List.of(
            "1",
            "-0.50",
            "1E+5",
            "null",
            "true",
            "\"\"",
            "\"\\\"\\\\\\u0001 ä 😀\"",
            "{}",
            "[]",
            "{\"a\":[1,{\"b\":2}],\"c\":null}");

    private RandomWrites() {}

    static BlackboardMessage message(Random random) {
        List<BlackboardWrite> writes = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(6); i++) {
            writes.add(write(random));
        }
        return switch (random.nextInt(4)) {
            case 0 -> new BlackboardMessage.State(vector(random), ids(random), ids(random), ids(random));
            case 1 ->
                new BlackboardMessage.Postings(writes.stream()
                        .map(write -> new BlackboardWrite(write.id(), List.of(), posting(random)))
                        .toList());
            default -> new BlackboardMessage.Writes(writes);
        };
    }

    private static BlackboardWrite write(Random random) {
        EventId id = new EventId(new ReplicaId("self"), random.nextInt(300));
        return new BlackboardWrite(id, ids(random), random.nextInt(4) == 0 ? null : posting(random));
    }

    private static Posting posting(Random random) {
        EntryName name = new EntryName("n" + random.nextInt(3), "näme " + random.nextInt(100));
        Posting.Kind kind = random.nextBoolean() ? Posting.Kind.VALUE : Posting.Kind.MEMBER;
        EntryValue value = EntryValue.of(VALUES.get(random.nextInt(VALUES.size())));
        long expires = random.nextBoolean() ? 0 : 1 + random.nextInt(1 << 30) * 4_000L;
        PeerId author = new PeerId("peer-" + String.valueOf(random.nextInt(10)).repeat(40));
        Posting posting = new Posting(name, kind, value, expires, author, random.nextInt(1 << 30) * 1_000L);
        return random.nextInt(3) == 0 ? posting : posting.with(proof(random));
    }

    private static PostingProof proof(Random random) {
        byte[] certificate = new byte[PostingProof.CERTIFICATE_BYTES];
        certificate[0] = (byte) random.nextInt(3);
        byte[] signature = new byte[PostingProof.SIGNATURE_BYTES];
        random.nextBytes(signature);
        return new PostingProof(new Chunk(certificate), new Chunk(signature));
    }

    private static List<EventId> ids(Random random) {
        TreeSet<EventId> ids = new TreeSet<>();
        for (int i = 0; i < random.nextInt(8); i++) {
            ids.add(new EventId(new ReplicaId("w" + random.nextInt(3)), random.nextInt(1 << random.nextInt(31))));
        }
        return List.copyOf(ids);
    }

    private static VersionVector vector(Random random) {
        TreeMap<ReplicaId, Integer> nextSeqs = new TreeMap<>();
        for (int i = 0; i < random.nextInt(5); i++) {
            nextSeqs.put(new ReplicaId("w" + random.nextInt(10)), 1 + random.nextInt(1 << random.nextInt(31)));
        }
        return new VersionVector(nextSeqs);
    }
}
