package dev.metalog.server.reach;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.identity.Whereabouts;

/**
 * What a direct link leads to: one workspace of one device.
 *
 * @param place see {@link Whereabouts#placeOf}
 */
public record Endpoint(PeerId peer, DeviceId device, long place) {
    /** The one that a statement is about. */
    public static Endpoint of(Whereabouts said) {
        return new Endpoint(said.device().peer(), said.device().device(), said.place());
    }

    /** By what links are told apart. */
    public String key() {
        return device + "/" + Long.toHexString(place);
    }

    @Override
    public String toString() {
        return peer.shortForm() + "/" + Long.toHexString(place);
    }
}
