package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import java.time.Instant;
import java.util.Map;

/**
 * A message of one peer for another, as it stands on the public topic {@code canvasl/peers/{to}/messages}:
 * {@code {"type":"peer_message","from","to","payload","timestamp","signature"}}. Anybody can read it there. Instances come
 * only out of {@link MessageGate}, so holding one means that it was verified.
 *
 * @param payload JSON text, of any value, in its canonical form
 * @param timestamp when the peer sent it, by the peer's clock
 */
public record DirectMessage(PeerId from, PeerId to, String payload, Instant timestamp, String signature) {
    static final SignedJson FORM = new SignedJson(
            SigningDomain.PEER_MESSAGE,
            "peer_message",
            Limits.PEER_MESSAGE_BYTES,
            Map.of("from", SignedJson.PEER_ID, "to", SignedJson.PEER_ID));

    /**
     * Builds and signs a message.
     *
     * @param payload JSON text
     * @return canonical UTF-8 JSON; it may have more bytes than receivers take
     * @throws IdentityRefused when the payload is not one JSON value, or none that has one canonical form
     */
    public static byte[] signed(PeerIdentity identity, PeerId to, String payload, long nowMillis)
            throws IdentityRefused {
        JsonNode value = SignedJson.value(payload);
        if (value == null) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.NOT_CANONICAL,
                    "The payload is not one JSON value with each name once. Text stands in double quotes.");
        }
        ObjectNode json =
                FORM.begin(nowMillis).put("from", identity.peerId().value()).put("to", to.value());
        json.set("payload", value);
        return FORM.sign(identity, json);
    }
}
