package dev.metalog.server.membership;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.server.identity.Derivation;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.DeviceSeal;
import dev.metalog.server.identity.DocumentKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The secret that the members of a workspace share from one removal to the next.
 *
 * <pre>
 * secret (32 random bytes)
 *   └ HKDF-Extract, salt "meta-log/epoch-key/1"
 *       ├ HMAC "meta-log/epoch-check/1" ‖ workspace ‖ epoch, 16 bytes      → key check, which the record names
 *       ├ HMAC "meta-log/membership-topic/1" ‖ workspace ‖ epoch, 16 bytes → topic tag of the membership
 *       ├ Expand "meta-log/membership-share/1" ‖ workspace ‖ epoch         → secret of what is said there
 *       └ Expand "meta-log/epoch-document/1" ‖ workspace ‖ document ‖ epoch → secret of a document's share
 * </pre>
 *
 * <p>The record names the key check, so a member can tell that it was given the key that the others were given.
 */
public final class EpochKey {
    static final int SECRET_BYTES = DeviceSeal.SECRET_BYTES;

    private final WorkspaceId workspace;
    private final int epoch;
    private final byte[] secret;
    private final byte[] place;
    private final Derivation root;

    EpochKey(WorkspaceId workspace, int epoch, byte[] secret) {
        this.workspace = workspace;
        this.epoch = epoch;
        this.secret = secret.clone();
        this.place = ByteBuffer.allocate(WorkspaceId.BYTES + Integer.BYTES)
                .put(workspace.bytes())
                .putInt(epoch)
                .array();
        this.root = Derivation.of("meta-log/epoch-key/1", secret);
    }

    public int epoch() {
        return epoch;
    }

    /** What a document's messages are sealed under in this epoch. */
    public DocumentKey documentKey(DocumentId document) {
        return new DocumentKey(root.bytes(
                "meta-log/epoch-document/1",
                workspace.bytes(),
                Base32.decode(document.value()),
                ByteBuffer.allocate(Integer.BYTES).putInt(epoch).array()));
    }

    /** What messages about the membership itself are sealed under in this epoch. */
    public DocumentKey membershipKey() {
        return new DocumentKey(root.bytes("meta-log/membership-share/1", place));
    }

    /** The leaf of the topic on which this epoch's members speak about the membership; it tells a broker nothing. */
    public String topicTag() {
        return root.tag("meta-log/membership-topic/1", place);
    }

    Chunk check() {
        return new Chunk(Arrays.copyOf(root.mac("meta-log/epoch-check/1", place), MembershipChange.KEY_CHECK_BYTES));
    }

    /** @param random fresh bytes, used for nothing else */
    Chunk sealedFor(DeviceCertificate device, byte[] random) {
        return new Chunk(DeviceSeal.seal(device, sealInfo(workspace, epoch, device), secret, random));
    }

    /** The key that was sealed for this device; empty when it was not, or is not the one that the check is of. */
    static Optional<EpochKey> open(WorkspaceId workspace, int epoch, DeviceKey device, Chunk sealed, Chunk check) {
        return DeviceSeal.open(device, sealInfo(workspace, epoch, device.certificate()), sealed.bytes())
                .map(secret -> new EpochKey(workspace, epoch, secret))
                .filter(key -> key.check().equals(check));
    }

    private static byte[] sealInfo(WorkspaceId workspace, int epoch, DeviceCertificate device) {
        byte[] label = "meta-log/epoch-wrap/1".getBytes(StandardCharsets.US_ASCII);
        byte[] key = device.signingKey();
        return ByteBuffer.allocate(label.length + WorkspaceId.BYTES + Integer.BYTES + key.length)
                .put(label)
                .put(workspace.bytes())
                .putInt(epoch)
                .put(key)
                .array();
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "EpochKey(" + workspace + ", " + epoch + ")";
    }
}
