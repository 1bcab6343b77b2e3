package dev.metalog.server.crowd;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.link.DownReason;
import dev.metalog.server.link.RelayAddress;
import dev.metalog.server.link.RelayLink;
import dev.metalog.server.link.RelayListener;
import dev.metalog.server.link.RelaySettings;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.RandomBytes;
import dev.metalog.server.workspace.Settings;
import dev.metalog.server.workspace.StoredDocument;
import dev.metalog.server.workspace.StoredPeers;
import dev.metalog.server.workspace.Workspace;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * A sidecar without a process, an editor and a disk: a real identity, a real conductor and a real link to a real broker.
 * Its {@link Worker} owns it; the link's threads only post.
 */
final class LightPeer implements RelayListener {
    private final Workspace workspace;
    private final RelayAddress broker;
    private final String ownTopic;
    private final Worker owner;
    private final Census census;
    private final int number;
    private final List<StoredDocument> documents;
    private final Predicate<String> hears;
    private final boolean listens;
    private RelayLink link;
    private long wakeAtMillis = Long.MAX_VALUE;

    private LightPeer(
            PeerIdentity identity,
            DeviceKey device,
            RelayAddress broker,
            String prefix,
            RandomBytes random,
            Worker owner,
            Census census,
            List<StoredDocument> documents,
            Predicate<String> hears) {
        this.broker = broker;
        this.documents = documents;
        this.hears = hears;
        this.owner = owner;
        this.census = census;
        this.ownTopic = prefix + "/peers/announce/" + identity.peerId();
        this.listens = hears.test(prefix + "/peers/announce");
        this.number = census.comes(identity.peerId().value(), listens);
        workspace = new Workspace(
                new Settings("file:///crowd/" + number, false, prefix, broker.url(), false),
                identity,
                device,
                new Notary(),
                ReplicaId.fromRandom(random.draw(10)),
                random);
    }

    /** Makes one with new keys, which takes some milliseconds; it does nothing until it is started. */
    static LightPeer create(RelayAddress broker, String prefix, RandomBytes random, Worker owner, Census census) {
        return create(broker, prefix, random, owner, census, List.of(), topic -> true);
    }

    /**
     * The same with documents.
     *
     * @param hears the topic filters that it subscribes to, of those it should
     */
    static LightPeer create(
            RelayAddress broker,
            String prefix,
            RandomBytes random,
            Worker owner,
            Census census,
            List<StoredDocument> documents,
            Predicate<String> hears) {
        PeerIdentity identity =
                PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(random.draw(Mnemonic.ENTROPY_BYTES)), "");
        long minutes = Stamp.minutesAt(System.currentTimeMillis());
        DeviceKey device = DeviceKey.create(identity, random.draw(DeviceKey.RANDOM_BYTES), minutes);
        return new LightPeer(identity, device, broker, prefix, random, owner, census, documents, hears);
    }

    int number() {
        return number;
    }

    /** Whether it hears the others. */
    boolean listens() {
        return listens;
    }

    /** Something of an editor. */
    void tell(Input input) {
        owner.post(this, input);
    }

    void start() {
        owner.begin(this);
    }

    /** Says good-bye, as a sidecar that ends. To be called once its owner is closed. */
    void stop(Duration within) {
        if (link != null) {
            link.publish(ownTopic, new byte[0], 1, true, 0);
            link.close(within);
        }
    }

    // On the owner's thread.

    void boot() {
        perform(workspace.boot(documents, StoredPeers.NONE, System.currentTimeMillis()));
    }

    void on(Input input) {
        perform(workspace.on(input, System.currentTimeMillis()));
    }

    void wakeIfDue() {
        if (System.currentTimeMillis() >= wakeAtMillis) {
            wakeAtMillis = Long.MAX_VALUE;
            on(new Input.Woken());
        }
    }

    /** What only editors and disks hear goes nowhere. */
    private void perform(List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.OpenLink) {
                link().start();
            } else if (effect instanceof Effect.Subscribe subscribe) {
                if (hears.test(subscribe.topic())) {
                    link().subscribe(subscribe.topic());
                }
            } else if (effect instanceof Effect.Unsubscribe unsubscribe) {
                link().unsubscribe(unsubscribe.topic());
            } else if (effect instanceof Effect.Publish publish) {
                publish(publish);
            } else if (effect instanceof Effect.Send send) {
                publish(new Effect.Publish(broker.url(), send.topic(), send.envelope(), 1, false, send.token()));
            } else if (effect instanceof Effect.TellPeer told) {
                census.learned(number, told.peer().peerId());
            } else if (effect instanceof Effect.TellPeerLeft left) {
                census.forgot(number, left.peerId());
            } else if (effect instanceof Effect.WakeIn wake) {
                long delayMillis = wake.delayMillis();
                wakeAtMillis = delayMillis == Long.MAX_VALUE ? delayMillis : System.currentTimeMillis() + delayMillis;
            }
        }
    }

    private RelayLink link() {
        if (link == null) {
            link = new RelayLink(RelaySettings.of(broker).withWill(ownTopic, new byte[0], true), this);
        }
        return link;
    }

    private void publish(Effect.Publish publish) {
        boolean taken =
                link().publish(publish.topic(), publish.payload(), publish.qos(), publish.retain(), publish.token());
        if (!taken) {
            owner.post(this, new Input.NotPublished(broker.url(), publish.token(), "The outbox is full."));
        }
    }

    // On the link's threads.

    @Override
    public void up(String url) {
        census.connected(number);
        owner.post(this, new Input.LinkUp(broker.url()));
    }

    @Override
    public void down(String url, DownReason reason, String explanation) {
        owner.post(this, new Input.LinkDown(broker.url(), explanation));
    }

    @Override
    public void message(String topic, byte[] payload, boolean retained) {
        owner.post(this, new Input.Received(broker.url(), topic, payload, retained));
    }

    @Override
    public void acknowledged(long token) {
        owner.post(this, new Input.Acknowledged(broker.url(), token));
    }

    @Override
    public void refused(long token, String explanation) {
        owner.post(this, new Input.NotPublished(broker.url(), token, explanation));
    }

    @Override
    public void subscriptionRefused(String filter, String explanation) {
        throw new IllegalStateException(explanation);
    }
}
