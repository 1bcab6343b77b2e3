package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.server.reach.Contacts;
import java.util.Collection;
import java.util.List;

/** By what sealed messages leave: every broker, and direct links to peers. Nothing that is shared depends on which. */
final class Ways {
    private final Federation federation;
    private final Contacts contacts;
    private final DirectDesk direct;
    private final Outbox out;

    Ways(Federation federation, Contacts contacts, DirectDesk direct, Outbox out) {
        this.federation = federation;
        this.contacts = contacts;
        this.direct = direct;
        this.out = out;
    }

    DirectDesk direct() {
        return direct;
    }

    /** Whether anything that is sent now can leave at once. */
    boolean areOpen() {
        return federation.isConnected() || contacts.isAnyUp();
    }

    /** Whether what is sent to all is kept for a way that opens later, if none is open. */
    boolean areThere() {
        return !federation.brokers().isEmpty() || contacts.isAnyUp();
    }

    PeerId self() {
        return federation.self().peerId();
    }

    /**
     * Sends what was sealed for one topic.
     *
     * @param to whom alone it is for, or {@code null}
     * @param urgent before what is not
     * @param token comes back when one of the ways has taken it over, or none ever will
     */
    void send(String topic, byte[] envelope, PeerId to, boolean urgent, long token) {
        Collection<String> brokers = federation.brokers();
        if (areThere()) {
            out.add(new Effect.Send(topic, envelope, to, urgent, List.copyOf(brokers), token));
        }
    }
}
