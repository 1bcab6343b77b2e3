package dev.metalog.server.authorship;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.ReplicaId;

/** Whose writing counts in a document. */
@FunctionalInterface
public interface Authors {
    /** Where there are no members: everybody who has the invitation. */
    Authors ANYBODY = (device, writer, end) -> null;

    /**
     * @param writer the name under which the device writes, which is proved
     * @param end it wrote its units before this one
     * @return why they do not count; {@code null} if they do
     */
    String refuses(DeviceId device, ReplicaId writer, int end);

    /** Whether it could write here at some time. Of anybody else it does not matter what it signs. */
    default boolean concerns(DeviceId device) {
        return true;
    }
}
