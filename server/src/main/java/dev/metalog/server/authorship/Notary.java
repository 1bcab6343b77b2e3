package dev.metalog.server.authorship;

import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.SigningDomain;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reads certificates and checks signatures, and remembers which were good: reading takes a millisecond, checking a tenth of
 * one, and what waits for its parents is checked again when they have come. Overflow rule: what was asked for longest ago is
 * read, or checked, once more.
 */
public final class Notary {
    static final int MOST_CERTIFICATES = 1_024;
    static final int MOST_SIGNATURES = 4_096;

    private final Map<ByteBuffer, DeviceCertificate> certificates = new LinkedHashMap<>(16, 0.75f, true);
    /** SHA-256 of certificate, signature and content of those that were found to be good. */
    private final Set<ByteBuffer> good = new LinkedHashSet<>();

    DeviceCertificate read(byte[] bytes) throws IdentityRefused {
        DeviceCertificate certificate = certificates.get(ByteBuffer.wrap(bytes));
        if (certificate == null) {
            certificate = DeviceCertificate.decode(bytes);
            certificates.put(ByteBuffer.wrap(bytes.clone()), certificate);
            if (certificates.size() > MOST_CERTIFICATES) {
                certificates.remove(certificates.keySet().iterator().next());
            }
        }
        return certificate;
    }

    /** Whether the device signed this. */
    boolean isSigned(DeviceCertificate device, SigningDomain domain, byte[] content, byte[] signature) {
        ByteBuffer key = ByteBuffer.wrap(keyOf(device, domain, content, signature));
        if (good.contains(key)) {
            return true;
        }
        if (!device.verify(domain, content, signature)) {
            return false;
        }
        good.add(key);
        if (good.size() > MOST_SIGNATURES) {
            good.remove(good.iterator().next());
        }
        return true;
    }

    private static byte[] keyOf(DeviceCertificate device, SigningDomain domain, byte[] content, byte[] signature) {
        // Keys and signatures have one length, and a domain's name has no zero byte: no two can be mixed up.
        MessageDigest sha = Sha256.fresh();
        sha.update(device.signingKey());
        sha.update(signature);
        sha.update(domain.name().getBytes(StandardCharsets.US_ASCII));
        sha.update((byte) 0);
        sha.update(content);
        return sha.digest();
    }

    int certificates() {
        return certificates.size();
    }

    int signatures() {
        return good.size();
    }
}
