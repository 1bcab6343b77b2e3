package dev.metalog.server.app;

import dev.metalog.server.link.DownReason;
import dev.metalog.server.link.HomeBroker;
import dev.metalog.server.link.RelayAddress;
import dev.metalog.server.link.RelayLink;
import dev.metalog.server.link.RelayListener;
import dev.metalog.server.link.RelaySettings;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The links to brokers, each posting what it hears into the mailbox. Used by the loop thread alone. */
final class Links {
    private static final Duration GOODBYE = Duration.ofMillis(500);

    private final Environment environment;
    private final HomeBroker home;
    private final Mailbox mailbox;
    private final Journal journal;
    private final String presenceTopic;
    private final Map<String, RelayLink> byBroker = new LinkedHashMap<>();
    private final Set<String> topics = new LinkedHashSet<>();

    /**
     * @param home the broker of this machine
     * @param presenceTopic what the broker clears when we vanish, and we when we leave
     */
    Links(Environment environment, HomeBroker home, String presenceTopic, Mailbox mailbox, Journal journal) {
        this.environment = environment;
        this.home = home;
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
            RelaySettings settings = RelaySettings.of(address).withWill(presenceTopic, new byte[0], true);
            char[] password = environment.passwordFor(address);
            if (password != null) {
                settings = settings.withPassword(password);
            }
            RelayListener listener = new Ear(broker);
            RelayLink link = address.url().equals(home.address().url())
                    ? new RelayLink(settings, listener, home)
                    : new RelayLink(settings, listener);
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

    void subscribe(String topic) {
        if (topics.add(topic)) {
            byBroker.values().forEach(link -> link.subscribe(topic));
        }
    }

    void unsubscribe(String topic) {
        if (topics.remove(topic)) {
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
        for (String broker : effect.brokers()) {
            publish(new Effect.Publish(broker, effect.topic(), effect.envelope(), 1, false, effect.token()));
        }
    }

    void seek(Effect.Seek effect) {}

    void forsake(Effect.Forsake effect) {}

    void welcome(Effect.Welcome effect) {}

    /** Says good-bye, within a bound. */
    void close() {
        for (RelayLink link : byBroker.values()) {
            link.publish(presenceTopic, new byte[0], 1, true, 0);
        }
        for (RelayLink link : byBroker.values()) {
            link.close(GOODBYE);
        }
        home.close();
    }

    /** Hears one link; runs on its threads and only posts. */
    private final class Ear implements RelayListener {
        private final String broker;

        Ear(String broker) {
            this.broker = broker;
        }

        @Override
        public void up(String brokerUrl) {
            mailbox.post(new Input.LinkUp(broker));
        }

        @Override
        public void down(String brokerUrl, DownReason reason, String explanation) {
            mailbox.post(new Input.LinkDown(broker, explanation));
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
            journal.line(explanation);
        }
    }
}
