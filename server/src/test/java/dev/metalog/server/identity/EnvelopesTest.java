package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Speaker;
import dev.metalog.server.identity.Opened.Echo;
import dev.metalog.server.identity.Opened.Forged;
import dev.metalog.server.identity.Opened.Message;
import dev.metalog.server.identity.Opened.NotOurs;
import dev.metalog.server.identity.Opened.Replay;
import dev.metalog.server.identity.Opened.TooLarge;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvelopesTest {
    private static final String TOPIC = "canvasl/d/abcdefghijklmnopqrstuvwxyz";
    private static final byte[] SECRET = TestData.random(new Random(1), 32);
    private static final PeerId ALICE = new PeerId("peer-" + "a1".repeat(20));
    private static final PeerId BOB = new PeerId("peer-" + "b0".repeat(20));
    private static final byte[] ALICE_BOOT = TestData.random(new Random(2), 8);
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    private final DocumentKey key = new DocumentKey(SECRET);
    private final Envelopes alice = key.envelopes(ALICE, ALICE_BOOT);
    private final Envelopes bob = key.envelopes(BOB, TestData.random(new Random(3), 8));

    @Test
    void aMessageComesOutAsItWentInAndSaysWhoSentIt() {
        Random random = new Random(4);
        for (int length :
                new int[] {0, 1, 251, 252, 253, 300, 4_096, 65_532, 65_533, 262_144, Envelopes.MAX_MESSAGE_BYTES}) {
            byte[] message = TestData.random(random, length);
            Message opened = message(bob.open(TOPIC, alice.seal(TOPIC, message)));
            assertThat(opened.sender().peer()).isEqualTo(ALICE);
            assertThat(opened.bytes()).as("length " + length).isEqualTo(message);
        }
    }

    @Test
    void bothDirectionsWorkAtOnce() {
        for (int i = 0; i < 50; i++) {
            assertThat(message(bob.open(TOPIC, alice.seal(TOPIC, HELLO)))
                            .sender()
                            .peer())
                    .isEqualTo(ALICE);
            assertThat(message(alice.open(TOPIC, bob.seal(TOPIC, HELLO)))
                            .sender()
                            .peer())
                    .isEqualTo(BOB);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 256",
        "252, 256",
        "253, 512",
        "508, 512",
        "509, 1024",
        "65532, 65536",
        "65533, 131072",
        "131068, 131072",
        "131069, 196608",
        "983036, 983040"
    })
    void lengthsAreHiddenInBuckets(int length, int bucket) {
        assertThat(alice.seal(TOPIC, new byte[length])).hasSize(1 + 20 + 8 + 8 + bucket + 16);
        assertThat(bucket + 53).isLessThanOrEqualTo(Envelopes.MAX_ENVELOPE_BYTES);
    }

    @Test
    void aLongerMessageIsTheCallersMistake() {
        assertThatThrownBy(() -> alice.seal(TOPIC, new byte[Envelopes.MAX_MESSAGE_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in parts");
    }

    @Test
    void everyFlippedBitIsRefused() {
        byte[] envelope = alice.seal(TOPIC, HELLO);
        for (int bit = 0; bit < envelope.length * 8; bit++) {
            byte[] flipped = envelope.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(bob.open(TOPIC, flipped)).as("bit " + bit).isInstanceOfAny(Forged.class, NotOurs.class);
        }
        assertThat(bob.open(TOPIC, envelope)).isInstanceOf(Message.class);
    }

    @Test
    void everyOtherLengthIsRefused() {
        byte[] envelope = alice.seal(TOPIC, new byte[600]);
        for (int length = 0; length < envelope.length; length++) {
            assertThat(bob.open(TOPIC, Arrays.copyOf(envelope, length)))
                    .as("length " + length)
                    .isInstanceOfAny(Forged.class, NotOurs.class);
        }
        assertThat(bob.open(TOPIC, Arrays.copyOf(envelope, envelope.length + 1)))
                .isInstanceOf(NotOurs.class);
        assertThat(bob.open(TOPIC, Arrays.copyOf(envelope, 37 + 2_048 + 16))).isInstanceOf(Forged.class);
    }

    @Test
    void anotherTopicIsForged() {
        byte[] envelope = alice.seal(TOPIC, HELLO);
        assertThat(bob.open(TOPIC + "/x", envelope)).isInstanceOf(Forged.class);
        assertThat(bob.open("", envelope)).isInstanceOf(Forged.class);
        assertThat(bob.open(TOPIC, envelope)).isInstanceOf(Message.class);
    }

    @Test
    void anotherSecretIsForged() {
        byte[] other = SECRET.clone();
        other[31] ^= 1;
        byte[] envelope = new DocumentKey(other).envelopes(ALICE, ALICE_BOOT).seal(TOPIC, HELLO);
        assertThat(bob.open(TOPIC, envelope)).isInstanceOf(Forged.class);
    }

    @Test
    void theSenderCannotBeExchangedWithoutTheSecret() {
        byte[] envelope = alice.seal(TOPIC, HELLO);
        Arrays.fill(envelope, 1, 21, (byte) 0xcc);
        assertThat(bob.open(TOPIC, envelope)).isInstanceOf(Forged.class);
    }

    @Test
    void ourOwnEnvelopeIsAnEcho() {
        assertThat(alice.open(TOPIC, alice.seal(TOPIC, HELLO))).isInstanceOf(Echo.class);
        Envelopes nextRun = key.envelopes(ALICE, TestData.random(new Random(9), 8));
        assertThat(message(nextRun.open(TOPIC, alice.seal(TOPIC, HELLO)))
                        .sender()
                        .peer())
                .isEqualTo(ALICE);
    }

    @Test
    void anEnvelopeOpensOnce() {
        byte[] envelope = alice.seal(TOPIC, HELLO);
        assertThat(bob.open(TOPIC, envelope)).isInstanceOf(Message.class);
        assertThat(bob.open(TOPIC, envelope)).isInstanceOf(Replay.class);
        assertThat(bob.open(TOPIC, envelope)).isInstanceOf(Replay.class);
    }

    @Test
    void aForgedCounterDoesNotCloseTheWindow() {
        byte[] first = alice.seal(TOPIC, HELLO);
        bob.open(TOPIC, first);
        byte[] forged = alice.seal(TOPIC, HELLO);
        ByteBuffer.wrap(forged).putLong(29, Long.MAX_VALUE);
        assertThat(bob.open(TOPIC, forged)).isInstanceOf(Forged.class);
        assertThat(bob.open(TOPIC, alice.seal(TOPIC, HELLO))).isInstanceOf(Message.class);
    }

    @Test
    void orderDoesNotMatterInsideTheWindow() {
        long seed = Long.getLong("metalog.seed", 7L);
        Random random = new Random(seed);
        List<byte[]> envelopes = new ArrayList<>();
        for (int i = 0; i < ReplayWindow.WIDTH; i++) {
            envelopes.add(alice.seal(TOPIC, ByteBuffer.allocate(4).putInt(i).array()));
        }
        Collections.shuffle(envelopes, random);
        Set<Integer> seen = new TreeSet<>();
        for (byte[] envelope : envelopes) {
            seen.add(ByteBuffer.wrap(message(bob.open(TOPIC, envelope)).bytes()).getInt());
        }
        assertThat(seen).as("seed " + seed).hasSize(ReplayWindow.WIDTH);
        Collections.shuffle(envelopes, random);
        for (byte[] envelope : envelopes) {
            assertThat(bob.open(TOPIC, envelope)).as("seed " + seed).isInstanceOf(Replay.class);
        }
    }

    @Test
    void whatIsOlderThanTheWindowIsOpenedAsNobodyCanTell() {
        byte[] old = alice.seal(TOPIC, HELLO);
        byte[] inside = alice.seal(TOPIC, HELLO);
        byte[] newest = null;
        for (int i = 0; i < ReplayWindow.WIDTH - 1; i++) {
            newest = alice.seal(TOPIC, HELLO);
        }
        assertThat(bob.open(TOPIC, inside)).isInstanceOf(Message.class);
        assertThat(bob.open(TOPIC, newest)).isInstanceOf(Message.class);
        assertThat(bob.open(TOPIC, old)).isInstanceOf(Message.class);
        assertThat(bob.open(TOPIC, inside)).isInstanceOf(Replay.class);
    }

    /** Whoever has the key can seal as somebody else; with a counter far ahead that must not silence the other. */
    @Test
    void nobodyIsSilencedByACounterFarAhead() {
        byte[] boot = TestData.random(new Random(21), 8);
        Envelopes carol = key.envelopes(ALICE, boot);
        Envelopes liar = key.envelopes(ALICE, boot);
        assertThat(bob.open(TOPIC, carol.seal(TOPIC, HELLO))).isInstanceOf(Message.class);
        byte[] ahead = null;
        for (int i = 0; i < 3 * ReplayWindow.WIDTH; i++) {
            ahead = liar.seal(TOPIC, HELLO);
        }
        assertThat(bob.open(TOPIC, ahead)).isInstanceOf(Message.class);
        for (int i = 0; i < 10; i++) {
            assertThat(bob.open(TOPIC, carol.seal(TOPIC, HELLO))).isInstanceOf(Message.class);
        }
    }

    @Test
    void anotherBootOfTheSameSenderHasAWindowOfItsOwn() {
        Envelopes again = key.envelopes(ALICE, TestData.random(new Random(8), 8));
        byte[] envelope = alice.seal(TOPIC, HELLO);
        bob.open(TOPIC, envelope);
        assertThat(bob.open(TOPIC, again.seal(TOPIC, HELLO))).isInstanceOf(Message.class);
        assertThat(bob.open(TOPIC, envelope)).isInstanceOf(Replay.class);
    }

    /** Overflow rule: the boot heard longest ago is forgotten. Forged headers take no room. */
    @Test
    void theTableOfSendersHasABound() {
        byte[] first = alice.seal(TOPIC, HELLO);
        bob.open(TOPIC, first);
        Random random = new Random(10);
        byte[] noise = alice.seal(TOPIC, HELLO);
        for (int i = 0; i < 3 * Envelopes.MAX_SENDERS; i++) {
            random.nextBytes(noise);
            noise[0] = 1;
            noise[29] = 0;
            assertThat(bob.open(TOPIC, noise)).isInstanceOf(Forged.class);
        }
        assertThat(bob.open(TOPIC, first)).isInstanceOf(Replay.class);

        byte[] second = null;
        for (int i = 0; i < Envelopes.MAX_SENDERS; i++) {
            byte[] sealed = key.envelopes(ALICE, TestData.random(random, 8)).seal(TOPIC, HELLO);
            assertThat(bob.open(TOPIC, sealed)).isInstanceOf(Message.class);
            second = second == null ? sealed : second;
        }
        assertThat(bob.open(TOPIC, second)).isInstanceOf(Replay.class);
        assertThat(bob.open(TOPIC, first)).isInstanceOf(Message.class);
    }

    @Test
    void whatIsNoEnvelopeIsNotOurs() {
        assertThat(bob.open(TOPIC, new byte[0])).isInstanceOf(NotOurs.class);
        assertThat(bob.open(TOPIC, new byte[309])).isInstanceOf(NotOurs.class);
        assertThat(bob.open(TOPIC, "{\"type\":\"peer_announce\"}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(NotOurs.class);
        byte[] later = alice.seal(TOPIC, HELLO);
        later[0] = 2;
        assertThat(bob.open(TOPIC, later)).isInstanceOf(NotOurs.class);
        byte[] negative = alice.seal(TOPIC, HELLO);
        negative[29] = (byte) 0x80;
        assertThat(bob.open(TOPIC, negative)).isInstanceOf(NotOurs.class);
    }

    @Test
    void whatIsTooLargeIsNotLookedInto() {
        assertThat(bob.open(TOPIC, new byte[Envelopes.MAX_ENVELOPE_BYTES])).isInstanceOf(NotOurs.class);
        assertThat(bob.open(TOPIC, new byte[Envelopes.MAX_ENVELOPE_BYTES + 1])).isInstanceOf(TooLarge.class);
    }

    /** A holder of the secret who hides bytes in the padding, or lies about the length, is not listened to. */
    @Test
    void oddPaddingInsideAGoodSealIsNotOurs() throws Exception {
        byte[] hidden = new byte[256];
        hidden[255] = 1;
        byte[] tooLong = new byte[256];
        ByteBuffer.wrap(tooLong).putInt(253);
        byte[] negative = new byte[256];
        ByteBuffer.wrap(negative).putInt(-1);
        byte[] oversized = new byte[512];
        byte[] honest = new byte[256];
        long counter = 0;
        for (byte[] plain : List.of(hidden, tooLong, negative, oversized)) {
            assertThat(bob.open(TOPIC, sealByHand(plain, counter++))).isInstanceOf(NotOurs.class);
        }
        assertThat(bob.open(TOPIC, sealByHand(honest, counter))).isInstanceOf(Message.class);
    }

    /** The format and the key schedule once more, with other means: HKDF by RFC 5869 out of the JDK's HMAC. */
    @Test
    void theBytesAreAsDocumented() throws Exception {
        byte[] plain = new byte[256];
        ByteBuffer.wrap(plain).putInt(HELLO.length).put(HELLO);
        assertThat(alice.seal(TOPIC, HELLO)).isEqualTo(sealByHand(plain, 0));
        assertThat(alice.seal(TOPIC, HELLO)).isEqualTo(sealByHand(plain, 1));

        byte[] topicKey = hmac(root(), "topic".getBytes(StandardCharsets.US_ASCII), new byte[] {1});
        byte[] tag = hmac(topicKey, "meta-log/topic/1".getBytes(StandardCharsets.US_ASCII));
        assertThat(key.topicTag())
                .isEqualTo(Base32.encode(Arrays.copyOf(tag, 16)))
                .matches("[a-z2-7]{26}");
        assertThat(key).hasToString("DocumentKey(" + key.topicTag() + ")");
    }

    @Test
    void goldenBytesDoNotChange() {
        byte[] secret = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        DocumentKey golden = new DocumentKey(secret);
        assertThat(golden.topicTag()).isEqualTo("emstwnrhyhpze2v6kwyx7pa2bu");
        byte[] envelope = golden.envelopes(ALICE, new byte[8]).seal("t", HELLO);
        assertThat(HexFormat.of().formatHex(envelope, 0, 53))
                .isEqualTo(
                        "01a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a100000000000000000000000000000000b340c227f3b84146fc043d9ebb954e9d");
        assertThat(HexFormat.of().formatHex(envelope, envelope.length - 16, envelope.length))
                .isEqualTo("26ebc50235fa087ab45a7d557df39101");
    }

    @Test
    void secretsAndBootsHaveOneLength() {
        assertThatThrownBy(() -> new DocumentKey(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DocumentKey(new byte[33])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.envelopes(ALICE, new byte[7])).isInstanceOf(IllegalArgumentException.class);
    }

    /** The bound is 20 µs; that is asked of the best of five rounds, since others share this machine. */
    @Test
    void sealingAndOpeningThreeHundredBytesIsCheap() {
        byte[] message = TestData.random(new Random(11), 300);
        double bestMicros = Double.MAX_VALUE;
        int opened = 0;
        for (int round = 0; round < 8; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < 5_000; i++) {
                opened += bob.open(TOPIC, alice.seal(TOPIC, message)) instanceof Message ? 1 : 0;
            }
            bestMicros = Math.min(bestMicros, (System.nanoTime() - start) / 5_000_000.0);
        }
        System.out.printf("seal + open of 300 bytes: %.2f µs%n", bestMicros);
        assertThat(opened).isEqualTo(40_000);
        assertThat(bestMicros).isLessThan(20);
    }

    @Test
    void everyOutcomeHasItsMethod() {
        Opened.Handler<Class<?>> handler = new Opened.Handler<>() {
            @Override
            public Class<?> message(Message outcome) {
                return outcome.getClass();
            }

            @Override
            public Class<?> echo(Echo outcome) {
                return outcome.getClass();
            }

            @Override
            public Class<?> notOurs(NotOurs outcome) {
                return outcome.getClass();
            }

            @Override
            public Class<?> forged(Forged outcome) {
                return outcome.getClass();
            }

            @Override
            public Class<?> replay(Replay outcome) {
                return outcome.getClass();
            }

            @Override
            public Class<?> tooLarge(TooLarge outcome) {
                return outcome.getClass();
            }
        };
        for (Opened outcome : List.of(
                new Message(new Speaker(ALICE, 1), HELLO),
                new Echo(),
                new NotOurs(),
                new Forged(),
                new Replay(),
                new TooLarge())) {
            assertThat(outcome.<Class<?>>dispatch(handler)).isEqualTo(outcome.getClass());
        }
    }

    private static byte[] sealByHand(byte[] plain, long counter) throws Exception {
        byte[] sender = HexFormat.of().parseHex(ALICE.value().substring(5));
        byte[] envelopeKey = hmac(root(), "envelope".getBytes(StandardCharsets.US_ASCII), new byte[] {1});
        byte[] subkey = hmac(
                envelopeKey, "meta-log/envelope/1".getBytes(StandardCharsets.US_ASCII), sender, ALICE_BOOT, new byte[] {
                    1
                });
        byte[] header = ByteBuffer.allocate(37)
                .put((byte) 1)
                .put(sender)
                .put(ALICE_BOOT)
                .putLong(counter)
                .array();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(counter).array();
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(subkey, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(header);
        cipher.updateAAD(TOPIC.getBytes(StandardCharsets.UTF_8));
        byte[] sealed = cipher.doFinal(plain);
        return ByteBuffer.allocate(37 + sealed.length).put(header).put(sealed).array();
    }

    private static byte[] root() throws Exception {
        return hmac("meta-log/document-key/1".getBytes(StandardCharsets.US_ASCII), SECRET);
    }

    private static byte[] hmac(byte[] macKey, byte[]... inputs) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(macKey, "HmacSHA256"));
        for (byte[] input : inputs) {
            mac.update(input);
        }
        return mac.doFinal();
    }

    private static Message message(Opened opened) {
        assertThat(opened).isInstanceOf(Message.class);
        return (Message) opened;
    }
}
