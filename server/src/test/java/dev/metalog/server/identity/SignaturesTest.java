package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Hash;
import org.web3j.crypto.Sign;

class SignaturesTest {
    private static final byte[] CONTENT = "to be signed".getBytes(StandardCharsets.UTF_8);
    private static final BigInteger ORDER = Sign.CURVE_PARAMS.getN();

    private final PeerIdentity identity = TestData.identity(1);
    private final String signature = identity.sign(SigningDomain.PEER_ANNOUNCE, CONTENT);

    @Test
    void aSignatureRecoversItsSigner() {
        for (int seed = 0; seed < 40; seed++) {
            PeerIdentity each = TestData.identity(seed);
            byte[] content = TestData.random(new Random(seed), seed * 7);
            for (SigningDomain domain : SigningDomain.values()) {
                String made = each.sign(domain, content);
                assertThat(made).matches("0x[0-9a-f]{128}(1b|1c)");
                assertThat(Signatures.recover(domain, content, made))
                        .as("seed " + seed)
                        .contains(each.peerId());
            }
        }
    }

    @Test
    void signingTwiceGivesTheSameText() {
        assertThat(identity.sign(SigningDomain.PEER_ANNOUNCE, CONTENT)).isEqualTo(signature);
    }

    @Test
    void anotherDomainOrContentRecoversSomebodyElse() {
        for (SigningDomain domain : SigningDomain.values()) {
            if (domain != SigningDomain.PEER_ANNOUNCE) {
                assertThat(Signatures.recover(domain, CONTENT, signature))
                        .isNotEqualTo(java.util.Optional.of(identity.peerId()));
            }
        }
        byte[] changed = CONTENT.clone();
        changed[0] ^= 1;
        assertThat(Signatures.recover(SigningDomain.PEER_ANNOUNCE, changed, signature))
                .isNotEqualTo(java.util.Optional.of(identity.peerId()));
    }

    @Test
    void noFlippedBitKeepsTheSigner() {
        byte[] bytes = HexFormat.of().parseHex(signature.substring(2));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(Signatures.recover(
                            SigningDomain.PEER_ANNOUNCE,
                            CONTENT,
                            "0x" + HexFormat.of().formatHex(flipped)))
                    .as("bit " + bit)
                    .isNotEqualTo(java.util.Optional.of(identity.peerId()));
        }
    }

    /** s and its mirror image both solve the equation; only the low one is a signature here. */
    @Test
    void theMirroredSignatureIsRefused() {
        BigInteger s = new BigInteger(signature.substring(66, 130), 16);
        assertThat(s).isLessThanOrEqualTo(ORDER.shiftRight(1));
        String otherV = signature.endsWith("1b") ? "1c" : "1b";
        String mirrored = signature.substring(0, 66) + String.format("%064x", ORDER.subtract(s)) + otherV;
        assertThat(Signatures.recover(SigningDomain.PEER_ANNOUNCE, CONTENT, mirrored))
                .isEmpty();
    }

    @Test
    void thereIsOneTextForASignature() {
        String body = signature.substring(0, 130);
        for (String odd : new String[] {
            "",
            "0x",
            signature.substring(2),
            signature.toUpperCase(Locale.ROOT),
            "0x" + signature.substring(2).toUpperCase(Locale.ROOT),
            body,
            body + "00",
            body + "01",
            body + "1a",
            body + "1d",
            body + "25",
            signature + "00",
            signature + "\n",
            " " + signature,
            "0x" + "0".repeat(128) + "1b",
            "0x" + "f".repeat(128) + "1b",
            "0x" + "0".repeat(64) + signature.substring(66),
            signature.substring(0, 66) + "0".repeat(64) + "1b",
            "0x" + String.format("%064x", ORDER) + signature.substring(66),
            "x".repeat(132),
        }) {
            assertThat(Signatures.recover(SigningDomain.PEER_ANNOUNCE, CONTENT, odd))
                    .as(odd)
                    .isEmpty();
        }
    }

    /**
     * Anybody can choose r and s so that the recovered "key" is the point at infinity: R = kG, s = e / k. It must not
     * become the peer id of nobody's key.
     */
    @Test
    void theKeyOfNobodyIsRefused() {
        byte[] hash = Sign.getEthereumMessageHash(SigningDomain.PEER_ANNOUNCE.preimage(CONTENT));
        BigInteger e = new BigInteger(1, hash);
        int crafted = 0;
        for (long k = 2; k < 40; k++) {
            byte[] point = Sign.publicPointFromPrivate(BigInteger.valueOf(k)).getEncoded(false);
            BigInteger r = new BigInteger(1, Arrays.copyOfRange(point, 1, 33));
            BigInteger s = e.multiply(BigInteger.valueOf(k).modInverse(ORDER)).mod(ORDER);
            if (s.compareTo(ORDER.shiftRight(1)) > 0) {
                continue;
            }
            crafted++;
            String v = (point[64] & 1) == 0 ? "1b" : "1c";
            assertThat(Signatures.recover(
                            SigningDomain.PEER_ANNOUNCE, CONTENT, "0x" + String.format("%064x%064x", r, s) + v))
                    .isEmpty();
        }
        assertThat(crafted).isGreaterThan(5);
    }

    /** What a verifier in another language has to hash, written out. */
    @Test
    void thePreimageIsAsDocumented() {
        byte[] name = "meta-log/peer-announce/1".getBytes(StandardCharsets.US_ASCII);
        String expected =
                HexFormat.of().formatHex("\u0019Ethereum Signed Message:\n42".getBytes(StandardCharsets.US_ASCII))
                        + "0018" + HexFormat.of().formatHex(name)
                        + "0000000c" + HexFormat.of().formatHex(CONTENT);
        assertThat(name).hasSize(24);
        byte[] hash = Hash.sha3(HexFormat.of().parseHex(expected));
        assertThat(hash).isEqualTo(Sign.getEthereumMessageHash(SigningDomain.PEER_ANNOUNCE.preimage(CONTENT)));
        assertThat(Signatures.recover(SigningDomain.PEER_ANNOUNCE, CONTENT, signature))
                .contains(identity.peerId());
    }
}
