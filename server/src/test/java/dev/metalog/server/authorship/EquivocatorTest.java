package dev.metalog.server.authorship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Testimony;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.MalformedBundleException;
import dev.metalog.protocol.codec.TestimonyCodec;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.membership.Folk;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who signs two histories is found by whoever has them; and nothing that an honest device signs is two histories. */
class EquivocatorTest {
    private static final long SEED = Long.getLong("seed", 20261130L);
    private static final DocumentId DOCUMENT = DocumentId.fromRandom(new byte[16]);
    private static final DeviceKey DEVICE = Folk.device(Folk.person(1), 1);
    private static final Notary NOTARY = new Notary();
    private static final byte[] NONCE = new byte[WriterProof.NONCE_BYTES];
    private static final Author AUTHOR = new Author(DEVICE, NONCE);
    private static final ReplicaId WRITER = AUTHOR.name();

    /** Everything that was written, and each root that was signed on the way. */
    private record History(EventGraph graph, WriterTree tree, List<Testimony> signed, WriterProof newest) {
        Testimony any(Random random) {
            return signed.get(random.nextInt(signed.size()));
        }

        Testimony last() {
            return signed.get(signed.size() - 1);
        }

        Equivocation against(Testimony other) {
            WriterTree.Beyond nothing = new WriterTree.Beyond(newest.tokens(), new byte[0], new byte[0]);
            PrefixProof prefix = tree.prefix(other.tokens(), nothing, (from, to) -> graph.unitsOf(WRITER, from, to));
            return against(other, prefix);
        }

        Equivocation against(Testimony other, PrefixProof prefix) {
            return new Equivocation(
                    newest.certificate(),
                    NONCE,
                    other,
                    new Equivocation.Signature(last().nextSeq(), newest.tokens(), newest.signature()),
                    prefix.before(),
                    prefix.leaf(),
                    prefix.behind());
        }
    }

    /** Writes from a random seed up to a fork, and from another one behind it. */
    private static History write(long seed, int batches, long otherSeed, int fork) {
        EventGraph graph = new EventGraph();
        WriterTree tree = new WriterTree();
        List<Testimony> signed = new ArrayList<>();
        WriterProof newest = null;
        Random random = new Random(seed);
        for (int i = 0; i < batches; i++) {
            random = i == fork ? new Random(otherSeed) : random;
            int before = graph.nextSeq(WRITER);
            write(graph, random, i);
            int end = graph.nextSeq(WRITER);
            if (end == before) {
                continue;
            }
            tree.append(graph.unitsOf(WRITER, before, end), 0);
            newest = AUTHOR.sign(DOCUMENT, tree);
            signed.add(new Testimony(WRITER, end, tree.tokens(), tree.root(), newest.signature()));
        }
        return new History(graph, tree, signed, newest);
    }

    private static void write(EventGraph graph, Random random, int minute) {
        int at = random.nextInt(graph.length() + 1);
        if (at > 0
                && at < graph.length()
                && Character.isLowSurrogate(graph.text().charAt(at))) {
            at--;
        }
        StringBuilder typed = new StringBuilder();
        for (int length = random.nextInt(30); length >= 0; length--) {
            typed.appendCodePoint(random.nextInt(5) == 0 ? 0x1F600 + random.nextInt(50) : 'a' + random.nextInt(26));
        }
        graph.edit(WRITER, graph.tip(), List.of(new TextEdit(at, 0, typed.toString())), 480_000 + minute);
        if (random.nextInt(3) == 0) {
            int end = graph.length() - 1;
            end -= Character.isLowSurrogate(graph.text().charAt(end)) ? 1 : 0;
            graph.edit(WRITER, graph.tip(), List.of(new TextEdit(end, graph.length() - end, "")), 480_000 + minute);
        }
    }

    private static int firstDifference(History one, History other) {
        byte[] ours = tokens(one.graph().unitsOf(WRITER, 0, one.graph().nextSeq(WRITER)));
        byte[] theirs = tokens(other.graph().unitsOf(WRITER, 0, other.graph().nextSeq(WRITER)));
        int same = Arrays.mismatch(ours, theirs);
        assertThat(same).isNotNegative();
        int tokens = 0;
        for (int end = 0; end >= 0 && end <= same; tokens++) {
            end = TokenReader.end(ours, tokens + 1);
        }
        tokens--;
        return tokens;
    }

