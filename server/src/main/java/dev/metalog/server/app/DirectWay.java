package dev.metalog.server.app;

import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.identity.Whereabouts;
import dev.metalog.server.link.LinkLimits;
import dev.metalog.server.link.direct.DirectAddress;
import dev.metalog.server.link.direct.DirectDown;
import dev.metalog.server.link.direct.DirectLinkView;
import dev.metalog.server.link.direct.DirectLinks;
import dev.metalog.server.link.direct.DirectListener;
import dev.metalog.server.link.direct.DirectSettings;
import dev.metalog.server.link.direct.DirectTallies;
import dev.metalog.server.link.direct.RemoteDevice;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The direct links to peers, each posting what it hears into the mailbox. Its commands are for the loop thread alone. */
final class DirectWay implements AutoCloseable {
    /** Topics of sealed messages; what is public goes through brokers. */
    private static final String SEALED = "ml/1/";
    /** Of several attempts at one time all but one end like this. */
    private static final Set<DirectDown> OF_NO_INTEREST =
            EnumSet.of(DirectDown.REPLACED, DirectDown.LOST, DirectDown.LEFT, DirectDown.FORSAKEN, DirectDown.CLOSED);

    private static final int MOST_COUNTED = 16 * LinkLimits.DIRECT_DEVICES;

    private final DirectDoor door;
    private final ContactsKeeper contacts;
    private final DirectLinks links;
    private final Mailbox mailbox;
    private final Journal journal;
    private final Map<String, Long> connections = new LinkedHashMap<>();
    private final SparedBrokers spared;
    /** {@code null} when nothing is shown on local networks. */
    private final LanWay lan;

    private boolean listens;
    private boolean topicsTold;
    private int mostTopics;

    /** @param lan may be {@code null} */
    DirectWay(
            DirectSettings settings,
            DirectDoor door,
            ContactsKeeper contacts,
            SparedBrokers spared,
            LanWay lan,
            Mailbox mailbox,
            Journal journal) {
        this.spared = spared;
        this.lan = lan;
        this.door = door;
        this.contacts = contacts;
        this.mailbox = mailbox;
        this.journal = journal;
        this.links = new DirectLinks(settings.preferring(contacts.port()), door, new Ear());
    }

    /** Lets those who are welcome come; once is enough. */
    void listen() {
        if (!listens) {
            listens = true;
            links.listen();
            if (lan != null) {
                lan.watch();
            }
        }
    }

    void seek(Effect.Seek effect) {
        List<DirectAddress> addresses = effect.addresses().stream()
                .map(address -> new DirectAddress(address.host(), address.port()))
                .toList();
        links.seek(effect.endpoint().key(), addresses);
    }

    void forsake(Effect.Forsake effect) {
        links.forsake(effect.endpoint().key());
    }

    void showBeacon(Effect.ShowBeacon effect) {
        if (lan != null) {
            lan.show(effect);
        }
    }

    void welcome(Set<PeerId> peers) {
        door.welcome(peers);
    }

    void subscribe(String topic) {
        if (topic.startsWith(SEALED)) {
            links.subscribe(topic);
            tellOfTopics();
        }
    }

    private void tellOfTopics() {
        int waiting = links.waitingTopics();
        mostTopics = Math.max(mostTopics, links.toldTopics());
        if (waiting > 0 && !topicsTold) {
            topicsTold = true;
            journal.line(
                    "Direct links carry " + LinkLimits.DIRECT_TOPICS + " topics, two for each thing that is shared."
                            + " There are more here, which go through brokers alone until others are given up.");
        }
    }

    void unsubscribe(String topic) {
        if (topic.startsWith(SEALED)) {
            links.unsubscribe(topic);
        }
    }

    /**
     * To how many it goes; the token comes back when all of them have been written to, or are gone.
     *
     * @param proved whether {@link SparedBrokers} are to be told if the links work
     */
    int send(Effect.Send effect, boolean proved) {
        String only = effect.to() == null ? null : effect.to().value();
        return links.publish(effect.topic(), effect.envelope(), effect.urgent(), only, proved, effect.token());
    }

