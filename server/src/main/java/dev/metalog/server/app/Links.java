package dev.metalog.server.app;

import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.link.DownReason;
import dev.metalog.server.link.HomeBroker;
import dev.metalog.server.link.LinkLimits;
import dev.metalog.server.link.RelayAddress;
import dev.metalog.server.link.RelayLink;
import dev.metalog.server.link.RelayListener;
import dev.metalog.server.link.RelaySettings;
import dev.metalog.server.link.RelayTraffic;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The links to brokers and to peers, each posting what it hears into the mailbox. Used by the loop thread alone. */
final class Links {
    private static final Duration GOODBYE = Duration.ofMillis(500);

    /** Topics that a broker denies, each told; of more only some are. */
    private static final int REFUSALS_TOLD = 16;

    private final Environment environment;
    private final HomeBroker home;
    private final Mailbox mailbox;
    private final Journal journal;
    private final String presenceTopic;
    /** {@code null} when there are to be none. */
    private final DirectWay direct;

    private final Map<String, RelayLink> byBroker;
    private final SparedBrokers spared;
    private final Set<String> topics = new LinkedHashSet<>();

    /**
     * @param home the broker of this machine
     * @param byBroker the links to brokers, which are put there
     * @param direct links to peers, or {@code null}
     * @param presenceTopic what the broker clears when we vanish, and we when we leave
     */
    Links(
            Environment environment,
            HomeBroker home,
            Map<String, RelayLink> byBroker,
            SparedBrokers spared,
            DirectWay direct,
            String presenceTopic,
            Mailbox mailbox,
            Journal journal) {
        this.environment = environment;
        this.home = home;
        this.byBroker = byBroker;
        this.spared = spared;
        this.direct = direct;
        this.presenceTopic = presenceTopic;
        this.mailbox = mailbox;
        this.journal = journal;
    }

    void open(String broker) {
        if (byBroker.containsKey(broker)) {
            return;
        }
        try {
            RelayAddress address = environment.asPerson(RelayAddress.parse(broker));
            RelaySettings settings = RelaySettings.of(address)
                    .withWill(presenceTopic, new byte[0], true)
                    .withAuthorities(environment.authoritiesFor(address));
            char[] password = environment.passwordFor(address);
            if (password != null) {
                settings = settings.withPassword(password);
            }
            Ear listener = new Ear(broker, environment.mayHavePassword(address) ? address.user() : null);
            RelayLink link = address.url().equals(home.address().url())
                    ? new RelayLink(settings, listener, home)
                    : new RelayLink(settings, listener);
            listener.link = link;
            byBroker.put(broker, link);
            topics.forEach(link::subscribe);
            link.start();
        } catch (IllegalArgumentException e) {
            mailbox.postFromLoop(new Input.LinkDown(broker, e.getMessage()));
        } catch (IOException e) {
            mailbox.postFromLoop(new Input.LinkDown(
                    broker,
                    "The password for " + broker + " could not be read: " + e.getMessage()
                            + ". Check META_LOG_MQTT_PASSWORD_FILE."));
        }
    }

    void usePassword(Effect.UsePassword effect) {
        RelayLink link = byBroker.get(effect.broker());
        try {
            if (link != null) {
                link.usePassword(effect.password().toCharArray(), effect.number());
            }
        } catch (IllegalArgumentException e) {
            RelayAddress address = environment.asPerson(RelayAddress.parse(effect.broker()));
            mailbox.postFromLoop(new Input.LinkDown(effect.broker(), e.getMessage(), address.user(), effect.number()));
        }
    }

    void subscribe(String topic) {
        if (topics.add(topic)) {
            if (direct != null) {
                direct.subscribe(topic);
            }
            byBroker.values().forEach(link -> link.subscribe(topic));
        }
    }

    void unsubscribe(String topic) {
        if (topics.remove(topic)) {
            if (direct != null) {
                direct.unsubscribe(topic);
            }
            byBroker.values().forEach(link -> link.unsubscribe(topic));
        }
    }

    void publish(Effect.Publish effect) {
        RelayLink link = byBroker.get(effect.broker());
        if (link == null) {
            mailbox.postFromLoop(
                    new Input.NotPublished(effect.broker(), effect.token(), "No link to " + effect.broker() + "."));
        } else if (!link.publish(effect.topic(), effect.payload(), effect.qos(), effect.retain(), effect.token())) {
            mailbox.postFromLoop(new Input.NotPublished(
                    effect.broker(),
                    effect.token(),
                    "The outbox for " + effect.broker() + " is full. What was typed is sent when peers ask for it."));
        }
    }

