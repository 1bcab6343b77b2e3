package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Seed;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.blackboard.PostingProof;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class BlackboardCodecTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final ReplicaId WRITER = new ReplicaId("aa");
    private static final ReplicaId OTHER = new ReplicaId("b");

    /** These bytes are in logs and on the wire: a change of them is a new form. */
    @Test
    void theBytesAreTheOnesThatWereWrittenBefore() throws Exception {
        VersionVector vector = new VersionVector(new TreeMap<>(Map.of(WRITER, 300, OTHER, 1)));
        Posting posting = new Posting(
                new EntryName("peers", "é"),
                Posting.Kind.MEMBER,
                EntryValue.of("{\"b\": 0.50, \"a\":[]}"),
                2_000_000_000_000L,
                new PeerId("peer-" + "0123456789".repeat(4)),
                1_700_000_000_000L);
        golden(
                "0101" + "02" + "026161" + "0162" + "02"
                        + "00ac02" + "0101" + "05" + "00"
                        + "0003" + "00" + "07" + "01234567890123456789".repeat(2) + "0000018bcfe56800"
                        + "000001d1a94a2000" + "057065657273" + "02c3a9"
                        + "11" + HEX.formatHex("{\"a\":[],\"b\":0.50}".getBytes(StandardCharsets.UTF_8)),
                new BlackboardMessage.Writes(List.of(
                        new BlackboardWrite(new EventId(WRITER, 300), List.of(new EventId(OTHER, 5)), null),
                        new BlackboardWrite(new EventId(WRITER, 3), List.of(), posting))));
        golden(
                "0102" + "01" + "026161" + "01" + "0003" + "00" + "07" + "01234567890123456789".repeat(2)
                        + "0000018bcfe56800" + "000001d1a94a2000" + "057065657273" + "02c3a9" + "11"
                        + HEX.formatHex("{\"a\":[],\"b\":0.50}".getBytes(StandardCharsets.UTF_8)),
                new BlackboardMessage.Postings(
                        List.of(new BlackboardWrite(new EventId(WRITER, 3), List.of(), posting))));
        PostingProof proof =
                new PostingProof(new Chunk(HEX.parseHex("c1".repeat(134))), new Chunk(HEX.parseHex("51".repeat(64))));
        String put = "01234567890123456789".repeat(2) + "0000018bcfe56800" + "000001d1a94a2000" + "057065657273"
                + "02c3a9" + "11" + HEX.formatHex("{\"a\":[],\"b\":0.50}".getBytes(StandardCharsets.UTF_8));
        golden(
                "0202" + "01" + "026161" + "01" + "c1".repeat(134) + "01" + "0003" + "00" + "0f" + put + "00"
                        + "51".repeat(64),
                new BlackboardMessage.Postings(
                        List.of(new BlackboardWrite(new EventId(WRITER, 3), List.of(), posting.with(proof)))));
        assertThat(HEX.formatHex(BlackboardCodec.unsigned(posting.with(proof)))).isEqualTo("07" + put);
        golden(
                "0103" + "02026161ac02016201" + "00" + "0101620109" + "02" + "0261610302050a" + "01620100",
                new BlackboardMessage.State(
                        vector,
                        List.of(),
                        List.of(new EventId(OTHER, 9)),
                        List.of(
                                new EventId(WRITER, 2),
                                new EventId(WRITER, 8),
                                new EventId(WRITER, 19),
                                new EventId(OTHER, 0))));
    }

    private static void golden(String hex, BlackboardMessage message) throws MalformedMessageException {
        assertThat(HEX.formatHex(BlackboardCodec.encode(message))).isEqualTo(hex);
        assertThat(BlackboardCodec.decode(HEX.parseHex(hex))).isEqualTo(message);
    }

    @Test
    void everyMessageComesBackAsItWas() throws Exception {
        Random random = new Random(Seed.draw("messages about blackboards"));
        for (int i = 0; i < 2_000; i++) {
            BlackboardMessage message = RandomWrites.message(random);
            assertThat(BlackboardCodec.decode(BlackboardCodec.encode(message))).isEqualTo(message);
            if (message instanceof BlackboardMessage.Writes writes) {
                int most = writes.writes().stream()
                        .mapToInt(BlackboardCodec::mostBytes)
                        .sum();
                assertThat(BlackboardCodec.encode(message).length).isLessThanOrEqualTo(most);
            }
        }
    }

    @Test
    void damagedBytesAreRefusedOrAreAnotherMessageInItsOneForm() {
        Random random = new Random(Seed.draw("damaged blackboards"));
        int refused = 0;
        for (int i = 0; i < 4_000; i++) {
            byte[] bytes = BlackboardCodec.encode(RandomWrites.message(random));
            byte[] damaged = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
            if (damaged == bytes) {
                damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                assertThat(BlackboardCodec.encode(BlackboardCodec.decode(damaged)))
                        .isEqualTo(damaged);
            } catch (MalformedMessageException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1_000);
    }

    @Test
    void hostileValuesTakeNoMoreThanWasPromised() {
        String numbers = "[" + "1.25,".repeat(13_000) + "1]";
        String arrays = "[" + "[],".repeat(21_800) + "1]";
        String deep = "[".repeat(30_000) + "]".repeat(30_000);
        String names = "{\"a\":1,".repeat(9_000) + "}".repeat(9_000);
        for (String json : List.of(numbers, arrays, deep, names)) {
            byte[] input = rawWrite(json);
            Decoding.bounded(input, () -> {
                try {
                    BlackboardCodec.decode(input);
                } catch (MalformedMessageException e) {
                    assertThat(e).hasMessageContaining("malformed");
                }
            });
        }
    }

    @Test
    void valuesAreBroughtIntoOneForm() {
        assertThat(EntryValue.of(" { \"b\" : 0.50, \"a\" : [ 1e5 , -0, \"\\u0041/\" ] } ")
                        .json())
                .isEqualTo("{\"a\":[1E+5,0,\"A/\"],\"b\":0.50}");
        assertThat(EntryValue.of("[".repeat(32) + "]".repeat(32)).bytes()).isEqualTo(64);
        assertThatThrownBy(() -> new EntryValue("{ }")).hasMessageContaining("one form");
    }

    @Test
    void whatIsNoValueIsRefusedWithAReason() {
        List<String> bad =
                new ArrayList<>(List.of("", " ", "{", "1 2", "nul", "{\"a\":1,\"a\":2}", "\"\\ud800\"", "'a'"));
        bad.add("[".repeat(33) + "]".repeat(33));
        bad.add("\"" + "x".repeat(Limits.BLACKBOARD_VALUE_BYTES - 1) + "\"");
        bad.add("1".repeat(100));
        bad.add("1e99999999999");
        bad.add(" ".repeat(10 * Limits.BLACKBOARD_VALUE_BYTES));
        for (String json : bad) {
            assertThatThrownBy(() -> EntryValue.of(json))
                    .as(json.length() > 50 ? json.substring(0, 50) : json)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("The value ");
        }
        EntryValue.of("\"" + "x".repeat(Limits.BLACKBOARD_VALUE_BYTES - 2) + "\"");
    }

    @Test
    void namesThatCouldDeceiveOrOverflowAreRefused() {
        for (String namespace : List.of("", "A", "a/b", "a b", "é", "x".repeat(65))) {
            assertThatThrownBy(() -> new EntryName(namespace, "name")).hasMessageContaining("namespace");
        }
        for (String name : List.of("", "a\nb", "\u0000", "\ud800", "é".repeat(129))) {
            assertThatThrownBy(() -> new EntryName("n", name)).hasMessageContaining("name of an entry");
        }
        assertThat(new EntryName("peers.v-1_x", "é".repeat(128))).hasToString("peers.v-1_x/" + "é".repeat(128));
    }

    /** A message with a value that the encoder would never write. */
    private static byte[] rawWrite(String json) {
        ByteSink out = new ByteSink(100);
        out.put(HEX.parseHex("0101" + "01" + "026161" + "01" + "0000" + "00" + "01"));
        out.put(new byte[28]);
        out.put(HEX.parseHex("016e" + "0161"));
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        out.varint(utf8.length);
        out.put(utf8);
        return out.toArray();
    }
}
