package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.protocol.Base32;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceKeyTest {
    private static final PeerIdentity ROOT = TestData.identity(1);
    private static final DeviceKey DEVICE = TestData.device(ROOT, 2);
    private static final byte[] CONTENT = "events".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NONCE = new byte[DeviceKey.NONCE_BYTES];
    /** The order of Ed25519's group. */
    private static final BigInteger ORDER =
            new BigInteger("27742317777372353535851937790883648493").add(BigInteger.ONE.shiftLeft(252));

    @Test
    void aCertificateTellsWhoseDeviceItIs() throws IdentityRefused {
        DeviceCertificate certificate = DEVICE.certificate();
        byte[] bytes = certificate.encode();
        assertThat(bytes).hasSize(DeviceCertificate.BYTES);
        DeviceCertificate read = DeviceCertificate.decode(bytes);
        assertThat(read).isEqualTo(certificate).hasSameHashCodeAs(certificate);
        assertThat(read.encode()).isEqualTo(bytes);
        assertThat(read.peer()).isEqualTo(ROOT.peerId());
        assertThat(read.device()).isEqualTo(certificate.device());
        assertThat(read.issuedMinutes()).isEqualTo(1_234);
        assertThat(read.signingKey()).isEqualTo(Arrays.copyOfRange(bytes, 1, 33));
        assertThat(read.sealingKey())
                .isEqualTo(Arrays.copyOfRange(bytes, 33, 65))
                .isEqualTo(new X25519PrivateKeyParameters(DEVICE.sealingSecret())
                        .generatePublicKey()
                        .getEncoded());
        assertThat(TestData.device(ROOT, 3).certificate().device()).isNotEqualTo(read.device());
        assertThat(TestData.device(TestData.identity(2), 2).certificate().device())
                .as("the same keys under another root")
                .isNotEqualTo(read.device());
    }

    @Test
    void theLastMinuteThatFitsFits() throws IdentityRefused {
        DeviceKey late = DeviceKey.create(ROOT, TestData.random(new Random(1), 64), 0xffff_ffffL);
        assertThat(DeviceCertificate.decode(late.certificate().encode()).issuedMinutes())
                .isEqualTo(0xffff_ffffL);
        for (long minute : new long[] {-1, 1L << 32}) {
            assertThatThrownBy(() -> DeviceKey.create(ROOT, new byte[64], minute))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void twoPeopleCanReadItsFingerprintToEachOther() {
        String id = DEVICE.certificate().device().value();
        assertThat(DEVICE.certificate().device().fingerprint())
                .matches("[a-z2-7]{5}(-[a-z2-7]{5}){3}")
                .isEqualTo(id.substring(0, 5) + "-" + id.substring(5, 10) + "-" + id.substring(10, 15) + "-"
                        + id.substring(15, 20));
    }

    /** Whatever is changed: nobody's certificate, or one of somebody else. */
    @Test
    void noFlippedBitLeavesItTheSamePeers() {
        byte[] bytes = DEVICE.certificate().encode();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            try {
                assertThat(DeviceCertificate.decode(flipped).peer())
                        .as("bit " + bit)
                        .isNotEqualTo(ROOT.peerId());
            } catch (IdentityRefused refused) {
                assertThat(refused.reason()).isEqualTo(IdentityRefused.Reason.CERTIFICATE_MALFORMED);
            }
        }
    }

    @Test
    void anotherLengthOrVersionIsRefused() {
        byte[] bytes = DEVICE.certificate().encode();
        for (int length : new int[] {0, 1, 69, DeviceCertificate.BYTES - 1, DeviceCertificate.BYTES + 1, 4_096}) {
            assertMalformed(Arrays.copyOf(bytes, length));
        }
        bytes[0] = 2;
        assertMalformed(bytes);
    }

    /** The eight points of a small order, the other ways to write them, and what is no point at all. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0100000000000000000000000000000000000000000000000000000000000000",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
                "0100000000000000000000000000000000000000000000000000000000000080",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "0200000000000000000000000000000000000000000000000000000000000000",
            })
    void anOddSigningKeyIsRefused(String key) {
        assertMalformed(
                certified(HexFormat.of().parseHex(key), DEVICE.certificate().sealingKey()));
    }

    /** An honest key plus the point of order two, which is (0, -1): both its coordinates are negated. */
    @Test
    void aSigningKeyOutsideTheMainGroupIsRefused() {
        byte[] key = DEVICE.certificate().signingKey();
        byte[] reversed = new byte[32];
        for (int i = 0; i < 32; i++) {
            reversed[i] = key[31 - i];
        }
        reversed[0] &= 0x7f;
        BigInteger prime = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
        byte[] negated = prime.subtract(new BigInteger(1, reversed)).toByteArray();
        byte[] other = new byte[32];
        for (int i = 0; i < Math.min(32, negated.length); i++) {
            other[i] = negated[negated.length - 1 - i];
        }
        other[31] |= (byte) (~key[31] & 0x80);
        assertThat(Ed25519.validatePublicKeyPartial(other, 0))
                .as("a point of the curve")
                .isTrue();
        assertMalformed(certified(other, DEVICE.certificate().sealingKey()));
    }

    /** The points of a small order, and numbers that are not below the field's prime. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "0900000000000000000000000000000000000000000000000000000000000080",
            })
    void anOddSealingKeyIsRefused(String key) {
        assertMalformed(
                certified(DEVICE.certificate().signingKey(), HexFormat.of().parseHex(key)));
    }

    /** A certificate as a hostile root makes it, which checks nothing. */
    private static byte[] certified(byte[] signingKey, byte[] sealingKey) {
        byte[] bytes = DEVICE.certificate().encode();
        System.arraycopy(signingKey, 0, bytes, 1, 32);
        System.arraycopy(sealingKey, 0, bytes, 33, 32);
        byte[] signature = ROOT.signBytes(SigningDomain.DEVICE_CERTIFICATE, Arrays.copyOf(bytes, 69));
        System.arraycopy(signature, 0, bytes, 69, Signatures.BYTES);
        return bytes;
    }

    private static void assertMalformed(byte[] bytes) {
        IdentityRefused refused = catchThrowableOfType(IdentityRefused.class, () -> DeviceCertificate.decode(bytes));
        assertThat(refused).isNotNull();
        assertThat(refused.reason()).isEqualTo(IdentityRefused.Reason.CERTIFICATE_MALFORMED);
    }

    @Test
    void whatADeviceSignsIsItsOwnUnderOneDomain() {
        byte[] signature = DEVICE.sign(SigningDomain.EVENTS, CONTENT);
        DeviceCertificate certificate = DEVICE.certificate();
        assertThat(signature).hasSize(64).isEqualTo(DEVICE.sign(SigningDomain.EVENTS, CONTENT));
        for (SigningDomain domain : SigningDomain.values()) {
            assertThat(certificate.verify(domain, CONTENT, signature)).isEqualTo(domain == SigningDomain.EVENTS);
        }
        assertThat(certificate.verify(SigningDomain.EVENTS, new byte[0], signature))
                .isFalse();
        assertThat(TestData.device(ROOT, 3).certificate().verify(SigningDomain.EVENTS, CONTENT, signature))
                .isFalse();
        for (int bit = 0; bit < signature.length * 8; bit++) {
            byte[] flipped = signature.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(certificate.verify(SigningDomain.EVENTS, CONTENT, flipped))
                    .as("bit " + bit)
                    .isFalse();
        }
        for (int length : new int[] {0, 63, 65}) {
            assertThat(certificate.verify(SigningDomain.EVENTS, CONTENT, Arrays.copyOf(signature, length)))
                    .isFalse();
        }
    }

    /** S and S plus the order of the group solve the same equation; only the small one is a signature here. */
    @Test
    void thereIsOneSignature() {
        byte[] signature = DEVICE.sign(SigningDomain.EVENTS, CONTENT);
        byte[] reversed = new byte[32];
        for (int i = 0; i < 32; i++) {
            reversed[i] = signature[63 - i];
        }
        byte[] larger = new BigInteger(1, reversed).add(ORDER).toByteArray();
        byte[] other = signature.clone();
        for (int i = 0; i < 32; i++) {
            other[32 + i] = i < larger.length ? larger[larger.length - 1 - i] : 0;
        }
        assertThat(DEVICE.certificate().verify(SigningDomain.EVENTS, CONTENT, other))
                .isFalse();
    }

    /** What a verifier in another language has to check. */
    @Test
    void thePreimageIsAsDocumented() {
        byte[] preimage = HexFormat.of()
                .parseHex("0011"
                        + HexFormat.of().formatHex("meta-log/events/1".getBytes(StandardCharsets.US_ASCII))
                        + "00000006"
                        + HexFormat.of().formatHex(CONTENT));
        byte[] signature = DEVICE.sign(SigningDomain.EVENTS, CONTENT);
        assertThat(Ed25519.verify(signature, 0, DEVICE.certificate().signingKey(), 0, preimage, 0, preimage.length))
                .isTrue();
    }

    @Test
    void itsFileOpensWithItsRootAlone() throws IdentityRefused {
        byte[] file = DEVICE.seal(ROOT, NONCE);
        assertThat(file.length).isLessThanOrEqualTo(DeviceKey.MAX_FILE_BYTES);
        DeviceKey opened = DeviceKey.open(ROOT, file);
        assertThat(opened.certificate()).isEqualTo(DEVICE.certificate());
        assertThat(opened.sign(SigningDomain.EVENTS, CONTENT)).isEqualTo(DEVICE.sign(SigningDomain.EVENTS, CONTENT));
        assertThat(opened.sealingSecret()).isEqualTo(DEVICE.sealingSecret());
        assertUnusable(TestData.identity(2), file);
        for (int i = 0; i < file.length; i++) {
            byte[] changed = file.clone();
            changed[i] ^= 1;
            assertUnusable(ROOT, changed);
            assertUnusable(ROOT, Arrays.copyOf(file, i));
        }
        assertUnusable(ROOT, Arrays.copyOf(file, file.length + 1));
    }

    private static void assertUnusable(PeerIdentity root, byte[] file) {
        IdentityRefused refused = catchThrowableOfType(IdentityRefused.class, () -> DeviceKey.open(root, file));
        assertThat(refused.reason()).isEqualTo(IdentityRefused.Reason.DEVICE_FILE_UNUSABLE);
    }

    @Test
    void noSecretIsInItsFileOrItsName() {
        String file = HexFormat.of().formatHex(DEVICE.seal(ROOT, NONCE));
        String name = DEVICE + " " + DEVICE.certificate();
        byte[] secrets = TestData.random(new Random(2), DeviceKey.RANDOM_BYTES);
        for (byte[] secret : new byte[][] {Arrays.copyOf(secrets, 32), Arrays.copyOfRange(secrets, 32, 64)}) {
            assertThat(file).doesNotContain(HexFormat.of().formatHex(secret));
            assertThat(name).doesNotContain(HexFormat.of().formatHex(secret)).doesNotContain(Base32.encode(secret));
        }
    }
}
