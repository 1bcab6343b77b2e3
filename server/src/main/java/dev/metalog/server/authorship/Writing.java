package dev.metalog.server.authorship;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;

/**
 * What one writer wrote in a document, and whether that is proved.
 *
 * @param peer who signed; {@code null} if nobody did, or the certificate cannot be read
 * @param device by which the peer did; {@code null} as the peer
 * @param units in all, each of a code unit that was inserted or deleted
 * @param provedUnits how many of them, from the first on, the signature is of
 * @param firstMinutes when the first was written, by the writer's clock; see {@link dev.metalog.protocol.Stamp}
 * @param lastMinutes the same of the last
 */
public record Writing(
        ReplicaId writer,
        PeerId peer,
        DeviceId device,
        Verdict verdict,
        int units,
        int provedUnits,
        int firstMinutes,
        int lastMinutes) {
    /** What a check found. */
    public enum Verdict {
        /** The peer's device signed all of it. */
        PROVED,
        /** Nobody signed it: it was written with an older meta-log. */
        UNSIGNED,
        /** What is kept is not what was signed. */
        FORGED
    }
}
