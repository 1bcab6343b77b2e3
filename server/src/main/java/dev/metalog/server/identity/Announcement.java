package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import java.time.Instant;
import java.util.Map;

/**
 * "I am here, and this is my key", as it stands on the public topic {@code canvasl/peers/announce}:
 * {@code {"type":"peer_announce","peer_id","public_key","address","timestamp","signature"}}. Instances come only out of
 * {@link AnnouncementGate}, so holding one means that it was verified.
 *
 * @param timestamp when the peer said so, by the peer's clock
 */
public record Announcement(PeerId peerId, String publicKey, String address, Instant timestamp) {
    static final SignedJson FORM = new SignedJson(
            SigningDomain.PEER_ANNOUNCE,
            "peer_announce",
            Limits.ANNOUNCEMENT_BYTES,
            Map.of(
                    "peer_id", SignedJson.PEER_ID,
                    "public_key", SignedJson.shape("0x04[0-9a-f]{128}"),
                    "address", SignedJson.shape("0x[0-9a-f]{40}")));

    /**
     * Builds and signs the announcement of a peer.
     *
     * @param nowMillis milliseconds since 1970-01-01T00:00Z; must grow from one announcement of a peer to its next, or
     *     the receivers take the next for a repetition
     * @return canonical UTF-8 JSON, ready to be published
     */
    public static byte[] signed(PeerIdentity identity, long nowMillis) {
        ObjectNode json = FORM.begin(nowMillis)
                .put("peer_id", identity.peerId().value())
                .put("public_key", identity.publicKey())
                .put("address", identity.address());
        try {
            return FORM.sign(identity, json);
        } catch (IdentityRefused impossible) {
            throw new IllegalStateException("Six plain strings have a canonical form.", impossible);
        }
    }
}
