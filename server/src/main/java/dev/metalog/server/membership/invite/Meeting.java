package dev.metalog.server.membership.invite;

import dev.metalog.server.identity.Derivation;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.agreement.jpake.JPAKEParticipant;
import org.bouncycastle.crypto.agreement.jpake.JPAKEPrimeOrderGroups;
import org.bouncycastle.crypto.agreement.jpake.JPAKERound1Payload;
import org.bouncycastle.crypto.agreement.jpake.JPAKERound2Payload;
import org.bouncycastle.crypto.agreement.jpake.JPAKERound3Payload;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.prng.EntropySource;
import org.bouncycastle.crypto.prng.SP800SecureRandomBuilder;

/**
 * One side of two that make a secret out of the words of a code, so that whoever does not know the words learns nothing of
 * them but whether one guess was right: J-PAKE (RFC 8236) with its key confirmation, in the 3,072 bit group of NIST.
 *
 * <pre>
 * round 1: g^x1, g^x2 (384 each) │ two proofs: g^v (384) │ r (32)
 * round 2: a (384) │ proof
 * round 3: HMAC (32)
 * </pre>
 *
 * <p>On each side a round is made before that of the other side is heard. One that is unsound leaves everything as it was.
 *
 * <p>The library draws from a {@code SecureRandom}. It is handed the deterministic generator of NIST SP 800-90A (HMAC-SHA-256),
 * which begins with given bytes, so the same bytes make the same messages.
 */
final class Meeting {
    static final int RANDOM_BYTES = 48;

    private static final int ELEMENT_BYTES = 384;
    private static final int SCALAR_BYTES = 32;
    private static final int PROOF_BYTES = ELEMENT_BYTES + SCALAR_BYTES;
    static final int ROUND_1_BYTES = 2 * ELEMENT_BYTES + 2 * PROOF_BYTES;
    static final int ROUND_2_BYTES = ELEMENT_BYTES + PROOF_BYTES;
    static final int ROUND_3_BYTES = 32;

    private final JPAKEParticipant participant;
    private final String partner;
    private BigInteger agreed;

    private Meeting(String self, String partner, SpokenCode code, byte[] random) {
        if (random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException("A meeting takes " + RANDOM_BYTES + " random bytes.");
        }
        this.partner = partner;
        this.participant = new JPAKEParticipant(
                self,
                code.password(),
                JPAKEPrimeOrderGroups.NIST_3072,
                new SHA256Digest(),
                new SP800SecureRandomBuilder(bits -> new Given(random.clone()))
                        .buildHMAC(new HMac(new SHA256Digest()), new byte[0], false));
    }

    /** @param session which attempt this is, so that what is proved in one is worth nothing in another */
    static Meeting inviter(SpokenCode code, byte[] session, byte[] random) {
        return new Meeting(name("inviter", session), name("asker", session), code, random);
    }

    static Meeting asker(SpokenCode code, byte[] session, byte[] random) {
        return new Meeting(name("asker", session), name("inviter", session), code, random);
    }

    private static String name(String side, byte[] session) {
        return "meta-log " + side + " " + HexFormat.of().formatHex(session);
    }

    @SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
    private record Given(byte[] bytes) implements EntropySource {
        @Override
        public boolean isPredictionResistant() {
            return false;
        }

        @Override
        public byte[] getEntropy() {
            return bytes;
        }

        @Override
        public int entropySize() {
            return 8 * bytes.length;
        }
    }

    byte[] round1() {
        JPAKERound1Payload payload = participant.createRound1PayloadToSend();
        ByteBuffer out = ByteBuffer.allocate(ROUND_1_BYTES);
        put(out, payload.getGx1(), ELEMENT_BYTES);
        put(out, payload.getGx2(), ELEMENT_BYTES);
        put(out, payload.getKnowledgeProofForX1());
        put(out, payload.getKnowledgeProofForX2());
        return out.array();
    }

    /** @return whether it is sound; says nothing of the words */
    boolean hearRound1(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        BigInteger first = take(in, ELEMENT_BYTES);
        BigInteger second = take(in, ELEMENT_BYTES);
        try {
            participant.validateRound1PayloadReceived(
                    new JPAKERound1Payload(partner, first, second, proof(in), proof(in)));
            return true;
        } catch (CryptoException | ArithmeticException unsound) {
            return false;
        }
    }

    byte[] round2() {
        JPAKERound2Payload payload = participant.createRound2PayloadToSend();
        ByteBuffer out = ByteBuffer.allocate(ROUND_2_BYTES);
        put(out, payload.getA(), ELEMENT_BYTES);
        put(out, payload.getKnowledgeProofForX2s());
        return out.array();
    }

    /** @return whether it is sound; says nothing of the words yet */
    boolean hearRound2(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        BigInteger a = take(in, ELEMENT_BYTES);
        try {
            participant.validateRound2PayloadReceived(new JPAKERound2Payload(partner, a, proof(in)));
        } catch (CryptoException | ArithmeticException unsound) {
            return false;
        }
        agreed = participant.calculateKeyingMaterial();
        return true;
    }

    byte[] round3() {
        BigInteger mac = participant.createRound3PayloadToSend(agreed).getMacTag();
        byte[] bytes = new byte[ROUND_3_BYTES];
        byte[] digits = mac.toByteArray();
        Arrays.fill(bytes, (byte) (mac.signum() < 0 ? -1 : 0));
        System.arraycopy(digits, 0, bytes, bytes.length - digits.length, digits.length);
        return bytes;
    }

    /** @return whether the other side knows the words */
    boolean hearRound3(byte[] bytes) {
        try {
            participant.validateRound3PayloadReceived(new JPAKERound3Payload(partner, new BigInteger(bytes)), agreed);
            return true;
        } catch (CryptoException otherWords) {
            return false;
        }
    }

    /** What only the two have. */
    Derivation secret() {
        ByteBuffer out = ByteBuffer.allocate(ELEMENT_BYTES);
        put(out, agreed, ELEMENT_BYTES);
        return Derivation.of("meta-log/code-secret/1", out.array());
    }

    private static void put(ByteBuffer out, BigInteger[] proof) {
        put(out, proof[0], ELEMENT_BYTES);
        put(out, proof[1], SCALAR_BYTES);
    }

    private static void put(ByteBuffer out, BigInteger number, int length) {
        byte[] digits = number.toByteArray();
        int from = digits.length > length ? digits.length - length : 0;
        out.put(new byte[length - (digits.length - from)]).put(digits, from, digits.length - from);
    }

    private static BigInteger[] proof(ByteBuffer in) {
        return new BigInteger[] {take(in, ELEMENT_BYTES), take(in, SCALAR_BYTES)};
    }

    private static BigInteger take(ByteBuffer in, int length) {
        byte[] digits = new byte[length];
        in.get(digits);
        return new BigInteger(1, digits);
    }
}
