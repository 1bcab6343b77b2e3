package dev.metalog.server.link.direct;

/**
 * Knows who we are and who may come in. The calls come on threads of the links while others wait, some of them for a
 * stranger's certificate, so an implementation answers at once and asks nobody.
 */
public interface Doorman {
    /**
     * What proves to the other end that our device made this TLS key.
     *
     * @param ownSpki the SubjectPublicKeyInfo of the key (DER)
     * @return at most {@link dev.metalog.server.link.LinkLimits#DIRECT_VOUCHER_BYTES} bytes
     */
    byte[] voucher(byte[] ownSpki);

    /**
     * Whose TLS key this is.
     *
     * @param voucher what the other end sent; any bytes
     * @param spki the SubjectPublicKeyInfo of the key, whose private half the other end proves to hold (DER)
     * @throws NotAdmitted when nobody vouches for it, or somebody who may not come in
     */
    RemoteDevice admit(byte[] voucher, byte[] spki) throws NotAdmitted;
}
