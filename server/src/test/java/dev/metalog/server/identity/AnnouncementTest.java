package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.Limits;
import dev.metalog.server.identity.Verdict.Accepted;
import dev.metalog.server.identity.Verdict.Fault;
import dev.metalog.server.identity.Verdict.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncementTest {
    private static final long NOW = Instant.parse("2026-11-20T12:00:00.123Z").toEpochMilli();
    private static final long TEN_MINUTES = 600_000;

    private final PeerIdentity alice = TestData.identity(1);
    private final PeerIdentity mallory = TestData.identity(2);
    private final byte[] payload = Announcement.signed(alice, NOW);
    private final AnnouncementGate gate = new AnnouncementGate();

    @Test
    void aTrueAnnouncementIsAccepted() {
        Verdict<Announcement> verdict = gate.judge(payload, NOW + 5);
        assertThat(verdict)
                .isEqualTo(new Accepted<>(new Announcement(
                        alice.peerId(), alice.publicKey(), alice.address(), Instant.ofEpochMilli(NOW))));
    }

    @Test
    void itHasTheMembersOfThePublicTopic() {
        String text = new String(payload, StandardCharsets.UTF_8);
        JsonNode json = TestData.json(text);
        assertThat(text).startsWith("{\"address\":\"0x").hasSizeLessThan(Limits.ANNOUNCEMENT_BYTES);
        assertThat(json.properties().stream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrder("type", "peer_id", "public_key", "address", "timestamp", "signature");
        assertThat(json.get("type").asText()).isEqualTo("peer_announce");
        assertThat(json.get("peer_id").asText()).isEqualTo(alice.peerId().value());
        assertThat(json.get("timestamp").asText()).isEqualTo("2026-11-20T12:00:00.123Z");
        assertThat(json.get("signature").asText()).matches("0x[0-9a-f]{130}");
    }

    @Test
    void spacingAndOrderOfMembersDoNotMatter() {
        ObjectNode reordered = TestData.JSON.createObjectNode();
        JsonNode json = TestData.json(text(payload));
        List.of("signature", "type", "timestamp", "public_key", "peer_id", "address")
                .forEach(name -> reordered.set(name, json.get(name)));
        assertThat(gate.judge(bytes(" \n" + reordered.toPrettyString() + "\n"), NOW))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void aMemberOfALaterVersionSurvivesWhenItIsSigned() throws IdentityRefused {
        ObjectNode json = unsigned(payload).put("x-later", "\u20ac").put("number", 4.5);
        assertThat(gate.judge(sign(alice, json), NOW)).isInstanceOf(Accepted.class);
    }

    @Test
    void theSameOneAgainIsRepeatedAndNotSuspicious() {
        gate.judge(payload, NOW);
        assertThat(fault(gate.judge(payload, NOW + 1))).isEqualTo(Fault.REPEATED);
        assertThat(Fault.REPEATED.isSuspicious()).isFalse();
        assertThat(Arrays.stream(Fault.values()).filter(fault -> !fault.isSuspicious()))
                .containsExactly(Fault.REPEATED);
    }

    @Test
    void anOlderOneIsAReplay() {
        byte[] newer = Announcement.signed(alice, NOW + 1_000);
        assertThat(gate.judge(newer, NOW)).isInstanceOf(Accepted.class);
        assertThat(fault(gate.judge(payload, NOW))).isEqualTo(Fault.REPLAY);
        assertThat(fault(gate.judge(newer, NOW))).isEqualTo(Fault.REPEATED);
        assertThat(gate.judge(Announcement.signed(alice, NOW + 1_001), NOW)).isInstanceOf(Accepted.class);
    }

    /** Whoever copies a true announcement to a wrong topic must not make its peer unknown. */
    @Test
    void aTrueOneUnderAnotherPeersTopicIsRefusedAndNotRemembered() {
        assertThat(fault(gate.judgeUnder(mallory.peerId().value(), payload, NOW)))
                .isEqualTo(Fault.WRONG_TOPIC);
        assertThat(fault(gate.judgeUnder("", payload, NOW))).isEqualTo(Fault.WRONG_TOPIC);
        assertThat(gate.judgeUnder(alice.peerId().value(), payload, NOW)).isInstanceOf(Accepted.class);
        assertThat(fault(gate.judge(payload, NOW))).isEqualTo(Fault.REPEATED);
    }

    @Test
    void aChangedOneIsForgedAlsoWhenTheTrueOneIsKnown() {
        gate.judge(payload, NOW);
        ObjectNode changed = (ObjectNode) TestData.json(text(payload));
        assertThat(fault(gate.judge(bytes(changed.put("x", 1).toString()), NOW)))
                .isEqualTo(Fault.FORGED);
    }

    /** Overflow rule: what comes above the rate is refused unseen, and time brings it back. */
    @Test
    void theNumberOfCheckedSignaturesHasABound() {
        AnnouncementGate small = new AnnouncementGate(AnnouncementGate.MAX_PEERS, 100);
        byte[] forged =
                bytes(((ObjectNode) TestData.json(text(payload))).put("x", 1).toString());
        for (int i = 0; i < 100; i++) {
            assertThat(fault(small.judge(forged, NOW))).isEqualTo(Fault.FORGED);
        }
        assertThat(fault(small.judge(forged, NOW))).isEqualTo(Fault.TOO_MANY);
        assertThat(fault(small.judge(payload, NOW))).isEqualTo(Fault.TOO_MANY);
        assertThat(fault(small.judge(forged, NOW - 60_000))).isEqualTo(Fault.TOO_MANY);
        assertThat(small.judge(payload, NOW - 59_980)).isInstanceOf(Accepted.class);
        for (int i = 0; i < AnnouncementGate.CHECKS_PER_SECOND; i++) {
            assertThat(fault(small.judge(forged, NOW - 58_980))).isEqualTo(Fault.FORGED);
        }
        assertThat(fault(small.judge(forged, NOW - 58_980))).isEqualTo(Fault.TOO_MANY);
        assertThat(fault(small.judge(payload, NOW - 58_980))).isEqualTo(Fault.REPEATED);
    }

    @Test
    void twoOfOneInstantAreNotBothNew() throws IdentityRefused {
        gate.judge(payload, NOW);
        assertThat(fault(gate.judge(sign(alice, unsigned(payload).put("x", 1)), NOW)))
                .isEqualTo(Fault.REPLAY);
    }

    @Test
    void clocksMayDifferByTenMinutes() {
        assertThat(gate.judge(Announcement.signed(alice, NOW - TEN_MINUTES), NOW))
                .isInstanceOf(Accepted.class);
        assertThat(gate.judge(Announcement.signed(alice, NOW + TEN_MINUTES), NOW))
                .isInstanceOf(Accepted.class);
        assertThat(fault(gate.judge(Announcement.signed(mallory, NOW - TEN_MINUTES - 1), NOW)))
                .isEqualTo(Fault.STALE);
        assertThat(fault(gate.judge(Announcement.signed(mallory, NOW + TEN_MINUTES + 1), NOW)))
                .isEqualTo(Fault.STALE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-20T12:00:00+01:00",
                "2026-11-20T12:00:00",
                "2026-11-20 12:00:00Z",
                "2026-13-20T12:00:00Z",
                "2026-02-30T12:00:00Z",
                "2026-11-20T12:00Z",
                "1700000000",
                "",
                "+12026-11-20T12:00:00Z",
                "2026-11-20T12:00:00.1234567890Z",
                "2026-11-20t12:00:00z",
            })
    void otherWaysToWriteATimeAreRefusedAlsoWhenSigned(String timestamp) throws IdentityRefused {
        assertThat(fault(gate.judge(sign(alice, unsigned(payload).put("timestamp", timestamp)), NOW)))
                .isEqualTo(Fault.WRONG_SHAPE);
    }

    @Test
    void nobodyAnnouncesUnderSomebodyElsesId() throws IdentityRefused {
        ObjectNode mine = unsigned(Announcement.signed(mallory, NOW));
        String alices = alice.peerId().value();
        assertThat(fault(gate.judge(sign(mallory, mine.deepCopy().put("peer_id", alices)), NOW)))
                .isEqualTo(Fault.FOREIGN_KEY);
        assertThat(fault(gate.judge(
                        sign(mallory, mine.deepCopy().put("peer_id", alices).put("address", alice.address())), NOW)))
                .isEqualTo(Fault.FOREIGN_KEY);
        assertThat(fault(gate.judge(sign(mallory, mine.deepCopy().put("address", alice.address())), NOW)))
                .isEqualTo(Fault.FOREIGN_KEY);
        assertThat(fault(gate.judge(sign(mallory, mine.deepCopy().put("public_key", alice.publicKey())), NOW)))
                .isEqualTo(Fault.FOREIGN_KEY);
        assertThat(fault(gate.judge(sign(mallory, unsigned(payload)), NOW))).isEqualTo(Fault.FORGED);
    }

    @Test
    void aSignatureOfAnotherDomainIsForged() throws IdentityRefused {
        for (SigningDomain domain : SigningDomain.values()) {
            ObjectNode json = unsigned(payload);
            json.put("signature", alice.sign(domain, CanonicalJson.bytes(unsigned(payload))));
            Verdict<Announcement> verdict = new AnnouncementGate().judge(bytes(json.toString()), NOW);
            if (domain == SigningDomain.PEER_ANNOUNCE) {
                assertThat(verdict).isInstanceOf(Accepted.class);
            } else {
                assertThat(fault(verdict)).isEqualTo(Fault.FORGED);
            }
        }
    }

    @Test
    void aRefusalIsNotRemembered() throws IdentityRefused {
        ObjectNode future = unsigned(Announcement.signed(alice, NOW + 60_000));
        assertThat(fault(gate.judge(sign(mallory, future), NOW))).isEqualTo(Fault.FORGED);
        assertThat(gate.judge(payload, NOW)).isInstanceOf(Accepted.class);
    }

    @Test
    void sizeHasABound() throws IdentityRefused {
        ObjectNode json = unsigned(payload);
        json.put("pad", "");
        int without = sign(alice, json).length;
        assertThat(gate.judge(sign(alice, json.put("pad", "x".repeat(4_096 - without))), NOW))
                .isInstanceOf(Accepted.class);
        assertThat(fault(gate.judge(sign(alice, json.put("pad", "x".repeat(4_097 - without))), NOW)))
                .isEqualTo(Fault.TOO_LARGE);
        assertThat(fault(gate.judge(new byte[10_000_000], NOW))).isEqualTo(Fault.TOO_LARGE);
    }

    @Test
    void whatIsNotJsonIsSaid() {
        String good = text(payload);
        for (String odd : new String[] {
            "",
            " ",
            "{",
            good + good,
            good + " x",
            good.substring(0, good.length() - 1),
            "[".repeat(2_000),
            "{\"a\":".repeat(500),
            "NaN",
            "// c\n" + good,
            "{'type':'peer_announce'}",
        }) {
            assertThat(fault(gate.judge(bytes(odd), NOW))).as(odd).isEqualTo(Fault.NOT_JSON);
        }
        assertThat(fault(gate.judge(new byte[] {'"', (byte) 0xc3, '"'}, NOW))).isEqualTo(Fault.NOT_JSON);
        assertThat(fault(gate.judge(new byte[] {'"', (byte) 0xff, (byte) 0xfe, '"'}, NOW)))
                .isEqualTo(Fault.NOT_JSON);
        for (String odd : new String[] {"null", "7", "[]", "\"peer_announce\"", "{}", "{\"type\":\"peer_message\"}"}) {
            assertThat(fault(gate.judge(bytes(odd), NOW))).as(odd).isEqualTo(Fault.WRONG_SHAPE);
        }
    }

    @Test
    void aNameThatStandsTwiceIsSaid() {
        String good = text(payload);
        for (String odd : new String[] {
            good.replaceFirst("\\{", "{\"type\":\"peer_announce\","),
            good.replaceFirst("\\{", "{\"x\":{\"y\":1,\"y\":1},"),
            "{\"a\":1,\"a\":2}",
        }) {
            assertThat(fault(gate.judge(bytes(odd), NOW))).as(odd).isEqualTo(Fault.DUPLICATE_NAME);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"type", "peer_id", "public_key", "address", "timestamp", "signature"})
    void everyMemberIsNeededAndAString(String member) {
        ObjectNode json = (ObjectNode) TestData.json(text(payload));
        String value = json.get(member).asText();
        for (JsonNode odd : new JsonNode[] {
            TestData.json("null"),
            TestData.json("7"),
            TestData.json("{}"),
            TestData.json("[\"" + value + "\"]"),
            TestData.json("\"\""),
            TestData.json("\"" + value + " \""),
            TestData.json("\"" + value + "\\n\""),
        }) {
            assertThat(fault(gate.judge(
                            bytes(json.deepCopy().<ObjectNode>set(member, odd).toString()), NOW)))
                    .as(odd.toString())
                    .isEqualTo(Fault.WRONG_SHAPE);
        }
        assertThat(fault(gate.judge(bytes(json.<ObjectNode>without(member).toString()), NOW)))
                .isEqualTo(Fault.WRONG_SHAPE);
    }

    /** Each with a gate of its own, so that no replay protection helps the signature. */
    @Test
    void oneThousandForgedOrChangedOnesAreAllRefused() throws IdentityRefused {
        long seed = Long.getLong("metalog.seed", 20_261_120L);
        Random random = new Random(seed);
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        for (int i = 0; i < 1_000; i++) {
            byte[] forged = forge(random);
            Verdict<Announcement> verdict = new AnnouncementGate().judge(forged, NOW);
            assertThat(verdict)
                    .as("seed %d, number %d: %s", seed, i, text(forged))
                    .isInstanceOf(Refused.class);
            faults.merge(fault(verdict), 1, Integer::sum);
        }
        assertThat(faults)
                .containsKeys(Fault.FORGED, Fault.FOREIGN_KEY, Fault.STALE, Fault.NOT_JSON, Fault.WRONG_SHAPE);
        assertThat(faults.get(Fault.FORGED)).isGreaterThan(200);
    }

    private byte[] forge(Random random) throws IdentityRefused {
        ObjectNode json = (ObjectNode) TestData.json(text(payload));
        switch (random.nextInt(10)) {
            case 0 -> changeMeaning(json, random, "peer_id", "public_key", "address", "timestamp", "type");
            case 1 -> changeMeaning(json, random, "signature");
            case 2 ->
                json.put(
                        "timestamp",
                        Instant.ofEpochMilli(NOW + 1 + random.nextInt(500_000)).toString());
            case 3 -> json.put("x" + random.nextInt(100), random.nextInt());
            case 4 -> {
                return sign(mallory, unsigned(payload).put("nonce", random.nextLong() >> 12));
            }
            case 5 -> {
                ObjectNode mine = unsigned(Announcement.signed(mallory, NOW));
                String member = List.of("peer_id", "public_key", "address").get(random.nextInt(3));
                return sign(mallory, mine.put(member, json.get(member).asText()));
            }
            case 6 -> json.put("signature", "0x" + HexFormat.of().formatHex(TestData.random(random, 64)) + "1b");
            case 7 -> {
                return Announcement.signed(
                        alice, NOW + (random.nextBoolean() ? 1 : -1) * (TEN_MINUTES + 1 + random.nextInt(1 << 30)));
            }
            case 8 -> {
                return flipped(random);
            }
            default -> {
                byte[] cut = payload.clone();
                int from = random.nextInt(cut.length);
                return random.nextBoolean() ? Arrays.copyOf(cut, from) : Arrays.copyOfRange(cut, from + 1, cut.length);
            }
        }
        return bytes(json.toString());
    }

    /** One bit anywhere; the text has no white space, so no flipped bit leaves its meaning. */
    private byte[] flipped(Random random) {
        byte[] bytes = payload.clone();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    private static void changeMeaning(ObjectNode json, Random random, String... members) {
        String member = members[random.nextInt(members.length)];
        StringBuilder value = new StringBuilder(json.get(member).asText());
        int at = random.nextInt(value.length());
        char other = "0123456789abcdef".charAt(random.nextInt(16));
        value.setCharAt(at, value.charAt(at) == other ? (other == '0' ? '1' : '0') : other);
        json.put(member, value.toString());
    }

    /** When the table is full the peer heard longest ago is forgotten, and no other. */
    @Test
    void theTableOfPeersHasABound() {
        AnnouncementGate small = new AnnouncementGate(8, AnnouncementGate.CHECKS_AT_ONCE);
        byte[] secondPayload = Announcement.signed(mallory, NOW);
        small.judge(payload, NOW);
        small.judge(secondPayload, NOW);
        // Heard again, so now the second is the one heard longest ago.
        small.judge(Announcement.signed(alice, NOW + 1), NOW);
        for (int i = 0; i < 7; i++) {
            assertThat(small.judge(Announcement.signed(TestData.identity(100 + i), NOW), NOW))
                    .isInstanceOf(Accepted.class);
        }
        assertThat(fault(small.judge(payload, NOW))).isEqualTo(Fault.REPLAY);
        assertThat(small.judge(secondPayload, NOW)).isInstanceOf(Accepted.class);
    }

    @Test
    void faultsHaveAWordAndASentence() {
        assertThat(Fault.FOREIGN_KEY.word()).isEqualTo("foreign-key");
        assertThat(gate.judge(new byte[0], NOW).<String>dispatch(new Verdict.Handler<>() {
                    @Override
                    public String accepted(Announcement announcement) {
                        return "accepted";
                    }

                    @Override
                    public String refused(Fault fault, String detail) {
                        return detail;
                    }
                }))
                .isEqualTo("An announcement was refused. It is not one well-formed JSON value.");
    }

    private static ObjectNode unsigned(byte[] payload) {
        ObjectNode json = (ObjectNode) TestData.json(text(payload));
        json.remove("signature");
        return json;
    }

    private static byte[] sign(PeerIdentity identity, ObjectNode json) throws IdentityRefused {
        ObjectNode signed = json.deepCopy();
        signed.put("signature", identity.sign(SigningDomain.PEER_ANNOUNCE, CanonicalJson.bytes(json)));
        return bytes(signed.toString());
    }

    private static Fault fault(Verdict<Announcement> verdict) {
        assertThat(verdict).isInstanceOf(Refused.class);
        return ((Refused<?>) verdict).fault();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
