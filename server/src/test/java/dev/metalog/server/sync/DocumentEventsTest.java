package dev.metalog.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.SignedEventsCodec;
import dev.metalog.protocol.codec.SignedEventsCodec.Signed;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who wrote what is proved to everybody, however it comes; what is not proved is not taken in. */
class DocumentEventsTest {
    private static final long SEED = Long.getLong("seed", 20261130L);

    private final Random random = new Random(SEED);

    private static DocumentEvents person(int number) {
        return SignedDocuments.of(new EventGraph(), number);
    }

    private static List<Chunk> type(DocumentEvents who, TextEdit edit, int minutes) {
        EventGraph graph = who.graph();
        List<Chunk> chunks = new ArrayList<>();
        for (Bundle bundle : graph.edit(who.authorship().self(), graph.tip(), List.of(edit), minutes)) {
            chunks.add(who.sign(bundle));
        }
        return chunks;
    }

    private List<Chunk> typeSomething(DocumentEvents who, int minutes) {
        int length = who.graph().length();
        int at = random.nextInt(length + 1);
        int deleted = random.nextInt(3) == 0 ? Math.min(length - at, random.nextInt(3)) : 0;
        String inserted = deleted > 0 ? "" : "xyz".substring(random.nextInt(3));
        return inserted.isEmpty() && deleted == 0 ? List.of() : type(who, new TextEdit(at, deleted, inserted), minutes);
    }

    /** Sends everything, so much at a time; whoever hears it may have a part already. */
    private static void sendAll(DocumentEvents from, DocumentEvents to, int aboutBytes) {
        boolean more = true;
        while (more) {
            Replicated.Slice slice = from.since(to.vector(), aboutBytes);
            for (Chunk chunk : slice.chunks()) {
                assertThat(to.admit(chunk).kind()).isIn(Verdict.Kind.ADDED, Verdict.Kind.KNOWN);
            }
            more = slice.more();
        }
    }

