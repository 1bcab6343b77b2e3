package dev.metalog.server.link;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * One connection to a broker, from CONNECT to its end; never used again after it. All calls are made by the link's own
 * thread; the events come on Paho's threads.
 *
 * <p>Paho 1.2.5 is not maintained, and this is how far it is trusted: a clean session, no reconnect of its own, nothing
 * stored, at most our window in flight, and a new client for every connection.
 */
final class PahoConnection {
    /** What happens on a connection; called on Paho's threads. */
    interface Events {
        void arrived(String topic, byte[] payload, boolean retained);

        void acknowledged(Outbox.Entry entry);

        void lost(Throwable cause);
    }

    private static final System.Logger LOGGER = System.getLogger(PahoConnection.class.getPackageName());

    /** Paho insists on an address that it can resolve; the socket factory knows the real one. */
    private static final String UNUSED_ADDRESS = "tcp://127.0.0.1:1883";

    /** Filters in one SUBSCRIBE packet; some brokers take no more. */
    private static final int FILTERS_AT_ONCE = 64;

    private static final int GRANT_REFUSED = 0x80;
    private static final int QOS = 1;

    private final MqttAsyncClient client;

    private PahoConnection(MqttAsyncClient client) {
        this.client = client;
    }

    /** Connects, or throws why not and leaves nothing behind. */
    static PahoConnection open(RelaySettings settings, RelaySockets sockets, String clientId, Events events)
            throws LinkTrouble {
        RelayAddress address = settings.address();
        MqttAsyncClient client;
        try {
            client = new MqttAsyncClient(UNUSED_ADDRESS, clientId, new MemoryPersistence());
        } catch (MqttException e) {
            throw LinkTrouble.ofConnecting(address, false, e);
        }
        PahoConnection connection = new PahoConnection(client);
        try {
            client.setCallback(new Callback(events));
            client.connect(options(settings, sockets), null, null)
                    .waitForCompletion(LinkLimits.CONNECT_TIMEOUT.toMillis() + 1_000);
            return connection;
        } catch (MqttException e) {
            connection.abandon();
            throw LinkTrouble.ofConnecting(address, !address.user().isEmpty(), e);
        }
    }

    private static MqttConnectOptions options(RelaySettings settings, RelaySockets sockets) {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(true);
        options.setAutomaticReconnect(false);
        options.setSocketFactory(sockets);
        options.setConnectionTimeout((int) LinkLimits.CONNECT_TIMEOUT.toSeconds());
        options.setKeepAliveInterval((int) LinkLimits.KEEP_ALIVE.toSeconds());
        // Paho lowers its count only after our listener ran, so it must not be the narrower of the two.
        options.setMaxInflight(2 * LinkLimits.WINDOW);
        if (!settings.address().user().isEmpty()) {
            options.setUserName(settings.address().user());
        }
        if (settings.password() != null) {
            options.setPassword(settings.password());
        }
        RelaySettings.Will will = settings.will();
        if (will != null) {
            options.setWill(will.topic, will.payload, QOS, will.retain);
        }
        return options;
    }

    /** Subscribes and waits for the answer; the filters that were not granted are handed to {@code refused}. */
    void subscribeAndWait(List<String> filters, Consumer<String> refused) throws MqttException {
        for (String[] names : packets(filters)) {
            IMqttToken token = client.subscribe(names, qosOf(names));
            token.waitForCompletion(LinkLimits.CONNECT_TIMEOUT.toMillis());
            reportRefusals(names, token, refused);
        }
    }

    /** Subscribes; the answer is awaited on Paho's thread. */
    void subscribe(List<String> filters, Consumer<String> refused) throws MqttException {
        for (String[] names : packets(filters)) {
            client.subscribe(names, qosOf(names), null, new Completion(token -> reportRefusals(names, token, refused)));
        }
    }

    private static List<String[]> packets(List<String> filters) {
        List<String[]> packets = new ArrayList<>();
        for (int i = 0; i < filters.size(); i += FILTERS_AT_ONCE) {
            packets.add(filters.subList(i, Math.min(filters.size(), i + FILTERS_AT_ONCE))
                    .toArray(new String[0]));
        }
        return packets;
    }

    void unsubscribe(List<String> filters) throws MqttException {
        client.unsubscribe(filters.toArray(new String[0]));
    }

    void publish(Outbox.Entry entry, Events events) throws MqttException {
        MqttMessage message = new MqttMessage(entry.payload);
        message.setQos(entry.qos);
        message.setRetained(entry.retain);
        client.publish(entry.topic, message, null, new Completion(token -> events.acknowledged(entry)));
    }

    /** Says goodbye, so that the broker does not publish the will; true when it was sent in time. */
    boolean disconnect(long timeoutMillis) {
        try {
            client.disconnect(0).waitForCompletion(Math.max(1, timeoutMillis));
            client.close(true);
            return true;
        } catch (MqttException e) {
            abandon();
            return false;
        }
    }

    /** Ends it without a word; called at most once, as Paho does not survive a second time. */
    void abandon() {
        try {
            client.disconnectForcibly(0, 1, false);
        } catch (MqttException e) {
            LOGGER.log(Level.DEBUG, "The connection had ended before it was abandoned.", e);
        }
        try {
            client.close(true);
        } catch (MqttException e) {
            LOGGER.log(Level.DEBUG, "Paho closes this connection later, when it has ended.", e);
        }
    }

    private static int[] qosOf(String[] filters) {
        int[] qos = new int[filters.length];
        Arrays.fill(qos, QOS);
        return qos;
    }

    private static void reportRefusals(String[] filters, IMqttToken token, Consumer<String> refused) {
        int[] granted = token.getGrantedQos();
        for (int i = 0; i < filters.length && i < granted.length; i++) {
            if (granted[i] == GRANT_REFUSED) {
                refused.accept(filters[i]);
            }
        }
    }

    private record Completion(Consumer<IMqttToken> done) implements IMqttActionListener {
        @Override
        public void onSuccess(IMqttToken token) {
            done.accept(token);
        }

        @Override
        public void onFailure(IMqttToken token, Throwable cause) {
            // Only the end of the connection fails an action, and that is reported once, as a loss.
        }
    }

    private record Callback(Events events) implements MqttCallback {
        @Override
        public void connectionLost(Throwable cause) {
            events.lost(cause);
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            events.arrived(topic, message.getPayload(), message.isRetained());
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {
            // Told per message by Completion.
        }
    }
}
