package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.identity.Verdict.Accepted;
import dev.metalog.server.identity.Verdict.Fault;
import dev.metalog.server.identity.Verdict.Refused;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Sign;

/** No signed statement is taken for one of another kind, and none that was tampered with for any. */
class SignedTypesTest {
    private static final long NOW = Instant.parse("2026-11-20T12:00:00.123Z").toEpochMilli();
    private static final int FORGERIES = 10_000;

    private final PeerIdentity alice = TestData.identity(1);
    private final PeerIdentity mallory = TestData.identity(2);
    private final PeerIdentity us = TestData.identity(3);
    private final DeviceKey device = TestData.device(alice, 4);

    /** What takes in statements of one kind. */
    private interface Gate {
        Verdict<?> judge(byte[] payload);
    }

    @SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
    private record Kind(SignedJson form, byte[] good, String author) {}

    private List<Kind> kinds() {
        try {
            return List.of(
                    new Kind(Announcement.FORM, Announcement.signed(alice, NOW), "peer_id"),
                    new Kind(
                            SentFile.FORM,
                            SentFile.signed(alice, new DocumentPath("plan.canvasl"), "text", NOW),
                            "peer_id"),
                    new Kind(DirectMessage.FORM, DirectMessage.signed(alice, us.peerId(), "{\"a\":1}", NOW), "from"));
        } catch (IdentityRefused e) {
            throw new AssertionError(e);
        }
    }

    /** A gate that has seen nothing yet, so that no memory helps the signature. */
    private Gate gate(SignedJson form) {
        if (form.equals(Announcement.FORM)) {
            return payload -> new AnnouncementGate().judge(payload, NOW);
        }
        MessageGate gate = new MessageGate(us.peerId());
        return form.equals(SentFile.FORM)
                ? payload -> gate.judgeFile(payload, NOW)
                : payload -> gate.judgeMessage(payload, NOW);
    }

    /** Every kind of signature under every kind of statement, and every statement on the topic of every other. */
    @Test
    void noTypeIsTakenForAnother() throws IdentityRefused {
        List<String> accepted = new ArrayList<>();
        for (Kind kind : kinds()) {
            for (SigningDomain domain : SigningDomain.values()) {
                ObjectNode json = unsigned(kind);
                json.put("signature", alice.sign(domain, CanonicalJson.bytes(unsigned(kind))));
                Verdict<?> verdict = gate(kind.form()).judge(bytes(json));
                if (verdict instanceof Accepted) {
                    accepted.add(kind.form().type() + " under " + domain);
                } else {
                    assertThat(((Refused<?>) verdict).fault()).isEqualTo(Fault.FORGED);
                }
            }
            for (Kind other : kinds()) {
                if (gate(other.form()).judge(kind.good()) instanceof Accepted) {
                    accepted.add(kind.form().type() + " as " + other.form().type());
                }
                // With all that both kinds want, so that nothing but the domain tells them apart.
                ObjectNode both = unsigned(kind);
                both.setAll(unsigned(other));
                both.put("type", other.form().type());
                Verdict<?> verdict = gate(other.form()).judge(kind.form().sign(alice, both));
                if (verdict instanceof Accepted) {
                    accepted.add(
                            kind.form().type() + " dressed as " + other.form().type());
                }
            }
        }
        assertThat(accepted)
                .containsExactlyInAnyOrder(
                        "peer_announce under PEER_ANNOUNCE",
                        "peer_announce as peer_announce",
                        "peer_announce dressed as peer_announce",
                        "canvasl-sync under CANVASL_SYNC",
                        "canvasl-sync as canvasl-sync",
                        "canvasl-sync dressed as canvasl-sync",
                        "peer_message under PEER_MESSAGE",
                        "peer_message as peer_message",
                        "peer_message dressed as peer_message");
    }

    /** Of both kinds of keys, whatever it is that is signed. */
    @Test
    void noSignatureHoldsUnderAnotherDomain() {
        byte[] content = "the same for all".getBytes(StandardCharsets.UTF_8);
        for (SigningDomain made : SigningDomain.values()) {
            String root = alice.sign(made, content);
            byte[] ofDevice = device.sign(made, content);
            for (SigningDomain read : SigningDomain.values()) {
                assertThat(Signatures.recover(read, content, root).equals(Optional.of(alice.peerId())))
                        .as("%s as %s", made, read)
                        .isEqualTo(made == read);
                assertThat(device.certificate().verify(read, content, ofDevice))
                        .as("%s as %s", made, read)
                        .isEqualTo(made == read);
            }
        }
    }

    @Test
    void nothingElseThatARootSignedIsACertificate() throws IdentityRefused {
        byte[] good = device.certificate().encode();
        byte[] body = Arrays.copyOf(good, good.length - 65);
        for (SigningDomain domain : SigningDomain.values()) {
            byte[] bytes = good.clone();
            System.arraycopy(alice.signBytes(domain, body), 0, bytes, body.length, 65);
            PeerId peer;
            try {
                peer = DeviceCertificate.decode(bytes).peer();
            } catch (IdentityRefused nobodys) {
                peer = null;
            }
            assertThat(alice.peerId().equals(peer))
                    .as("%s", domain)
                    .isEqualTo(domain == SigningDomain.DEVICE_CERTIFICATE);
        }
    }

