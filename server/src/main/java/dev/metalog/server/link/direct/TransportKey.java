package dev.metalog.server.link.direct;

import dev.metalog.server.link.LinkLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * The TLS key of this run (ECDSA, P-256) and its certificate, which the key signs itself. All that counts in the certificate
 * is the voucher, in a private extension; the names and dates are the same for everybody.
 */
final class TransportKey {
    /** Of a random UUID (ITU-T X.667), so that nobody has to hand it out. */
    static final String VOUCHER_OID = "2.25.119845740103839950428994542025278403874";

    private static final X500Name NAME = new X500Name("CN=meta-log");
    private static final Time BEGINNING = new Time(Date.from(Instant.parse("2026-01-01T00:00:00Z")));
    private static final Time NEVER = new Time(Date.from(Instant.parse("9999-12-31T23:59:59Z")));
    private static final int SERIAL_BITS = 64;

    private final byte[] spki;
    private final KeyManagerFactory keys;

    private TransportKey(byte[] spki, KeyManagerFactory keys) {
        this.spki = spki;
        this.keys = keys;
    }

    /** @param vouch makes the voucher for a SubjectPublicKeyInfo */
    static TransportKey create(UnaryOperator<byte[]> vouch) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            byte[] spki = pair.getPublic().getEncoded();
            X509Certificate certificate = certify(pair, vouch.apply(spki));
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] password = new char[0];
            store.setKeyEntry("own", pair.getPrivate(), password, new X509Certificate[] {certificate});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            return new TransportKey(spki, keys);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("Every Java runtime has ECDSA with P-256, and stores of keys.", e);
        }
    }

    private static X509Certificate certify(KeyPair pair, byte[] voucher) throws GeneralSecurityException, IOException {
        if (voucher.length > LinkLimits.DIRECT_VOUCHER_BYTES) {
            throw new IllegalArgumentException("A voucher has at most " + LinkLimits.DIRECT_VOUCHER_BYTES + " bytes.");
        }
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
        V3TBSCertificateGenerator body = new V3TBSCertificateGenerator();
        body.setSerialNumber(new org.bouncycastle.asn1.ASN1Integer(
                new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE)));
        body.setSignature(algorithm);
        body.setIssuer(NAME);
        body.setSubject(NAME);
        body.setStartDate(BEGINNING);
        body.setEndDate(NEVER);
        body.setSubjectPublicKeyInfo(
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
        byte[] value = new DEROctetString(voucher).getEncoded();
        body.setExtensions(
                new Extensions(new Extension(new ASN1ObjectIdentifier(VOUCHER_OID), false, new DEROctetString(value))));
        TBSCertificate signed = body.generateTBSCertificate();
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(pair.getPrivate());
        signer.update(signed.getEncoded("DER"));
        byte[] der = new DERSequence(new ASN1Encodable[] {signed, algorithm, new DERBitString(signer.sign())})
                .getEncoded("DER");
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /** The voucher in a certificate, or null when there is none. */
    static byte[] voucherIn(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(VOUCHER_OID);
        if (extension == null || extension.length > LinkLimits.DIRECT_VOUCHER_BYTES + 16) {
            return null;
        }
        try {
            byte[] value = ASN1OctetString.getInstance(ASN1Primitive.fromByteArray(extension))
                    .getOctets();
            byte[] voucher = ASN1OctetString.getInstance(ASN1Primitive.fromByteArray(value))
                    .getOctets();
            return voucher.length > LinkLimits.DIRECT_VOUCHER_BYTES ? null : voucher;
        } catch (IOException | IllegalArgumentException | IllegalStateException malformed) {
            return null;
        }
    }

    byte[] spki() {
        return spki;
    }

    KeyManagerFactory keys() {
        return keys;
    }
}
