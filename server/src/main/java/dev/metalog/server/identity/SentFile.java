package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import java.time.Instant;
import java.util.Map;

/**
 * "This is my file, take it", as it stands on the public topic {@code canvasl/sync}:
 * {@code {"type":"canvasl-sync","peer_id","file","content","timestamp","signature"}}. Anybody can read it there. Instances
 * come only out of {@link MessageGate}, so holding one means that it was verified, and that its name is one for a file.
 *
 * @param timestamp when the peer sent it, by the peer's clock
 */
public record SentFile(PeerId from, DocumentPath path, String content, Instant timestamp) {
    static final SignedJson FORM = new SignedJson(
            SigningDomain.CANVASL_SYNC,
            "canvasl-sync",
            Limits.SENT_FILE_MESSAGE_BYTES,
            Map.of("peer_id", SignedJson.PEER_ID, "file", any -> true, "content", any -> true));

    /**
     * Builds and signs what sends a file to everybody.
     *
     * @return canonical UTF-8 JSON; it may have more bytes than receivers take
     * @throws IdentityRefused when the content is no Unicode text
     */
    public static byte[] signed(PeerIdentity identity, DocumentPath path, String content, long nowMillis)
            throws IdentityRefused {
        ObjectNode json = FORM.begin(nowMillis)
                .put("peer_id", identity.peerId().value())
                .put("file", path.value())
                .put("content", content);
        return FORM.sign(identity, json);
    }
}
