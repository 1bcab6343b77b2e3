package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.identity.Verdict.Accepted;
import dev.metalog.server.identity.Verdict.Fault;
import dev.metalog.server.identity.Verdict.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageGateTest {
    private static final long NOW = Instant.parse("2026-11-20T12:00:00.123Z").toEpochMilli();
    private static final long TEN_MINUTES = 600_000;
    private static final DocumentPath PATH = new DocumentPath("notes/plan.canvasl");

    private final PeerIdentity alice = TestData.identity(1);
    private final PeerIdentity mallory = TestData.identity(2);
    private final PeerIdentity us = TestData.identity(3);
    private final MessageGate gate = new MessageGate(us.peerId());

    private byte[] file(String content, long at) {
        try {
            return SentFile.signed(alice, PATH, content, at);
        } catch (IdentityRefused e) {
            throw new AssertionError(e);
        }
    }

    private byte[] message(PeerIdentity from, PeerId to, String payload, long at) {
        try {
            return DirectMessage.signed(from, to, payload, at);
        } catch (IdentityRefused e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFileIsAccepted() {
        assertThat(gate.judgeFile(file("a\n\u2615", NOW), NOW + 5))
                .isEqualTo(new Accepted<>(new SentFile(alice.peerId(), PATH, "a\n\u2615", Instant.ofEpochMilli(NOW))));
    }

    @Test
    void aMessageIsAccepted() {
        byte[] payload = message(alice, us.peerId(), "{\"b\": [1.50, null], \"a\": \"x\"}", NOW);
        String signature = TestData.json(text(payload)).get("signature").asText();
        assertThat(gate.judgeMessage(payload, NOW))
                .isEqualTo(new Accepted<>(new DirectMessage(
                        alice.peerId(),
                        us.peerId(),
                        "{\"a\":\"x\",\"b\":[1.5,null]}",
                        Instant.ofEpochMilli(NOW),
                        signature)));
    }

    @Test
    void theyHaveTheMembersOfThePublicTopics() {
        assertThat(TestData.json(text(file("x", NOW))).properties().stream().map(each -> each.getKey()))
                .containsExactly("content", "file", "peer_id", "signature", "timestamp", "type");
        assertThat(TestData.json(text(message(alice, us.peerId(), "1", NOW))).properties().stream()
                        .map(each -> each.getKey()))
                .containsExactly("from", "payload", "signature", "timestamp", "to", "type");
    }

    /** Signed by a program that shares nothing with ours, from the text of the documentation. */
    @Test
    void whatAnotherHandWroteIsAccepted() {
        long at = Instant.parse("2026-11-20T12:00:05Z").toEpochMilli();
        PeerId to = new PeerId("peer-7e5f4552091a69125d5dfcb7b8c2659029395bdf");
        PeerId from = new PeerId("peer-17fc66e6cd1d5def3e5bcb021f706f9beb2f128a");
        JsonNode rows = TestData.json(TestData.text("by-another-hand.json"));
        assertThat(rows).hasSize(3);
        assertThat(new AnnouncementGate().judge(bytes(rows.get(0).get("text").asText()), at))
                .isInstanceOf(Accepted.class);
        MessageGate theirs = new MessageGate(to);
        assertThat(theirs.judgeFile(bytes(rows.get(1).get("text").asText()), at))
                .isEqualTo(new Accepted<>(new SentFile(
                        from,
                        PATH,
                        "@version 1\n{\"id\":\"tea \u2615\",\"n\":0.50}\n",
                        Instant.parse("2026-11-20T12:00:01.5Z"))));
        Verdict<DirectMessage> message =
                theirs.judgeMessage(bytes(rows.get(2).get("text").asText()), at);
        assertThat(message).isInstanceOf(Accepted.class);
        assertThat(((Accepted<DirectMessage>) message).statement().payload())
                .isEqualTo("{\"count\":3,\"list\":[true,null],\"text\":\"hello\"}");
    }

    @Test
    void nothingPassesTwiceHoweverItIsWritten() {
        byte[] sent = file("x", NOW);
        assertThat(gate.judgeFile(sent, NOW)).isInstanceOf(Accepted.class);
        assertThat(fault(gate.judgeFile(sent, NOW + 1))).isEqualTo(Fault.REPLAY);
        assertThat(fault(gate.judgeFile(bytes(" " + TestData.json(text(sent)).toPrettyString()), NOW + 2)))
                .isEqualTo(Fault.REPLAY);
        ObjectNode reordered = TestData.JSON.createObjectNode();
        JsonNode json = TestData.json(text(sent));
        List.of("signature", "type", "timestamp", "peer_id", "file", "content")
                .forEach(name -> reordered.set(name, json.get(name)));
        assertThat(fault(gate.judgeFile(bytes(reordered.toString()), NOW + 3))).isEqualTo(Fault.REPLAY);
        assertThat(fault(gate.judgeFile(sent, NOW + TEN_MINUTES))).isEqualTo(Fault.REPLAY);
        assertThat(fault(gate.judgeFile(sent, NOW + TEN_MINUTES + 1))).isEqualTo(Fault.STALE);
        assertThat(gate.judgeFile(file("x", NOW + 1), NOW)).isInstanceOf(Accepted.class);
    }

    /** Two sidecars of one person send at once, and the broker passes the later one on first. */
    @Test
    void anEarlierOneMayArriveLater() {
        assertThat(gate.judgeMessage(message(alice, us.peerId(), "2", NOW + 2), NOW))
                .isInstanceOf(Accepted.class);
        assertThat(gate.judgeMessage(message(alice, us.peerId(), "1", NOW + 1), NOW))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void whatWasSentFromHereIsKnownAgain() {
        byte[] sent = file("x", NOW);
        assertThat(gate.sends(sent, NOW)).isTrue();
        assertThat(fault(gate.judgeFile(sent, NOW))).isEqualTo(Fault.REPEATED);
        assertThat(fault(gate.judgeFile(sent, NOW))).isEqualTo(Fault.REPEATED);
    }

    @Test
    void clocksMayDifferByTenMinutes() {
        assertThat(gate.judgeFile(file("a", NOW - TEN_MINUTES), NOW)).isInstanceOf(Accepted.class);
        assertThat(gate.judgeFile(file("b", NOW + TEN_MINUTES), NOW)).isInstanceOf(Accepted.class);
        assertThat(fault(gate.judgeFile(file("c", NOW - TEN_MINUTES - 1), NOW))).isEqualTo(Fault.STALE);
        assertThat(fault(gate.judgeFile(file("d", NOW + TEN_MINUTES + 1), NOW))).isEqualTo(Fault.STALE);
    }

    @Test
    void nobodySendsInTheNameOfAnother() throws IdentityRefused {
        ObjectNode json = unsigned(file("x", NOW));
        assertThat(fault(gate.judgeFile(SentFile.FORM.sign(mallory, json), NOW)))
                .isEqualTo(Fault.FORGED);
        ObjectNode other = unsigned(message(alice, us.peerId(), "1", NOW));
        assertThat(fault(gate.judgeMessage(DirectMessage.FORM.sign(mallory, other), NOW)))
                .isEqualTo(Fault.FORGED);
    }

    @Test
    void aMessageForAnotherIsRefusedAlsoUnderOurTopic() {
        assertThat(fault(gate.judgeMessage(message(alice, mallory.peerId(), "1", NOW), NOW)))
                .isEqualTo(Fault.WRONG_TOPIC);
    }

    @Test
    void aRefusedOneIsNotRemembered() {
        byte[] sent = file("x", NOW);
        ObjectNode forged = (ObjectNode) TestData.json(text(sent));
        String signature = forged.get("signature").asText();
        char flipped = signature.charAt(10) == '0' ? '1' : '0';
        forged.put("signature", signature.substring(0, 10) + flipped + signature.substring(11));
        assertThat(fault(gate.judgeFile(bytes(forged.toString()), NOW))).isEqualTo(Fault.FORGED);
        assertThat(gate.judgeFile(sent, NOW)).isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../x",
                "/etc/passwd",
                "a/../b",
                "a//b",
                "a\\b",
                "C:x",
                "a\u0000",
                "a.",
                "a ",
                ".git/config",
                "con",
                "nul.txt",
                "%2e%2e/x",
                "x/%2e%2e%2fy",
                "\uff0e\uff0e/x",
                "a\u202eb",
                ".envrc",
                "sub/.dir-locals.el",
                ".vscode/tasks.json",
                ".bashrc",
                "x.code-workspace",
                ".meta-log/x",
                "e\u0301",
            })
    void aNameThatIsNoneForAFileIsRefused(String name) throws IdentityRefused {
        ObjectNode json = unsigned(file("x", NOW)).put("file", name);
        assertThat(fault(gate.judgeFile(SentFile.FORM.sign(alice, json), NOW))).isEqualTo(Fault.BAD_NAME);
    }

    @Test
    void sizesHaveABound() throws IdentityRefused {
        String most = "x".repeat(Limits.SENT_FILE_BYTES);
        assertThat(gate.judgeFile(file(most, NOW), NOW)).isInstanceOf(Accepted.class);
        assertThat(fault(gate.judgeFile(file(most + "x", NOW), NOW))).isEqualTo(Fault.TOO_LARGE);
        assertThat(fault(gate.judgeFile(file("\u2615".repeat(Limits.SENT_FILE_BYTES / 3 + 1), NOW), NOW)))
                .isEqualTo(Fault.TOO_LARGE);
        assertThat(fault(gate.judgeFile(new byte[Limits.SENT_FILE_MESSAGE_BYTES + 1], NOW)))
                .isEqualTo(Fault.TOO_LARGE);
        int bare = message(alice, us.peerId(), "\"\"", NOW).length;
        String fits = '"' + "x".repeat(Limits.PEER_MESSAGE_BYTES - bare) + '"';
        assertThat(gate.judgeMessage(message(alice, us.peerId(), fits, NOW), NOW))
                .isInstanceOf(Accepted.class);
        String over = '"' + "x".repeat(Limits.PEER_MESSAGE_BYTES - bare + 1) + '"';
        assertThat(fault(gate.judgeMessage(message(alice, us.peerId(), over, NOW), NOW)))
                .isEqualTo(Fault.TOO_LARGE);
    }

    @Test
    void whatIsNoFormIsSaid() {
        String good = text(file("x", NOW));
        assertThat(fault(gate.judgeFile(bytes("hello"), NOW))).isEqualTo(Fault.NOT_JSON);
        assertThat(fault(gate.judgeFile(bytes(good + good), NOW))).isEqualTo(Fault.NOT_JSON);
        assertThat(fault(gate.judgeFile(bytes(good.replaceFirst("\\{", "{\"file\":\"x\",")), NOW)))
                .isEqualTo(Fault.DUPLICATE_NAME);
        for (String member : new String[] {"type", "peer_id", "file", "content", "timestamp", "signature"}) {
            ObjectNode json = (ObjectNode) TestData.json(good);
            assertThat(fault(gate.judgeFile(bytes(json.put(member, 7).toString()), NOW)))
                    .isEqualTo(Fault.WRONG_SHAPE);
            assertThat(fault(gate.judgeFile(bytes(json.without(member).toString()), NOW)))
                    .isEqualTo(Fault.WRONG_SHAPE);
        }
        ObjectNode message = (ObjectNode) TestData.json(text(message(alice, us.peerId(), "1", NOW)));
        assertThat(fault(gate.judgeMessage(bytes(message.without("payload").toString()), NOW)))
                .isEqualTo(Fault.WRONG_SHAPE);
    }

    @Test
    void whatHasNoOneFormIsNotSigned() {
        for (String odd :
                new String[] {"", "hello", "{\"a\":1,\"a\":2}", "9007199254740993", "[".repeat(32) + "]".repeat(32)}) {
            assertThat(catchThrowableOfType(
                            IdentityRefused.class, () -> DirectMessage.signed(alice, us.peerId(), odd, NOW)))
                    .as(odd)
                    .isNotNull();
        }
        String deepest = "[".repeat(31) + "]".repeat(31);
        assertThat(gate.judgeMessage(message(alice, us.peerId(), deepest, NOW), NOW))
                .isInstanceOf(Accepted.class);
        assertThat(catchThrowableOfType(IdentityRefused.class, () -> SentFile.signed(alice, PATH, "half: \ud83d", NOW)))
                .isNotNull();
    }

    /** Overflow rule: what comes above the rate is refused unseen, and time brings it back. */
    @Test
    void theNumberOfCheckedSignaturesHasABound() {
        MessageGate small = new MessageGate(us.peerId(), 100, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(small.judgeFile(file("x", NOW + i), NOW)).isInstanceOf(Accepted.class);
        }
        assertThat(fault(small.judgeFile(file("x", NOW + 3), NOW))).isEqualTo(Fault.TOO_MANY);
        assertThat(small.judgeFile(file("x", NOW + 3), NOW + 20)).isInstanceOf(Accepted.class);
    }

    /** Overflow rule: what comes above is refused unread, and time brings it back; files do not take from messages. */
    @Test
    void theBytesThatAreReadHaveABound() {
        byte[] junk = new byte[Limits.SENT_FILE_MESSAGE_BYTES];
        int fits = MessageGate.BYTES_AT_ONCE / junk.length;
        for (int i = 0; i < fits; i++) {
            assertThat(fault(gate.judgeFile(junk, NOW))).isEqualTo(Fault.NOT_JSON);
        }
        assertThat(fault(gate.judgeFile(junk, NOW))).isEqualTo(Fault.TOO_MANY);
        assertThat(fault(gate.judgeFile(new byte[junk.length + 1], NOW))).isEqualTo(Fault.TOO_LARGE);
        assertThat(gate.judgeMessage(message(alice, us.peerId(), "1", NOW), NOW))
                .isInstanceOf(Accepted.class);
        assertThat(fault(gate.judgeFile(junk, NOW + 500))).isEqualTo(Fault.NOT_JSON);
        assertThat(fault(gate.judgeFile(junk, NOW + 500))).isEqualTo(Fault.TOO_MANY);
    }

    /** Overflow rule: no more is sent or taken in until something of it is stale. */
    @Test
    void whatIsRememberedHasABound() {
        MessageGate small = new MessageGate(us.peerId(), 3, 100);
        assertThat(small.sends(file("own", NOW), NOW)).isTrue();
        assertThat(small.judgeFile(file("a", NOW + 1), NOW)).isInstanceOf(Accepted.class);
        assertThat(small.judgeFile(file("b", NOW + 2), NOW)).isInstanceOf(Accepted.class);
        assertThat(fault(small.judgeFile(file("c", NOW + 3), NOW + 2))).isEqualTo(Fault.TOO_MANY);
        assertThat(small.sends(file("another", NOW), NOW)).isFalse();
        long later = NOW + TEN_MINUTES + 1;
        assertThat(small.judgeFile(file("c", NOW + 3), later)).isInstanceOf(Accepted.class);
        assertThat(fault(small.judgeFile(file("d", NOW + 4), later))).isEqualTo(Fault.TOO_MANY);
    }

    /** As many as the budget can ever let pass before they are stale have room. */
    @Test
    void theBudgetNeverFillsTheMemory() {
        long mostMillis = 2 * Limits.ANNOUNCEMENT_SKEW_MILLIS + 60_000;
        assertThat(mostMillis / 1_000 * MessageGate.CHECKS_PER_SECOND + MessageGate.CHECKS_AT_ONCE)
                .isLessThan(MessageGate.MAX_SEEN);
    }

    private static ObjectNode unsigned(byte[] payload) {
        ObjectNode json = (ObjectNode) TestData.json(text(payload));
        json.remove("signature");
        return json;
    }

    private static Fault fault(Verdict<?> verdict) {
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