    List<MetricsMessages.Queue> queues() {
        DirectTallies tallies = links.tallies();
        int waiting = links.links().stream()
                .mapToInt(DirectLinkView::queuedMessages)
                .max()
                .orElse(0);
        List<MetricsMessages.Queue> queues = new ArrayList<>(List.of(
                new MetricsMessages.Queue(
                        "topics of direct links",
                        null,
                        links.toldTopics(),
                        LinkLimits.DIRECT_TOPICS,
                        mostTopics,
                        links.waitingTopics()),
                new MetricsMessages.Queue(
                        "for a direct link",
                        null,
                        waiting,
                        LinkLimits.DIRECT_QUEUE_MESSAGES,
                        tallies.sending().most(),
                        tallies.sending().overflows()),
                new MetricsMessages.Queue(
                        "from direct links",
                        null,
                        links.unheard(),
                        LinkLimits.DIRECT_UNHEARD,
                        tallies.hearing().most(),
                        tallies.hearing().overflows())));
        if (lan != null) {
            queues.add(lan.queue());
        }
        return queues;
    }

    List<MetricsMessages.Traffic> traffic() {
        return links.links().stream().map(this::traffic).toList();
    }

    private MetricsMessages.Traffic traffic(DirectLinkView link) {
        return new MetricsMessages.Traffic(
                "direct",
                link.where().toString(),
                link.who().peer(),
                true,
                link.messagesIn(),
                link.bytesIn(),
                link.framesOut(),
                link.bytesOut(),
                link.unwantedMessages(),
                connections(link.who().device()));
    }

    private long connections(String device) {
        synchronized (connections) {
            return connections.getOrDefault(device, 1L);
        }
    }

    /** Of more devices than can be linked at a time, those that came first are forgotten. */
    private void countConnection(String device) {
        synchronized (connections) {
            connections.merge(device, 1L, Long::sum);
            if (connections.size() > MOST_COUNTED) {
                connections.remove(connections.keySet().iterator().next());
            }
        }
    }

    @Override
    public void close() {
        if (lan != null) {
            lan.close();
        }
        links.close();
    }

    /** Hears the links; runs on a thread of theirs and only posts. */
    private final class Ear implements DirectListener {
        @Override
        public void listening(List<DirectAddress> addresses) {
            if (!addresses.isEmpty()) {
                contacts.keepPort(addresses.get(0).port());
            }
            List<NetAddress> numeric = addresses.stream()
                    .map(DirectWay::numeric)
                    .limit(Whereabouts.MOST_ADDRESSES)
                    .toList();
            mailbox.post(new Input.Listening(numeric, lan != null));
        }

        @Override
        public void up(RemoteDevice who, DirectAddress where, boolean dialled) {
            countConnection(who.device());
            mailbox.post(new Input.DirectUp(DirectDoor.endpoint(who), numeric(where)));
        }

        @Override
        public void down(RemoteDevice who, DirectDown reason, String explanation) {
            mailbox.post(new Input.DirectDown(DirectDoor.endpoint(who), explanation));
        }

        @Override
        public void message(RemoteDevice from, String topic, byte[] payload) {
            mailbox.post(new Input.ReceivedDirectly(new PeerId(from.peer()), topic, payload));
        }

        @Override
        public boolean messageAtOnce(RemoteDevice from, String topic, byte[] payload) {
            return mailbox.postAtOnce(new Input.ReceivedDirectly(new PeerId(from.peer()), topic, payload));
        }

        @Override
        public void settled(long token) {
            mailbox.post(new Input.Acknowledged("", token));
        }

        @Override
        public void proved(long token) {
            var unused = spared.take(token);
        }

        @Override
        public void unproved(long token) {
            spared.turnTo(token);
        }

        @Override
        public void refused(DirectAddress where, DirectDown reason, String explanation) {
            if (!OF_NO_INTEREST.contains(reason)) {
                journal.line(explanation);
            }
        }
    }

    /** The address as numbers, which it is on every connection that is up. */
    private static NetAddress numeric(DirectAddress address) {
        try {
            return NetAddress.of(InetAddress.getByName(address.host()).getAddress(), address.port());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("This is no numeric address: " + address, e);
        }
    }
}