    @Test
    void whatWasWrittenByManyIsProvedInAnyPiecesByWhoeverHasIt() {
        for (int round = 0; round < 12; round++) {
            List<DocumentEvents> people = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                people.add(person(i));
            }
            for (int step = 0; step < 400; step++) {
                typeSomething(people.get(random.nextInt(4)), 480_000 + step / 50);
                if (random.nextInt(4) == 0) {
                    DocumentEvents from = people.get(random.nextInt(4));
                    DocumentEvents to = people.get(random.nextInt(4));
                    Replicated.Slice slice = from.since(to.vector(), 1 + random.nextInt(400));
                    slice.chunks().forEach(to::admit);
                }
            }
            DocumentEvents reader = person(9);
            people.forEach(person -> sendAll(person, reader, 1 + random.nextInt(300)));
            DocumentEvents second = person(10);
            sendAll(reader, second, 50);
            for (DocumentEvents person : people) {
                sendAll(second, person, 1 + random.nextInt(2_000));
                assertThat(person.frontier())
                        .as("round " + round + " of " + SEED)
                        .isEqualTo(second.frontier());
                assertThat(person.content()).isEqualTo(second.content());
            }
            DocumentEvents author = people.get(0);
            assertThat(second.authorship().peerOf(author.authorship().self()))
                    .isEqualTo(author.authorship().peerOf(author.authorship().self()))
                    .isNotNull();
        }
    }

    /** As one who has fallen behind takes it in: joined as far as it goes, each writer by itself. */
    private static int takeInJoined(DocumentEvents reader, List<Chunk> said) {
        List<Chunk> left = new ArrayList<>(said);
        int joins = 0;
        while (!left.isEmpty()) {
            DocumentEvents.Joined joined = reader.join(left);
            joins += joined.parts() > 1 ? 1 : 0;
            assertThat(reader.admit(joined.chunk()).kind()).isEqualTo(Verdict.Kind.ADDED);
            left.subList(0, joined.parts()).clear();
        }
        return joins;
    }

    @Test
    void whatIsJoinedAmountsToItsParts() {
        int joins = 0;
        for (int round = 0; round < 40; round++) {
            DocumentEvents anna = person(0);
            DocumentEvents ben = person(1);
            DocumentEvents oneByOne = person(2);
            DocumentEvents joining = person(3);
            for (int burst = 0; burst < 12; burst++) {
                List<Chunk> bens = new ArrayList<>();
                List<Chunk> annas = new ArrayList<>();
                for (int step = random.nextInt(30); step > 0; step--) {
                    bens.addAll(typeSomething(ben, 480_000 + burst));
                    annas.addAll(typeSomething(anna, 480_000 + burst + step / 20));
                }
                bens.forEach(oneByOne::admit);
                annas.forEach(oneByOne::admit);
                joins += takeInJoined(joining, bens);
                joins += takeInJoined(joining, annas);
                assertThat(joining.frontier()).as("seed " + SEED).isEqualTo(oneByOne.frontier());
                assertThat(joining.content()).isEqualTo(oneByOne.content());
                if (random.nextBoolean()) {
                    bens.forEach(anna::admit);
                    annas.forEach(ben::admit);
                }
            }
            sendAll(joining, anna, 200);
            assertThat(anna.frontier()).isEqualTo(joining.frontier());
            assertThat(joining.since(VersionVector.EMPTY, 1 << 20).chunks())
                    .as("what is passed on, with its proofs")
                    .isEqualTo(oneByOne.since(VersionVector.EMPTY, 1 << 20).chunks());
        }
        assertThat(joins).isGreaterThan(100);
    }

    @Test
    void onlyWhatLacksNothingIsJoined() {
        DocumentEvents anna = person(0);
        DocumentEvents ben = person(1);
        List<Chunk> first = type(anna, new TextEdit(0, 0, "a"), 480_000);
        List<Chunk> second = type(anna, new TextEdit(1, 0, "b"), 480_000);
        List<Chunk> bens = type(ben, new TextEdit(0, 0, "z"), 480_000);
        bens.forEach(anna::admit);
        List<Chunk> third = type(anna, new TextEdit(0, 0, "c"), 480_000);
        List<Chunk> all = List.of(first.get(0), second.get(0), third.get(0));

        DocumentEvents reader = person(2);
        assertThat(reader.join(all).parts())
                .as("the third follows on what is not here")
                .isEqualTo(2);
        assertThat(reader.join(all.subList(1, 3)).parts())
                .as("nor is the first")
                .isEqualTo(1);
        assertThat(reader.join(List.of(first.get(0), bens.get(0), second.get(0)))
                        .parts())
                .as("of two writers")
                .isEqualTo(1);
        assertThat(reader.join(List.of(first.get(0), third.get(0))).parts())
                .as("a gap")
                .isEqualTo(1);
        assertThat(reader.join(List.of(first.get(0), new Chunk(new byte[] {1, 2})))
                        .parts())
                .as("nothing at all")
                .isEqualTo(1);
        bens.forEach(reader::admit);
        assertThat(reader.join(all).parts()).isEqualTo(3);
        assertThat(reader.admit(reader.join(all).chunk()).kind()).isEqualTo(Verdict.Kind.ADDED);
        assertThat(reader.frontier()).isEqualTo(anna.frontier());
    }

    @Test
    void noMoreIsJoinedThanManyKeys() {
        DocumentEvents anna = person(0);
        List<Chunk> all = new ArrayList<>();
        for (int key = 0; key < 600; key++) {
            all.addAll(type(anna, new TextEdit(key, 0, "k"), 480_000));
        }
        assertThat(person(1).join(all).parts()).isBetween(500, 512);
    }

    /** Of 10,000 changed, exchanged or mixed up messages none brings anything that was not written so. */
    @Test
    void noForgeryIsTakenIn() {
        DocumentEvents anna = person(0);
        DocumentEvents ben = person(1);
        List<Chunk> said = new ArrayList<>();
        for (int step = 0; step < 150; step++) {
            List<Chunk> chunks = typeSomething(step % 2 == 0 ? anna : ben, 480_000 + step / 9);
            chunks.forEach(chunk -> (said.size() % 2 == 0 ? ben : anna).admit(chunk));
            chunks.forEach(anna::admit);
            chunks.forEach(ben::admit);
            said.addAll(chunks);
        }
        said.addAll(anna.since(VersionVector.EMPTY, 500).chunks());
        int forged = 0;
        DocumentEvents reader = person(2);
        for (int i = 0; i < 10_000; i++) {
            Chunk good = said.get(random.nextInt(said.size()));
            byte[] bytes = good.bytes().clone();
            switch (random.nextInt(3)) {
                case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                default -> {
                    byte[] other = said.get(random.nextInt(said.size())).bytes();
                    int at = random.nextInt(Math.min(bytes.length, other.length));
                    System.arraycopy(other, at, bytes, at, Math.min(bytes.length, other.length) - at);
                }
            }
            Chunk chunk = new Chunk(bytes);
            forged += said.contains(chunk) ? 0 : 1;
            reader.admit(chunk);
            if (i % 100 == 0) {
                // What is honest is still taken in, so nothing of what was refused is left behind.
                reader.admit(said.get(Math.min(i / 100, said.size() - 1)));
            }
        }
        assertThat(forged).isGreaterThan(9_000);
        assertThat(anna.vector().includes(reader.vector())).isTrue();
        sendAll(anna, reader, 10_000);
        assertThat(reader.content()).as("seed " + SEED).isEqualTo(anna.content());
        assertThat(reader.frontier()).isEqualTo(anna.frontier());
    }

    @Test
    void nobodyWritesUnderAnothersName() throws Exception {
        DocumentEvents anna = person(0);
        DocumentEvents mallory = person(1);
        Chunk honest = type(anna, new TextEdit(0, 0, "hello"), 480_000).get(0);
        ReplicaId name = anna.authorship().self();

        // Mallory signs what she says that Anna wrote, as whoever she is.
        Event event = Event.insertion(new EventId(name, 0), List.of(), 0, "I owe you");
        Chunk own = type(mallory, new TextEdit(0, 0, "I owe you"), 480_000).get(0);
        Signed signed = SignedEventsCodec.decode(own.bytes());
        Signed renamed = new Signed(BundleCodec.toRuns(new Bundle(List.of(event))), signed.proofs());
        Verdict verdict = person(2).admit(new Chunk(SignedEventsCodec.encode(renamed)));
        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.REFUSED);
        assertThat(verdict.explanation()).contains("the name is not one of the device that signed");

        // She takes the proof of something else that Anna wrote.
        Signed moved = new Signed(
                renamed.runs(), SignedEventsCodec.decode(honest.bytes()).proofs());
        assertThat(person(2).admit(new Chunk(SignedEventsCodec.encode(moved))).kind())
                .isEqualTo(Verdict.Kind.REFUSED);

        // Or brings it without any.
        assertThat(person(2)
                        .admit(new Chunk(BundleCodec.encode(new Bundle(List.of(event)))))
                        .kind())
                .isEqualTo(Verdict.Kind.REFUSED);
        assertThat(person(2).admit(honest).kind()).isEqualTo(Verdict.Kind.ADDED);
    }

    /** So many writers that their proofs are more than one message may have. */
    @Test
    void manyProofsAreSentInSeveralPieces() {
        DocumentEvents all = person(0);
        int writers = 2_600;
        for (int i = 0; i < writers; i++) {
            EventGraph graph = new EventGraph();
            DocumentEvents writer = SignedDocuments.of(graph, 10_000 + i);
            for (Chunk chunk : type(writer, new TextEdit(0, 0, "w"), 480_000)) {
                assertThat(all.admit(chunk).kind()).isEqualTo(Verdict.Kind.ADDED);
            }
        }
        List<Chunk> chunks = all.since(VersionVector.EMPTY, Integer.MAX_VALUE).chunks();
        assertThat(chunks).hasSizeGreaterThan(1).allMatch(chunk -> chunk.length() <= Limits.CHUNK_BYTES);
        DocumentEvents reader = person(5);
        chunks.forEach(chunk -> assertThat(reader.admit(chunk).kind()).isEqualTo(Verdict.Kind.ADDED));
        assertThat(reader.frontier()).isEqualTo(all.frontier());
    }
}
