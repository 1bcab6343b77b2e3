package dev.metalog.integration;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;

/**
 * A peer that is no meta-log: signs and checks what docs/public-topics.md says, with nothing but that page and a library for
 * the curve. Its JSON has strings alone, of ASCII, whose canonical form is easy.
 */
final class HandSigner {
    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();
    private static final HexFormat HEX = HexFormat.of();
    private static final ECDomainParameters CURVE = curve();

    private final BigInteger key;
    private final byte[] point;

    HandSigner(long key) {
        this.key = BigInteger.valueOf(key);
        ECPoint product = CURVE.getG().multiply(this.key).normalize();
        this.point = Arrays.copyOfRange(product.getEncoded(false), 1, 65);
    }

    private static ECDomainParameters curve() {
        X9ECParameters named = CustomNamedCurves.getByName("secp256k1");
        return new ECDomainParameters(named.getCurve(), named.getG(), named.getN(), named.getH());
    }

    String peerId() {
        return "peer-" + HEX.formatHex(keccak(point), 12, 32);
    }

    String announcement() {
        return signed(
                "meta-log/peer-announce/1",
                "type",
                "peer_announce",
                "peer_id",
                peerId(),
                "public_key",
                "0x04" + HEX.formatHex(point),
                "address",
                "0x" + peerId().substring("peer-".length()));
    }

    String file(String file, String content) {
        return file(file, content, Instant.now());
    }

    String file(String file, String content, Instant at) {
        return signed(
                "meta-log/canvasl-sync/1",
                "type",
                "canvasl-sync",
                "peer_id",
                peerId(),
                "file",
                file,
                "content",
                content,
                "timestamp",
                at.toString());
    }

    String message(String to, String payload) {
        return messageOf(peerId(), to, payload);
    }

    /** Says that it is from somebody, whoever signs it. */
    String messageOf(String from, String to, String payload) {
        return signed("meta-log/peer-message/1", "type", "peer_message", "from", from, "to", to, "payload", payload);
    }

    /** @param members name, value, name, value; the time is now unless it is one of them */
    private String signed(String domain, String... members) {
        Map<String, String> json = new TreeMap<>();
        json.put("timestamp", Instant.now().toString());
        for (int i = 0; i < members.length; i += 2) {
            json.put(members[i], members[i + 1]);
        }
        json.put("signature", sign(hash(domain, json)));
        return JSON.toJson(json);
    }

    private String sign(byte[] hash) {
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, new ECPrivateKeyParameters(key, CURVE));
        BigInteger[] rs = signer.generateSignature(hash);
        BigInteger low = rs[1].min(CURVE.getN().subtract(rs[1]));
        int v = recovers(hash, rs[0], low, 0) ? 27 : 28;
        return String.format("0x%064x%064x%02x", rs[0], low, v);
    }

    /** Whether R with this parity of y leads back to our point: Q = (s R - e G) / r. */
    private boolean recovers(byte[] hash, BigInteger r, BigInteger s, int parity) {
        byte[] compressed = ByteBuffer.allocate(33)
                .put((byte) (2 + parity))
                .put(HEX.parseHex(String.format("%064x", r)))
                .array();
        ECPoint nonce = CURVE.getCurve().decodePoint(compressed);
        BigInteger e = new BigInteger(1, hash);
        ECPoint found = nonce.multiply(s)
                .subtract(CURVE.getG().multiply(e))
                .multiply(r.modInverse(CURVE.getN()))
                .normalize();
        return Arrays.equals(Arrays.copyOfRange(found.getEncoded(false), 1, 65), point);
    }

    /** Whether the holder of the key signed this, as anybody can tell. */
    static boolean isSigned(String publicKey, String domain, Map<String, String> json) {
        Map<String, String> unsigned = new TreeMap<>(json);
        String signature = unsigned.remove("signature");
        ECDSASigner verifier = new ECDSASigner();
        ECPoint key = CURVE.getCurve().decodePoint(HEX.parseHex(publicKey.substring(2)));
        verifier.init(false, new ECPublicKeyParameters(key, CURVE));
        return verifier.verifySignature(
                hash(domain, unsigned),
                new BigInteger(signature.substring(2, 66), 16),
                new BigInteger(signature.substring(66, 130), 16));
    }

    private static byte[] hash(String domain, Map<String, String> json) {
        byte[] name = domain.getBytes(StandardCharsets.US_ASCII);
        byte[] content = JSON.toJson(new TreeMap<>(json)).getBytes(StandardCharsets.UTF_8);
        byte[] preimage = ByteBuffer.allocate(2 + name.length + 4 + content.length)
                .putShort((short) name.length)
                .put(name)
                .putInt(content.length)
                .put(content)
                .array();
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(("\u0019Ethereum Signed Message:\n" + preimage.length).getBytes(StandardCharsets.US_ASCII));
        message.writeBytes(preimage);
        return keccak(message.toByteArray());
    }

    private static byte[] keccak(byte[] bytes) {
        KeccakDigest digest = new KeccakDigest(256);
        digest.update(bytes, 0, bytes.length);
        byte[] hash = new byte[32];
        digest.doFinal(hash, 0);
        return hash;
    }
}