    /** Sends what was sealed; see {@link Effect.Send}. */
    void send(Effect.Send effect) {
        boolean spares =
                effect.linked() > 0 && direct != null && !effect.brokers().isEmpty() && spared.hold(effect);
        int devices = direct == null || !effect.directly() ? 0 : direct.send(effect, spares);
        if (devices > 0 && effect.to() != null) {
            return;
        }
        if (spares && (devices >= effect.linked() || spared.take(effect.token()) == null)) {
            return;
        }
        if (devices == 0 && effect.brokers().isEmpty()) {
            mailbox.postFromLoop(new Input.NotPublished("", effect.token(), "No way leads to whom it is for."));
        }
        for (String broker : effect.brokers()) {
            publish(new Effect.Publish(broker, effect.topic(), effect.envelope(), 1, false, effect.token()));
        }
    }

    void seek(Effect.Seek effect) {
        if (direct != null) {
            direct.seek(effect);
        }
    }

    void forsake(Effect.Forsake effect) {
        if (direct != null) {
            direct.forsake(effect);
        }
    }

    void showBeacon(Effect.ShowBeacon effect) {
        if (direct != null) {
            direct.showBeacon(effect);
        }
    }

    /** With the first that is welcome we begin to listen: until then nothing of direct links is loaded. */
    void welcome(Effect.Welcome effect) {
        if (direct != null) {
            direct.welcome(effect.peers());
            direct.listen();
        }
    }

    List<MetricsMessages.Queue> queues() {
        List<MetricsMessages.Queue> queues = new ArrayList<>();
        byBroker.forEach((broker, link) -> {
            RelayTraffic traffic = link.traffic();
            queues.add(new MetricsMessages.Queue(
                    "for a broker",
                    broker,
                    traffic.waiting(),
                    LinkLimits.OUTBOX_MESSAGES,
                    traffic.mostWaiting(),
                    traffic.refused()));
        });
        if (direct != null) {
            queues.addAll(direct.queues());
            queues.add(spared.queue());
        }
        return queues;
    }

    List<MetricsMessages.Traffic> traffic() {
        List<MetricsMessages.Traffic> links = new ArrayList<>();
        byBroker.forEach((broker, link) -> {
            RelayTraffic traffic = link.traffic();
            links.add(new MetricsMessages.Traffic(
                    "broker",
                    broker,
                    null,
                    traffic.up(),
                    traffic.messagesIn(),
                    traffic.bytesIn(),
                    traffic.messagesOut(),
                    traffic.bytesOut(),
                    traffic.refused(),
                    traffic.connections()));
        });
        if (direct != null) {
            links.addAll(direct.traffic());
        }
        return links;
    }

    /** Says good-bye, within a bound. */
    void close() {
        for (RelayLink link : byBroker.values()) {
            link.publish(presenceTopic, new byte[0], 1, true, 0);
        }
        for (RelayLink link : byBroker.values()) {
            link.close(GOODBYE);
        }
        if (direct != null) {
            direct.close();
        }
        home.close();
    }

    /** Hears one link; runs on its threads and only posts. */
    private final class Ear implements RelayListener {
        private final String broker;
        /** Whose password may be asked for; {@code null}: nobody's. */
        private final String user;

        private final AtomicInteger refusals = new AtomicInteger();
        /** Set before the link is started. */
        private RelayLink link;

        Ear(String broker, String user) {
            this.broker = broker;
            this.user = user;
        }

        @Override
        public void up(String brokerUrl) {
            mailbox.post(new Input.LinkUp(broker));
        }

        @Override
        public void down(String brokerUrl, DownReason reason, String explanation) {
            String passwordOf = reason == DownReason.BAD_CREDENTIALS ? user : null;
            mailbox.post(new Input.LinkDown(broker, explanation, passwordOf, link.passwordTried()));
        }

        @Override
        public void message(String topic, byte[] payload, boolean retained) {
            mailbox.post(new Input.Received(broker, topic, payload, retained));
        }

        @Override
        public void acknowledged(long token) {
            mailbox.post(new Input.Acknowledged(broker, token));
        }

        @Override
        public void refused(long token, String explanation) {
            mailbox.post(new Input.NotPublished(broker, token, explanation));
        }

        @Override
        public void subscriptionRefused(String filter, String explanation) {
            int count = refusals.incrementAndGet();
            // A broker that denies one document's topic may deny those of all.
            if (count <= REFUSALS_TOLD || Integer.bitCount(count) == 1) {
                journal.line(explanation + (count > REFUSALS_TOLD ? " It denies " + count + " so far." : ""));
            }
        }
    }
}
