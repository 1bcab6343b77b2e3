package dev.metalog.server.workspace;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.server.identity.BeaconKey;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.Whereabouts;
import dev.metalog.server.reach.BadSignatures;
import dev.metalog.server.reach.Contacts;
import dev.metalog.server.reach.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Brings about direct links: whoever speaks where we speak is told where we listen, sealed, and who tells us is looked for
 * there. So only those who share something with us learn our addresses, and only they may link to us. The same is said in our beacon
 * ({@link BeaconDesk}) to those on the local network who know us already.
 */
final class DirectDesk {
    /** Statements that are checked in a second, at about a millisecond each; the others are said again. */
    static final int CHECKS_A_SECOND = 32;
    /** Peers that may link to us; the one that was welcomed first is met again when it speaks. */
    static final int MOST_WELCOME = 1_024;

    /** At a millisecond each, and before anything else is heard: ours, and those of others. */
    static final int MOST_REMEMBERED = 1 + 256;

    private static final long SECOND_MILLIS = 1_000;
    /** Who was seen on this network is told no more often. */
    private static final long SIGHTING_AGAIN_MILLIS = 5_000;

    private final DeviceKey device;
    private final long place;
    private final Contacts contacts;
    private final Timeline time;
    private final Outbox out;
    private final BeaconDesk beacons;
    private final BadSignatures badSignatures = new BadSignatures();
    /** Who was welcome before, and is again when that is over; a ban that is forgotten is over. */
    private final Set<PeerId> banned = new LinkedHashSet<>();

    private final Set<PeerId> welcome = new LinkedHashSet<>();
    private boolean welcomeChanged;
    private boolean contactsChanged;
    /** Where we are, signed; {@code null} while nobody can link to us. */
    private byte[] ownStatement;

    private List<NetAddress> ownAddresses = List.of();
    private long checksSinceMillis;
    private int checks;
    private int refused;
    private long sightingToldAtMillis = -SIGHTING_AGAIN_MILLIS;

    DirectDesk(
            DeviceKey device, String workspaceUri, Contacts contacts, RandomBytes random, Timeline time, Outbox out) {
        this.device = device;
        this.place = Whereabouts.placeOf(device, workspaceUri.getBytes(StandardCharsets.UTF_8));
        this.contacts = contacts;
        this.beacons = new BeaconDesk(contacts, random, time, out);
        this.time = time;
        this.out = out;
    }

    /** By which others recognise our beacon; {@code null} while we show none. */
    BeaconKey beaconKey() {
        return beacons.key();
    }

    /** Where we listen; empty while nobody can link to us. */
    List<NetAddress> ownAddresses() {
        return ownAddresses;
    }

    /**
     * We listen here now.
     *
     * @param beacon whether we also show it on the local network
     */
    void listening(List<NetAddress> addresses, boolean beacon) {
        boolean isTurned = beacons.turn(beacon);
        if (isTurned || !addresses.equals(ownAddresses)) {
            ownAddresses = List.copyOf(addresses);
            say();
        }
    }

    private void say() {
        ownStatement = ownAddresses.isEmpty()
                ? null
                : Whereabouts.sign(device, place, time.wallMillis(), beacons.key(), ownAddresses);
        beacons.say(ownStatement);
        contacts.moved();
        contactsChanged = true;
    }

    /** Somebody's beacon was seen on the local network: ours, a stranger's, or of one whom we know. */
    void saw(byte[] beacon) {
        Contacts.Sighting sighting = beacons.recognise(beacon);
        if (sighting == null) {
            return;
        }
        try {
            Whereabouts said = Whereabouts.read(sighting.statement());
            if (!Endpoint.of(said).equals(sighting.endpoint())) {
                refuse("the beacon of " + sighting.endpoint() + " says where " + Endpoint.of(said) + " is");
            } else if (learn(said, sighting.statement())) {
                beacons.answer();
                tell(said);
            }
        } catch (IdentityRefused e) {
            refuse(e.getMessage());
        }
    }

    private void tell(Whereabouts said) {
        if (time.millis() >= sightingToldAtMillis + SIGHTING_AGAIN_MILLIS) {
            sightingToldAtMillis = time.millis();
            out.add(new Effect.Log(said.device().peer().shortForm() + " was seen on this network, and is looked for at "
                    + said.addresses() + "."));
        }
    }

    /** Somebody spoke on a channel of ours. */
    void met(Speaker speaker, Channel channel) {
        if (isBanned(speaker.peer())) {
            return;
        }
        if (welcome.add(speaker.peer())) {
            welcomeChanged = true;
        }
        if (ownStatement != null && contacts.isToBeTold(speaker, time.millis())) {
            channel.send(speaker, new PeerMessage.Reachable(ownStatement));
        }
    }

