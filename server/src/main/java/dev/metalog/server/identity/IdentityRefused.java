package dev.metalog.server.identity;

/**
 * Words, a keystore, a device's file, certificate or voucher, or a JSON value that cannot be used, with the reason and what the person can do. The message never
 * contains a secret: not a word of the mnemonic, not a passphrase, not a key.
 */
public final class IdentityRefused extends Exception {
    /** Why. One constant per thing a caller may want to do differently. */
    public enum Reason {
        MNEMONIC_LENGTH,
        MNEMONIC_WORD,
        MNEMONIC_CHECKSUM,
        KEYSTORE_MALFORMED,
        KEYSTORE_TOO_COSTLY,
        KEYSTORE_WRONG_PASSPHRASE,
        KEYSTORE_NO_MNEMONIC,
        CERTIFICATE_MALFORMED,
        VOUCHER_MALFORMED,
        DEVICE_FILE_UNUSABLE,
        NOT_CANONICAL
    }

    private final Reason reason;

    IdentityRefused(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
