package dev.metalog.server.membership.invite;

import dev.metalog.server.identity.Derivation;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the two say under the secret that they share: AES-256-GCM, a key for each side and attempt, and for each run of an
 * inviter (its salt), and the number of what is said as nonce. Under one key each number has one text, which is repeated as
 * it is, so no nonce ever serves twice. All that stands before the sealed text is associated data.
 *
 * <pre>body: salt (16, of an inviter's only) │ number (4) │ sealed text</pre>
 */
final class Sealing {
    static final int SALT_BYTES = 16;

    private static final int TAG_BYTES = 16;

    /** The asker asks. */
    static final int ASK = 0;
    /** The asker wants a part; the first one has this number. */
    static final int WANT = 1;

    /** The inviter's person is asked. */
    static final int PENDING = 0;

    static final int REJECTED = 1;
    /** Somebody else was faster: an invitation serves once. */
    static final int TAKEN = 2;

    static final int APPROVED = 3;
    /** One part; the first one has this number. */
    static final int PART = 4;

    private final Derivation secret;

    Sealing(Derivation secret) {
        this.secret = secret;
    }

    /** Something that was sealed by the other side. */
    @SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
    record Said(byte[] salt, int number, byte[] text) {}

    byte[] asker(byte[] session, int number, byte[] text) {
        return seal(Frame.ASKER_SAYS, session, new byte[0], number, text);
    }

    byte[] inviter(byte[] session, byte[] salt, int number, byte[] text) {
        return seal(Frame.INVITER_SAYS, session, salt, number, text);
    }

    /** What an asker signs to show that it has its device's key: bound to the secret and the attempt. */
    byte[] transcript(byte[] session) {
        return secret.bytes("meta-log/ask-transcript/1", session);
    }

    private byte[] seal(int kind, byte[] session, byte[] salt, int number, byte[] text) {
        byte[] head = Frame.bytes(
                kind,
                session,
                salt,
                ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
        byte[] sealed = cipher(Cipher.ENCRYPT_MODE, head, session, salt, number, text);
        byte[] all = Arrays.copyOf(head, head.length + sealed.length);
        System.arraycopy(sealed, 0, all, head.length, sealed.length);
        return all;
    }

    /** {@code null} when it was not sealed with this secret, for this attempt, or was changed. */
    Said open(Frame frame) {
        int saltBytes = frame.kind() == Frame.INVITER_SAYS ? SALT_BYTES : 0;
        byte[] body = frame.body();
        int textAt = saltBytes + Integer.BYTES;
        if (body.length < textAt + TAG_BYTES) {
            // Java's GCM does not refuse what is shorter than its tag: it fails.
            return null;
        }
        byte[] salt = Arrays.copyOf(body, saltBytes);
        int number = ByteBuffer.wrap(body).getInt(saltBytes);
        byte[] head = Frame.bytes(frame.kind(), frame.session(), Arrays.copyOf(body, textAt));
        byte[] sealed = Arrays.copyOfRange(body, textAt, body.length);
        byte[] text = cipher(Cipher.DECRYPT_MODE, head, frame.session(), salt, number, sealed);
        return text == null || number < 0 ? null : new Said(salt, number, text);
    }

    private byte[] cipher(int mode, byte[] head, byte[] session, byte[] salt, int number, byte[] bytes) {
        String side = salt.length == 0 ? "meta-log/asker-says/1" : "meta-log/inviter-says/1";
        byte[] nonce = ByteBuffer.allocate(12).putInt(8, number).array();
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    mode,
                    new SecretKeySpec(secret.bytes(side, session, salt), "AES"),
                    new GCMParameterSpec(128, nonce));
            cipher.updateAAD(head);
            return cipher.doFinal(bytes);
        } catch (AEADBadTagException changed) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has AES in Galois/counter mode.", e);
        }
    }
}