    /**
     * Somebody says where it is.
     *
     * @param directly whether it came over a link to that peer
     */
    void heard(Speaker speaker, PeerMessage.Reachable said, boolean directly) {
        if (isBanned(speaker.peer()) || !isWithinBudget()) {
            return;
        }
        try {
            byte[] statement = said.statement();
            Whereabouts whereabouts = Whereabouts.read(statement);
            PeerId signer = whereabouts.device().peer();
            if (signer.equals(speaker.peer())) {
                learn(whereabouts, statement);
            } else {
                refuse("it is signed by " + signer + " and was said by " + speaker.peer());
            }
        } catch (IdentityRefused e) {
            refuse(e.getMessage());
            if (directly) {
                forged(speaker.peer(), e.getMessage());
            }
        }
    }

    /** Something came over a direct link from this peer that nobody signed, and that it made up itself. */
    void forged(PeerId peer, String why) {
        if (badSignatures.count(peer, time.millis())) {
            boolean wasWelcome = welcome.contains(peer);
            forget(peer);
            if (wasWelcome) {
                banned.add(peer);
            }
            out.add(new Effect.Log("The direct links to " + peer + " are ended, and it gets no other for "
                    + Limits.BAN_MILLIS / 60_000 + " minutes: more than " + Limits.BAD_SIGNATURES_PER_MINUTE
                    + " things within a minute came from it that no signature proves, the last one: " + why));
        }
    }

    /** For how long yet a peer gets no direct link; 0 if it may have one. */
    long bannedForMillis(PeerId peer) {
        return badSignatures.bannedForMillis(peer, time.millis());
    }

    private boolean isBanned(PeerId peer) {
        return bannedForMillis(peer) > 0;
    }

    /** Whether it is looked for elsewhere now. */
    private boolean learn(Whereabouts said, byte[] statement) {
        Endpoint endpoint = Endpoint.of(said);
        boolean isNews = !isOurs(endpoint) && contacts.learn(said, statement);
        if (isNews) {
            out.add(new Effect.Seek(endpoint, said.addresses()));
            contacts.overflow().forEach(forgotten -> out.add(new Effect.Forsake(forgotten)));
            contactsChanged = true;
        }
        return isNews;
    }

    /**
     * What was known when this workspace was open last: those may link to us, and are looked for where they were.
     *
     * @param blocked whom the person blocked since
     */
    void remember(List<byte[]> statements, Predicate<PeerId> blocked) {
        for (byte[] statement : statements.subList(0, Math.min(statements.size(), MOST_REMEMBERED))) {
            try {
                Whereabouts said = Whereabouts.read(statement);
                PeerId peer = said.device().peer();
                if (isOurs(Endpoint.of(said))) {
                    beacons.keep(said.beaconKey());
                } else if (!blocked.test(peer)) {
                    welcomeChanged |= welcome.add(peer);
                    learn(said, statement);
                }
            } catch (IdentityRefused e) {
                refuse(e.getMessage());
            }
        }
        contactsChanged = false;
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

    /** It says nothing of use about where it is. */
    void refuse(String why) {
        refused++;
        if (Integer.bitCount(refused) == 1) {
            out.add(new Effect.Log("Refused where a peer says that it is (" + refused + " so far): " + why));
        }
    }

    /** Nothing is shared with it any more, or the person wants nothing of it: it does not recognise our next beacon either. */
    void part(PeerId peer) {
        boolean mayKnowUs = welcome.contains(peer) || banned.contains(peer);
        forget(peer);
        if (mayKnowUs && beacons.changeKey()) {
            say();
        }
    }

    private void forget(PeerId peer) {
        for (Endpoint endpoint : contacts.forget(peer)) {
            out.add(new Effect.Forsake(endpoint));
            contactsChanged = true;
        }
        welcomeChanged |= welcome.remove(peer);
        banned.remove(peer);
    }

    long wakeAtMillis() {
        long at = beacons.wakeAtMillis();
        for (PeerId peer : banned) {
            at = Math.min(at, time.millis() + bannedForMillis(peer));
        }
        return at;
    }

    /** To be called after every input. */
    void settle() {
        for (PeerId peer : List.copyOf(banned)) {
            if (!isBanned(peer)) {
                banned.remove(peer);
                welcomeChanged |= welcome.add(peer);
            }
        }
        if (contactsChanged) {
            contactsChanged = false;
            out.add(new Effect.KeepContacts(statements()));
        }
        if (welcomeChanged) {
            welcomeChanged = false;
            while (welcome.size() > MOST_WELCOME) {
                welcome.remove(welcome.iterator().next());
            }
            out.add(new Effect.Welcome(Set.copyOf(welcome)));
        }
        beacons.settle();
    }

    /** All that is worth knowing in the next run. */
    private List<byte[]> statements() {
        List<byte[]> all = new ArrayList<>(contacts.statements());
        if (ownStatement != null && beacons.key() != null) {
            all.add(0, ownStatement);
        }
        return all;
    }
}
