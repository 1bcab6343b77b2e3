package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.server.reach.Audience;
import dev.metalog.server.reach.Contacts;
import dev.metalog.server.sync.SyncEffect;
import java.util.List;

/** By what sealed messages leave: every broker, and direct links to peers. Nothing that is shared depends on which. */
final class Ways {
    /** Which ways a message takes. */
    enum Route {
        /** See {@link Effect.Send}. */
        BEST,
        /** Direct links alone. */
        DIRECT,
        /** Brokers alone. */
        BROKERS
    }

    private final Federation federation;
    private final Contacts contacts;
    private final DirectDesk direct;
    private final Outbox out;
    private final LinkTests tests;
    private final Timeline time;
    private final HearingDesk hearing;
    private Route arrival = Route.BROKERS;

    Ways(Federation federation, Contacts contacts, DirectDesk direct, Timeline time, Outbox out) {
        this.federation = federation;
        this.contacts = contacts;
        this.direct = direct;
        this.out = out;
        this.time = time;
        this.tests = new LinkTests(this, time, out);
        this.hearing = new HearingDesk(this, time);
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

    /** By which way what is said reaches a peer; {@code null} when none is open. */
    PeerMessages.Way to(PeerId peer) {
        List<String> addresses = contacts.links().stream()
                .filter(up -> up.endpoint().peer().equals(peer))
                .map(up -> up.address().toString())
                .toList();
        if (!addresses.isEmpty()) {
            return new PeerMessages.Way("direct", addresses);
        }
        return federation.isConnected() ? new PeerMessages.Way("broker", List.of()) : null;
    }

    /**
     * Sends what was sealed for one topic.
     *
     * @param to whom alone it is for, or {@code null}
     * @param audience who listens there
     * @param urgent before what is not
     * @param token comes back when one of the ways has taken it over, or none ever will
     */
    void send(Route route, String topic, byte[] envelope, PeerId to, Audience audience, boolean urgent, long token) {
        if (!areThere()) {
            return;
        }
        List<String> brokers = route == Route.DIRECT ? List.of() : List.copyOf(federation.brokers());
        boolean toAll = to == null && route == Route.BEST && contacts.isAnyUp();
        int linked = toAll ? audience.linked(contacts::upSince, time.millis()) : 0;
        out.add(new Effect.Send(topic, envelope, to, urgent, route != Route.BROKERS, linked, brokers, token));
    }

    /** Somebody is heard in an audience. */
    void hears(Audience audience, Speaker speaker) {
        audience.heard(speaker, arrival == Route.DIRECT, time.millis());
    }

    /** What is heard from now on came this way. */
    void arrives(Route route) {
        arrival = route;
    }

    /** By which way what is being heard came. */
    Route arrival() {
        return arrival;
    }

    /** Something that was just heard can never be taken in. */
    void refused(SyncEffect.Refused refusal) {
        if (refusal.madeUp() && arrival == Route.DIRECT) {
            direct.forged(refusal.from().peer(), refusal.why());
        }
    }

    /** Whether there is such a way to a peer, as far as is known. */
    boolean leads(Route route, PeerId peer) {
        return route == Route.DIRECT ? contacts.isUp(peer) : federation.isConnected();
    }

    HearingDesk hearing() {
        return hearing;
    }

    LinkTests tests() {
        return tests;
    }

    /** Somebody says something that is about the way. */
    void heard(Speaker speaker, byte[] message, Channel channel) {
        try {
            PeerMessage said = PeerMessageCodec.decode(message);
            if (said instanceof PeerMessage.Probe probe) {
                tests.heard(speaker, probe, channel);
            } else if (said instanceof PeerMessage.Reachable reachable) {
                direct.heard(speaker, reachable, arrival == Route.DIRECT);
            } else if (said instanceof PeerMessage.Hears hears) {
                hearing.heard(speaker, hears, channel);
            }
        } catch (MalformedMessageException e) {
            direct.refuse(e.getMessage());
        }
    }
}
