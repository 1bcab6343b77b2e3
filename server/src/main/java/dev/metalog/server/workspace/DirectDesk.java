package dev.metalog.server.workspace;

import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.Whereabouts;
import dev.metalog.server.reach.Contacts;
import dev.metalog.server.reach.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Brings about direct links: whoever speaks where we speak is told where we listen, sealed, and who tells us is looked for
 * there. So only those who share something with us learn our addresses, and only they may link to us.
 */
final class DirectDesk {
    /** Statements that are checked in a second, at about a millisecond each; the others are said again. */
    static final int CHECKS_A_SECOND = 32;
    /** Peers that may link to us; the one that was welcomed first is met again when it speaks. */
    static final int MOST_WELCOME = 1_024;

    private static final long SECOND_MILLIS = 1_000;

    private final DeviceKey device;
    private final long place;
    private final Contacts contacts;
    private final Timeline time;
    private final Outbox out;
    private final Set<PeerId> welcome = new TreeSet<>();
    private boolean welcomeChanged;
    /** Where we are, signed; {@code null} while nobody can link to us. */
    private byte[] ownStatement;

    private List<NetAddress> ownAddresses = List.of();
    private long checksSinceMillis;
    private int checks;
    private int refused;

    DirectDesk(DeviceKey device, String workspaceUri, Contacts contacts, Timeline time, Outbox out) {
        this.device = device;
        this.place = Whereabouts.placeOf(device, workspaceUri.getBytes(StandardCharsets.UTF_8));
        this.contacts = contacts;
        this.time = time;
        this.out = out;
    }

    /** Where we listen; empty while nobody can link to us. */
    List<NetAddress> ownAddresses() {
        return ownAddresses;
    }

    /** We listen here now. */
    void listening(List<NetAddress> addresses) {
        if (addresses.equals(ownAddresses)) {
            return;
        }
        ownAddresses = List.copyOf(addresses);
        ownStatement = addresses.isEmpty() ? null : Whereabouts.sign(device, place, time.wallMillis(), ownAddresses);
        contacts.moved();
    }

    /** Somebody spoke on a channel of ours. */
    void met(Speaker speaker, Channel channel) {
        if (welcome.add(speaker.peer())) {
            welcomeChanged = true;
        }
        if (ownStatement != null && contacts.isToBeTold(speaker, time.millis())) {
            channel.send(speaker, new PeerMessage.Reachable(ownStatement));
        }
    }

    /** Somebody says where it is. */
    void heard(Speaker speaker, byte[] message) {
        if (!isWithinBudget()) {
            return;
        }
        try {
            PeerMessage said = PeerMessageCodec.decode(message);
            Whereabouts whereabouts = Whereabouts.read(((PeerMessage.Reachable) said).statement());
            Endpoint endpoint = Endpoint.of(whereabouts);
            if (!endpoint.peer().equals(speaker.peer())) {
                refuse("it is signed by " + endpoint.peer() + " and was said by " + speaker.peer());
            } else if (!isOurs(endpoint) && contacts.learn(whereabouts)) {
                out.add(new Effect.Seek(endpoint, whereabouts.addresses()));
                contacts.overflow().forEach(forgotten -> out.add(new Effect.Forsake(forgotten)));
            }
        } catch (MalformedMessageException | IdentityRefused e) {
            refuse(e.getMessage());
        }
    }

    private boolean isOurs(Endpoint endpoint) {
        return endpoint.device().equals(device.certificate().device()) && endpoint.place() == place;
    }

    private boolean isWithinBudget() {
        if (time.millis() >= checksSinceMillis + SECOND_MILLIS) {
            checksSinceMillis = time.millis();
            checks = 0;
        }
        return checks++ < CHECKS_A_SECOND;
    }

    private void refuse(String why) {
        refused++;
        if (Integer.bitCount(refused) == 1) {
            out.add(new Effect.Log("Refused where a peer says that it is (" + refused + " so far): " + why));
        }
    }

    /** Nothing is shared with it any more, or the person wants nothing of it. */
    void part(PeerId peer) {
        contacts.forget(peer).forEach(endpoint -> out.add(new Effect.Forsake(endpoint)));
        welcomeChanged |= welcome.remove(peer);
    }

    /** To be called after every input. */
    void settle() {
        if (welcomeChanged) {
            welcomeChanged = false;
            while (welcome.size() > MOST_WELCOME) {
                welcome.remove(welcome.iterator().next());
            }
            out.add(new Effect.Welcome(Set.copyOf(welcome)));
        }
    }
}