    @Test
    void nothingElseThatADeviceSignedIsAVoucher() throws IdentityRefused {
        byte[] spki = "a key".getBytes(StandardCharsets.UTF_8);
        byte[] good = TransportVoucher.issue(device, spki);
        int signed = DeviceCertificate.BYTES;
        byte[] content = Arrays.copyOf(good, signed + spki.length);
        System.arraycopy(spki, 0, content, signed, spki.length);
        for (SigningDomain domain : SigningDomain.values()) {
            byte[] bytes = good.clone();
            System.arraycopy(device.sign(domain, content), 0, bytes, signed, bytes.length - signed);
            DeviceCertificate whose;
            try {
                whose = TransportVoucher.check(bytes, spki);
            } catch (IdentityRefused nobodys) {
                whose = null;
            }
            assertThat(device.certificate().equals(whose))
                    .as("%s", domain)
                    .isEqualTo(domain == SigningDomain.TRANSPORT);
        }
    }

    /** What is signed for a person can be any text, also one that is a statement. */
    @Test
    void whatAPersonSignsIsNoStatement() throws IdentityRefused {
        for (Kind kind : kinds()) {
            String content = CanonicalJson.text(unsigned(kind));
            ObjectNode json = unsigned(kind);
            json.put("signature", alice.sign(SigningDomain.PERSON, content.getBytes(StandardCharsets.UTF_8)));
            assertThat(gate(kind.form()).judge(bytes(json))).isInstanceOf(Refused.class);
            byte[] preimage = kind.form().domain().preimage(content.getBytes(StandardCharsets.UTF_8));
            json.put("signature", alice.sign(SigningDomain.PERSON, preimage));
            assertThat(gate(kind.form()).judge(bytes(json))).isInstanceOf(Refused.class);
        }
    }

    @Test
    void ofTenThousandForgeriesNoneIsAccepted() throws IdentityRefused {
        long seed = Long.getLong("metalog.seed", 20_261_130L);
        Random random = new Random(seed);
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        List<Kind> kinds = kinds();
        for (int i = 0; i < FORGERIES; i++) {
            Kind kind = kinds.get(i % kinds.size());
            byte[] forged = forge(kind, random);
            Verdict<?> verdict = gate(kind.form()).judge(forged);
            assertThat(verdict)
                    .as("seed %d, number %d: %s", seed, i, new String(forged, StandardCharsets.UTF_8))
                    .isInstanceOf(Refused.class);
            faults.merge(((Refused<?>) verdict).fault(), 1, Integer::sum);
        }
        assertThat(faults).containsKeys(Fault.NOT_JSON, Fault.DUPLICATE_NAME, Fault.WRONG_SHAPE, Fault.STALE);
        assertThat(faults.get(Fault.FORGED)).isGreaterThan(FORGERIES / 3);
    }

    private byte[] forge(Kind kind, Random random) throws IdentityRefused {
        ObjectNode json = (ObjectNode) TestData.json(new String(kind.good(), StandardCharsets.UTF_8));
        switch (random.nextInt(10)) {
            case 0 -> json.put("x" + random.nextInt(100), random.nextInt());
            case 1 ->
                json.put(
                        "timestamp",
                        Instant.ofEpochMilli(NOW + 1 + random.nextInt(500_000)).toString());
            case 2 -> {
                return kind.form().sign(mallory, unsigned(kind).put("nonce", random.nextLong() >> 12));
            }
            case 3 -> json.put(kind.author(), mallory.peerId().value());
            case 4 -> json.put("signature", "0x" + HexFormat.of().formatHex(TestData.random(random, 64)) + "1c");
            case 5 -> mirror(json);
            case 6 -> {
                String again = json.toString();
                String name = random.nextBoolean() ? "type" : kind.author();
                return again.replaceFirst("\\{", "{\"" + name + "\":" + json.get(name) + ",")
                        .getBytes(StandardCharsets.UTF_8);
            }
            case 7 -> {
                long apart = 600_001L + random.nextInt(1 << 30);
                String at = Instant.ofEpochMilli(NOW + (random.nextBoolean() ? apart : -apart))
                        .toString();
                return kind.form().sign(alice, unsigned(kind).put("timestamp", at));
            }
            case 8 -> {
                byte[] flipped = kind.good().clone();
                flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
                return flipped;
            }
            default -> change(json, random);
        }
        return bytes(json);
    }

    /** The other solution of the equation, with the other parity: any library finds it, and it recovers the same key. */
    private static void mirror(ObjectNode json) {
        String signature = json.get("signature").asText();
        BigInteger order = Sign.CURVE_PARAMS.getN();
        BigInteger s = new BigInteger(signature.substring(66, 130), 16);
        String parity = signature.endsWith("1b") ? "1c" : "1b";
        json.put("signature", signature.substring(0, 66) + String.format("%064x", order.subtract(s)) + parity);
    }

    /** One character of one member. */
    private static void change(ObjectNode json, Random random) {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(name -> {
            if (json.get(name).isTextual()) {
                names.add(name);
            }
        });
        String name = names.get(random.nextInt(names.size()));
        StringBuilder value = new StringBuilder(json.get(name).asText());
        int at = random.nextInt(value.length());
        char other = "0123456789abcdef".charAt(random.nextInt(16));
        value.setCharAt(at, value.charAt(at) == other ? (other == '0' ? '1' : '0') : other);
        json.put(name, value.toString());
    }

    private static ObjectNode unsigned(Kind kind) {
        ObjectNode json = (ObjectNode) TestData.json(new String(kind.good(), StandardCharsets.UTF_8));
        json.remove("signature");
        return json;
    }

    private static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
