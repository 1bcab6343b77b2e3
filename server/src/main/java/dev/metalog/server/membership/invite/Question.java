package dev.metalog.server.membership.invite;

import dev.metalog.protocol.membership.MemberName;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.SigningDomain;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Who wants to be let in, for the owner to decide: the person compares {@link dev.metalog.protocol.DeviceId#fingerprint} with
 * what the other one reads out.
 *
 * <pre>certificate (134) │ signature of its device (64) │ length of the name (2) │ the name in UTF-8, zeros up to 256</pre>
 */
public record Question(DeviceCertificate certificate, MemberName name) {
    private static final int NAME_BYTES = 256;
    private static final int NAME_AT = DeviceCertificate.BYTES + DeviceCertificate.SIGNATURE_BYTES;
    private static final int BYTES = NAME_AT + Short.BYTES + NAME_BYTES;

    /** @param transcript what the signature binds it to */
    static byte[] encode(DeviceKey device, MemberName name, byte[] transcript) {
        byte[] form = device.certificate().encode();
        byte[] utf8 = name.value().getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(BYTES).put(form);
        out.put(device.sign(SigningDomain.ASK, signed(transcript, form, utf8)));
        return out.putShort((short) utf8.length).put(utf8).array();
    }

    /** {@code null} when it is none, or its device did not sign it for this transcript. */
    static Question decode(byte[] bytes, byte[] transcript) {
        if (bytes.length != BYTES) {
            return null;
        }
        byte[] form = Arrays.copyOf(bytes, DeviceCertificate.BYTES);
        byte[] signature = Arrays.copyOfRange(bytes, DeviceCertificate.BYTES, NAME_AT);
        int length = ByteBuffer.wrap(bytes).getShort(NAME_AT) & 0xffff;
        if (length > NAME_BYTES) {
            return null;
        }
        byte[] utf8 = Arrays.copyOfRange(bytes, NAME_AT + Short.BYTES, NAME_AT + Short.BYTES + length);
        try {
            DeviceCertificate certificate = DeviceCertificate.decode(form);
            MemberName name = new MemberName(new String(utf8, StandardCharsets.UTF_8));
            boolean isText = Arrays.equals(name.value().getBytes(StandardCharsets.UTF_8), utf8);
            boolean isOwn = isText && certificate.verify(SigningDomain.ASK, signed(transcript, form, utf8), signature);
            return isOwn ? new Question(certificate, name) : null;
        } catch (IdentityRefused | IllegalArgumentException none) {
            return null;
        }
    }

    private static byte[] signed(byte[] transcript, byte[] form, byte[] utf8) {
        return ByteBuffer.allocate(transcript.length + form.length + utf8.length)
                .put(transcript)
                .put(form)
                .put(utf8)
                .array();
    }
}