    private static byte[] tokens(EventRuns runs) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        new UnitTokens(UnitTokens.Place.START).tell(runs, 0, (seq, bytes, length) -> all.write(bytes, 0, length));
        return all.toByteArray();
    }

    @Test
    void twoHistoriesAreProvedByAnyPairOfSignaturesBehindTheFork() {
        long seed = SEED;
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            int fork = random.nextInt(20);
            long common = random.nextLong();
            History one = write(common, fork + 1 + random.nextInt(20), 1, fork);
            History other = write(common, fork + 1 + random.nextInt(20), 2, fork);
            int same = firstDifference(one, other);
            for (Testimony testimony : other.signed()) {
                if (testimony.tokens() > one.newest().tokens()) {
                    continue;
                }
                Equivocator found = Equivocator.of(DOCUMENT, one.against(testimony), NOTARY);
                String what = "round " + round + " of " + seed + ", " + testimony.tokens() + " tokens, fork at " + same;
                if (testimony.tokens() <= same) {
                    assertThat(found).as(what).isNull();
                } else {
                    assertThat(found).as(what).isNotNull();
                    assertThat(found.device()).isEqualTo(DEVICE.certificate().device());
                    assertThat(found.writer()).isEqualTo(WRITER);
                }
            }
        }
    }

    /** Whatever is done with what an honest device signed, it proves nothing against it. */
    @Test
    void nothingProvesAnythingAgainstAnHonestDevice() throws Exception {
        long seed = SEED;
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            History honest = write(random.nextLong(), 10 + random.nextInt(40), 0, -1);
            for (int i = 0; i < 40; i++) {
                Testimony earlier = honest.any(random);
                Equivocation truth = honest.against(earlier);
                assertThat(Equivocator.of(DOCUMENT, truth, NOTARY)).isNull();
                // The beginning of the tree at another place than the one that was signed.
                Testimony elsewhere = honest.any(random);
                Equivocation shifted = honest.against(elsewhere);
                assertThat(Equivocator.of(
                                DOCUMENT,
                                new Equivocation(
                                        truth.certificate(),
                                        NONCE,
                                        earlier,
                                        truth.longer(),
                                        shifted.before(),
                                        shifted.leaf(),
                                        shifted.behind()),
                                NOTARY))
                        .isNull();
                assertThat(Equivocator.of(DOCUMENT, damaged(truth, random), NOTARY))
                        .as("round " + round + " of " + seed)
                        .isNull();
            }
        }
    }

    private static Equivocation damaged(Equivocation truth, Random random) {
        byte[] good = TestimonyCodec.encode(truth);
        while (true) {
            byte[] bytes = good.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                Equivocation damaged = TestimonyCodec.decode(bytes);
                if (!Arrays.equals(bytes, good)) {
                    return damaged;
                }
            } catch (MalformedBundleException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void oneBitMakesWorthlessWhatProvesIt() throws Exception {
        History one = write(3, 30, 1, 10);
        History other = write(3, 30, 2, 10);
        Testimony testimony = other.signed().get(20);
        Equivocation proof = one.against(testimony);
        byte[] good = TestimonyCodec.encode(proof);
        assertThat(TestimonyCodec.decode(good)).isEqualTo(proof);
        assertThat(Equivocator.of(DOCUMENT, proof, NOTARY)).isNotNull();
        assertThat(Equivocator.of(DocumentId.fromRandom(Folk.random(new Random(1), 16)), proof, NOTARY))
                .as("of another document")
                .isNull();
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bytes = good.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(Equivocator.of(DOCUMENT, TestimonyCodec.decode(bytes), NOTARY))
                        .as("bit " + bit)
                        .isNull();
            } catch (MalformedBundleException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    /** Whoever has only a first part of what was signed can compare what is of less, or of all of it, and no more. */
    @Test
    void whoHasAPartOfAHistoryComparesThatPart() {
        History one = write(5, 40, 1, 15);
        History other = write(5, 40, 2, 15);
        int half = one.signed().get(25).nextSeq();
        Authorship authorship =
                new Authorship(DOCUMENT, new Author(Folk.device(Folk.person(2), 2), NONCE), NOTARY, Authors.ANYBODY);
        WriterTree.Beyond beyond = one.tree()
                .cut(
                        half,
                        new WriterTree.Beyond(one.newest().tokens(), new byte[0], new byte[0]),
                        (from, to) -> one.graph().unitsOf(WRITER, from, to));
        EventGraph graph = new EventGraph();
        graph.admit(one.graph().unitsOf(WRITER, 0, half));
        WriterProof newest = one.newest();
        authorship.recall(new NamedProof(
                WRITER,
                half,
                new WriterProof(
                        newest.certificate(),
                        NONCE,
                        one.last().nextSeq() - half,
                        newest.tokens(),
                        beyond.bridge(),
                        beyond.path(),
                        newest.signature())));
        Testimonies testimonies = authorship.testimonies();
        assertThat(testimonies.of(WRITER, graph)).isEqualTo(one.last());
        assertThat(graph.has(new EventId(WRITER, half))).isFalse();
        assertThat(graph.knows(Version.of(new EventId(WRITER, half - 1)))).isTrue();
        int here = one.signed().get(25).tokens();
        for (Testimony theirs : other.signed()) {
            Comparison found = testimonies.compare(theirs, graph);
            if (theirs.tokens() > here) {
                assertThat(found.kind()).isEqualTo(Comparison.Kind.THEIRS_IS_LONGER);
            } else if (theirs.tokens() <= firstDifference(one, other)) {
                assertThat(found.kind()).isEqualTo(Comparison.Kind.NOTHING_FOUND);
            } else {
                assertThat(found.kind()).isEqualTo(Comparison.Kind.TWO_HISTORIES);
                assertThat(Equivocator.of(DOCUMENT, found.contradiction(), NOTARY))
                        .isNotNull();
            }
        }
        assertThat(testimonies.compare(one.signed().get(20), graph).kind()).isEqualTo(Comparison.Kind.NOTHING_FOUND);
    }
}
