package dev.metalog.server.link.direct;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides in the handshake of one connection who the other end is. JSSE asks it before it checks that the other end holds the
 * key, so {@link #who} counts only once the handshake is complete.
 */
final class Judge extends X509ExtendedTrustManager {
    private static final int KEY_BITS = 256;

    private final Doorman doorman;
    private final byte[] ownSpki;
    private final String sought;

    private volatile RemoteDevice who;
    private volatile byte[] spki;
    private volatile Refusal refusal;

    /** @param sought the device that was dialled, or null when the other end dialled */
    Judge(Doorman doorman, byte[] ownSpki, String sought) {
        this.doorman = doorman;
        this.ownSpki = ownSpki;
        this.sought = sought;
    }

    /** The other end, or null while it is not known. */
    RemoteDevice who() {
        return who;
    }

    /** The other end's key. */
    byte[] spki() {
        return spki;
    }

    /** Why the other end was turned away, or null. */
    Refusal refusal() {
        return refusal;
    }

    private void judge(X509Certificate[] chain) throws CertificateException {
        demand(
                chain.length == 1
                        && chain[0].getPublicKey() instanceof ECPublicKey key
                        && key.getParams().getCurve().getField().getFieldSize() == KEY_BITS,
                DirectDown.NOT_ADMITTED,
                "The certificate is of another kind than meta-log's; something else answers or asks there.");
        byte[] key = chain[0].getPublicKey().getEncoded();
        demand(!Arrays.equals(key, ownSpki), DirectDown.OTHER_DEVICE, "It is this process itself.");
        byte[] voucher = TransportKey.voucherIn(chain[0]);
        demand(voucher != null, DirectDown.NOT_ADMITTED, "No device vouches for the certificate.");
        RemoteDevice found = admit(voucher, key);
        demand(
                sought == null || sought.equals(found.device()),
                DirectDown.OTHER_DEVICE,
                "Device " + found.device() + " answers there, and " + sought + " is sought.");
        spki = key;
        who = found;
    }

    private RemoteDevice admit(byte[] voucher, byte[] key) throws CertificateException {
        try {
            return doorman.admit(voucher, key);
        } catch (NotAdmitted e) {
            refusal = new Refusal(DirectDown.NOT_ADMITTED, e.getMessage());
            throw new CertificateException(e);
        } catch (RuntimeException e) {
            refusal = new Refusal(DirectDown.NOT_ADMITTED, "It could not be found out who it is (" + e + ").");
            throw new CertificateException(e);
        }
    }

    private void demand(boolean holds, DirectDown reason, String complaint) throws CertificateException {
        if (!holds) {
            refusal = new Refusal(reason, complaint);
            throw new CertificateException(complaint);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        judge(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        judge(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
        judge(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
        judge(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        judge(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        judge(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
