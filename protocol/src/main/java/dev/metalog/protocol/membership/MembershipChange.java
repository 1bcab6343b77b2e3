package dev.metalog.protocol.membership;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.WorkspaceId;
import java.util.List;

/**
 * What one record changes. These are well formed; whether they make sense after the records before them is for who keeps
 * the list to decide.
 */
public sealed interface MembershipChange {
    /** The length of a device's certificate. */
    int CERTIFICATE_BYTES = 134;

    /** The length of what an epoch's key is recognised by. */
    int KEY_CHECK_BYTES = 16;

    /**
     * The owner begins the workspace, in epoch 1.
     *
     * @param certificate of the owner's device
     * @param nonce what the workspace's id is made of, with the owner
     * @param keyCheck by which the epoch's key is recognised
     * @param wrap the epoch's key, sealed for that device
     */
    record Genesis(Chunk certificate, MemberName name, Chunk nonce, Chunk keyCheck, Chunk wrap)
            implements MembershipChange {
        public Genesis {
            Shape.certificate(certificate);
            Shape.demand(nonce.length() == WorkspaceId.NONCE_BYTES, "A workspace's nonce has 32 bytes.");
            Shape.keyCheck(keyCheck);
            Shape.wrap(wrap);
        }
    }

    /**
     * A device comes in.
     *
     * @param name of its person
     * @param role {@link MemberRole#OWNER} for another device of the owner's, and for no other
     * @param wrap the key of the epoch that holds now, sealed for it
     */
    record Add(Chunk certificate, MemberName name, MemberRole role, Chunk wrap) implements MembershipChange {
        public Add {
            Shape.certificate(certificate);
            Shape.wrap(wrap);
        }
    }

    /**
     * A device may do more or less from now on.
     *
     * @param role not {@link MemberRole#OWNER}
     * @param pins what it wrote until now, when it may not write any longer; otherwise none
     */
    record SetRole(DeviceId device, MemberRole role, List<Pin> pins) implements MembershipChange {
        public SetRole {
            Shape.demand(role != MemberRole.OWNER, "Nobody becomes an owner.");
            pins = Shape.pins(pins);
            Shape.demand(pins.isEmpty() || !role.mayWrite(), "Who may write is not pinned.");
        }
    }

    /**
     * Pins that do not fit into the change they belong to, which follows; or, of a peer that is out, what members had taken in
     * before they heard of that, and built upon: then they only let more count.
     *
     * @param peer whose runs they are; they hold once a device of it may not write any longer
     */
    record MorePins(PeerId peer, List<Pin> pins) implements MembershipChange {
        public MorePins {
            pins = Shape.pins(pins);
            Shape.demand(!pins.isEmpty(), "More pins are at least one.");
        }
    }

    /**
     * All devices of a person go out, and a new epoch begins.
     *
     * @param pins what they wrote until now
     * @param epoch the new one, one more than the last
     * @param wraps its key, sealed for each device that stays
     */
    record Remove(PeerId peer, List<Pin> pins, int epoch, Chunk keyCheck, List<KeyWrap> wraps)
            implements MembershipChange {
        public Remove {
            pins = Shape.pins(pins);
            Shape.demand(epoch > 1, "A removal begins another epoch than the first.");
            Shape.keyCheck(keyCheck);
            wraps = List.copyOf(wraps);
            Shape.demand(
                    !wraps.isEmpty() && wraps.size() <= Limits.MEMBERS && Shape.isAscending(wraps),
                    "A removal has a key for each device that stays, in their order.");
        }
    }

    /** One method for each kind of change. */
    interface Handler<T> {
        T genesis(Genesis change);

        T add(Add change);

        T setRole(SetRole change);

        T morePins(MorePins change);

        T remove(Remove change);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Genesis genesis) {
            return handler.genesis(genesis);
        }
        if (this instanceof Add add) {
            return handler.add(add);
        }
        if (this instanceof SetRole setRole) {
            return handler.setRole(setRole);
        }
        if (this instanceof MorePins morePins) {
            return handler.morePins(morePins);
        }
        return handler.remove((Remove) this);
    }
}
