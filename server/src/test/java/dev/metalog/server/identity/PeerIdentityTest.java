package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class PeerIdentityTest {
    private static final String WORDS = "abandon ".repeat(23) + "art";
    private static final BigInteger ORDER =
            new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

    @Test
    void theWordsAlwaysGiveTheSameIdentity() throws IdentityRefused {
        PeerIdentity identity = PeerIdentity.fromMnemonic(Mnemonic.parse(WORDS), "");
        // Golden: if this changes, every person's words stop bringing back their identity.
        assertThat(identity.peerId()).hasToString("peer-76decd3f0c2e23fe1aad6ca05da7f793d9ec6baa");
        assertThat(identity.address())
                .isEqualTo("0x" + identity.peerId().value().substring(5));
        assertThat(identity.publicKey()).matches("0x04[0-9a-f]{128}");
        assertThat(PeerIdentity.fromMnemonic(Mnemonic.parse(WORDS), "another word")
                        .peerId())
                .isNotEqualTo(identity.peerId());
    }

    /** The whole way once more, in plain arithmetic: master key, three hardened steps (BIP32). */
    @Test
    void theKeyLiesWhereTheDocumentedPathLeads() throws Exception {
        Mnemonic mnemonic = Mnemonic.parse(WORDS);
        byte[] node = hmac("Bitcoin seed".getBytes(StandardCharsets.US_ASCII), mnemonic.seed(""));
        for (int number : new int[] {19_788, 0, 0}) {
            byte[] input = ByteBuffer.allocate(37)
                    .put((byte) 0)
                    .put(node, 0, 32)
                    .putInt(number | 0x80000000)
                    .array();
            byte[] step = hmac(Arrays.copyOfRange(node, 32, 64), input);
            BigInteger key = new BigInteger(1, Arrays.copyOf(step, 32))
                    .add(new BigInteger(1, Arrays.copyOf(node, 32)))
                    .mod(ORDER);
            node = ByteBuffer.allocate(64)
                    .put(HexFormat.of().parseHex(String.format("%064x", key)))
                    .put(step, 32, 32)
                    .array();
        }
        PeerIdentity identity = PeerIdentity.fromMnemonic(mnemonic, "");
        assertThat(identity.privateKey()).isEqualTo(Arrays.copyOf(node, 32));
        assertThat(PeerIdentity.KEY_PATH).isEqualTo("m/19788'/0'/0'");
    }

    @Test
    void leadingZerosOfKeysAreKept() {
        byte[] one = new byte[32];
        one[31] = 1;
        PeerIdentity identity = PeerIdentity.fromPrivateKey(one);
        // The address of the private key 1, which every Ethereum library's tests know.
        assertThat(identity.address()).isEqualTo("0x7e5f4552091a69125d5dfcb7b8c2659029395bdf");
        assertThat(identity.privateKey()).isEqualTo(one);
        for (int seed = 0; seed < 600; seed++) {
            byte[] key = TestData.random(new java.util.Random(seed), 32);
            if (seed % 3 == 0) {
                key[0] = 0;
            }
            PeerIdentity each = PeerIdentity.fromPrivateKey(key);
            assertThat(each.publicKey()).as("seed " + seed).hasSize(132);
            assertThat(each.privateKey()).as("seed " + seed).isEqualTo(key);
        }
    }

    @Test
    void whatIsShownIsPublic() throws IdentityRefused {
        PeerIdentity identity = PeerIdentity.fromMnemonic(Mnemonic.parse(WORDS), "");
        assertThat(identity).hasToString("PeerIdentity(" + identity.peerId() + ")");
    }

    private static byte[] hmac(byte[] key, byte[] input) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA512");
        mac.init(new SecretKeySpec(key, "HmacSHA512"));
        return mac.doFinal(input);
    }
}
