package dev.metalog.server.membership;

import dev.metalog.protocol.membership.MembershipRecord;
import java.util.List;

/** What became of a record. */
public sealed interface Accepted {
    /** It is the chain's last one now. */
    record Added() implements Accepted {}

    /** It is in the chain already. */
    record Known() implements Accepted {}

    /**
     * Whether it belongs to the chain cannot be told before another one is here, which may be of another branch.
     *
     * @param wanted its number: whoever sent this one is to send that one and what follows it
     */
    record Gap(int wanted) implements Accepted {}

    /**
     * It took the place of another one that the owner signed for the same number, and it is the chain's last one now.
     *
     * @param lost the other one and those behind it, oldest first: changes that the owner's device makes again
     */
    record Switched(List<MembershipRecord> lost) implements Accepted {
        public Switched {
            lost = List.copyOf(lost);
        }
    }

    /**
     * The owner signed it, and another one for the same number, which stays.
     *
     * @param lost a change that the owner's device makes again
     */
    record Outdone(MembershipRecord lost) implements Accepted {}

    /** It is none of the chain's, and nothing was changed. */
    record Refused(Refusal why) implements Accepted {}

    /** One method for each outcome. */
    interface Handler<T> {
        T added(Added outcome);

        T known(Known outcome);

        T gap(Gap outcome);

        T switched(Switched outcome);

        T outdone(Outdone outcome);

        T refused(Refused outcome);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Added added) {
            return handler.added(added);
        }
        if (this instanceof Known known) {
            return handler.known(known);
        }
        if (this instanceof Gap gap) {
            return handler.gap(gap);
        }
        if (this instanceof Switched switched) {
            return handler.switched(switched);
        }
        if (this instanceof Outdone outdone) {
            return handler.outdone(outdone);
        }
        return handler.refused((Refused) this);
    }
}
