package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.PeerId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * "I am here, and this is my key", as it stands on the public topic {@code canvasl/peers/announce}:
 * {@code {"type":"peer_announce","peer_id","public_key","address","timestamp","signature"}}. Instances come only out of
 * {@link AnnouncementGate}, so holding one means that it was verified.
 *
 * @param timestamp when the peer said so, by the peer's clock
 */
public record Announcement(PeerId peerId, String publicKey, String address, Instant timestamp) {
    /** An announcement may not be larger, in bytes of UTF-8. */
    public static final int MAX_BYTES = 4_096;

    /** How far the clocks of two peers may differ. */
    public static final long MAX_SKEW_MILLIS = 600_000;

    static final String TYPE = "peer_announce";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Builds and signs the announcement of a peer.
     *
     * @param nowMillis milliseconds since 1970-01-01T00:00Z; must grow from one announcement of a peer to its next, or
     *     the receivers take the next for a repetition
     * @return canonical UTF-8 JSON, ready to be published
     */
    public static byte[] signed(PeerIdentity identity, long nowMillis) {
        ObjectNode json = JSON.createObjectNode();
        json.put("type", TYPE);
        json.put("peer_id", identity.peerId().value());
        json.put("public_key", identity.publicKey());
        json.put("address", identity.address());
        json.put(
                "timestamp",
                Instant.ofEpochMilli(nowMillis).truncatedTo(ChronoUnit.MILLIS).toString());
        try {
            json.put("signature", identity.sign(SigningDomain.PEER_ANNOUNCE, CanonicalJson.bytes(json)));
            return CanonicalJson.text(json).getBytes(StandardCharsets.UTF_8);
        } catch (IdentityRefused impossible) {
            throw new IllegalStateException("Six plain strings have a canonical form.", impossible);
        }
    }
}
