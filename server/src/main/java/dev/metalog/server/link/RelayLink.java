package dev.metalog.server.link;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.paho.client.mqttv3.MqttException;

/**
 * A link to one MQTT broker that stays up by itself. It connects, comes back after a loss with growing pauses, subscribes
 * again each time, and sends QoS 1 messages until the broker has acknowledged them (at least once; the first copies in
 * the order of publishing). No method but {@link #close} waits for anything.
 *
 * <pre>
 *   NEW ──start──▶ CONNECTING ──CONNACK, SUBACK──▶ UP ──lost──▶ PAUSING
 *                    ▲    └──────failed──────▶ PAUSING            │
 *                    └───────────────time is over─────────────────┘
 *   CONNECTING, PAUSING ──close──▶ CLOSED      UP ──close──▶ FLUSHING ──empty, or out of time──▶ CLOSED
 * </pre>
 *
 * <p>One thread of its own makes every call to Paho, outside the lock, because Paho calls us back while it holds locks
 * of its own. All fields below the lock are guarded by it.
 */
public final class RelayLink {
    /** Work to be done before each attempt to connect, on the link's own thread; interrupted when the link is closed. */
    public interface BeforeConnect {
        /**
         * Makes the broker ready to be connected to.
         *
         * @throws IOException when it cannot; the message is a sentence for the person, and the attempt counts as failed
         */
        void beforeConnect() throws IOException, InterruptedException;
    }

    private enum State {
        NEW,
        CONNECTING,
        UP,
        PAUSING,
        FLUSHING,
        CLOSED
    }

    private static final System.Logger LOGGER = System.getLogger(RelayLink.class.getPackageName());

    /** A connection that lived this long was a good one, and the next pause is short again. */
    private static final Duration GOOD_CONNECTION = Duration.ofSeconds(5);

    private final RelayAddress address;
    private final RelaySockets sockets;
    private final RelayListener listener;
    private final BeforeConnect beforeConnect;
    private final String url;
    private final ClientId clientId = new ClientId(new SecureRandom());
    /** Topic filters whose denial was told; as many as are wanted, at most. */
    private final Set<String> denied = new HashSet<>();

    private final Backoff backoff;
    private final Thread thread;

    private final Object lock = new Object();
    private final Outbox outbox;
    private final Subscriptions subscriptions = new Subscriptions();
    private State state = State.NEW;
    private RelaySettings settings;
    /** Of the password in the settings, and of the one that the last connection was tried with. */
    private int passwordNumber;

    private int passwordTried;
    private boolean closing;
    private boolean interruptible;
    private long flushByNanos;
    private long closeByNanos;
    private long messagesIn;
    private long bytesIn;
    private long messagesOut;
    private long bytesOut;
    private long refused;
    private long connections;
    private boolean lost;
    private Throwable lostBy;

    private boolean saidGoodbye;

    /** A link to the broker of these settings. */
    public RelayLink(RelaySettings settings, RelayListener listener) {
        this(settings, listener, () -> {});
    }

    /**
     * A link that does some work before each attempt to connect.
     *
     * @throws IllegalArgumentException when the file of authorities in the settings cannot be used
     */
    public RelayLink(RelaySettings settings, RelayListener listener, BeforeConnect beforeConnect) {
        this(
                settings,
                listener,
                beforeConnect,
                new Outbox(LinkLimits.OUTBOX_MESSAGES, LinkLimits.OUTBOX_BYTES, LinkLimits.WINDOW),
                new Backoff(new SecureRandom(), LinkLimits.BACKOFF_FIRST, LinkLimits.BACKOFF_LONGEST));
    }

    RelayLink(
            RelaySettings settings,
            RelayListener listener,
            BeforeConnect beforeConnect,
            Outbox outbox,
            Backoff backoff) {
        this.settings = settings;
        address = settings.address();
        this.listener = new GuardedListener(listener);
        this.beforeConnect = beforeConnect;
        this.outbox = outbox;
        SSLSocketFactory tls = settings.address().tls() ? Authorities.trusting(settings.authorities()) : null;
        sockets = new RelaySockets(settings.address(), tls);
        url = settings.address().url();
        this.backoff = backoff;
        thread = new Thread(this::run, "relay-link");
        thread.setDaemon(true);
    }

    /** Begins to connect; what comes of it is told to the listener. */
    public void start() {
        synchronized (lock) {
            if (state != State.NEW) {
                throw new IllegalStateException("A link is started once; this one is " + state + ".");
            }
            become(State.CONNECTING, "started");
        }
        thread.start();
    }

    /**
     * Sends a message as soon as that is possible, and does not wait for it. QoS 1 is sent again over every new connection
     * until the listener hears {@code acknowledged(token)}. QoS 0 is sent at most once: it is dropped when the link is
     * not up, and never acknowledged.
     *
     * @param payload not copied; it may not be changed any more
     * @param qos 0 or 1
     * @return false when the message was not taken: the outbox is full (what it holds is kept), the link is closed, or
     *     the message breaks a limit, which the listener then hears as {@code refused(token, …)}
     */
    public boolean publish(String topic, byte[] payload, int qos, boolean retain, long token) {
        if (qos != 0 && qos != 1) {
            throw new IllegalArgumentException("Messages are published with QoS 0 or 1, not " + qos + ".");
        }
        String problem = Topics.problemOf(topic, payload.length);
        if (problem != null) {
            synchronized (lock) {
                refused++;
            }
            listener.refused(token, problem);
            return false;
        }
        synchronized (lock) {
            if (closing) {
                return false;
            }
            if (qos == 0 && state != State.UP) {
                return true;
            }
            boolean taken = outbox.offer(topic, payload, qos, retain, token);
            if (taken) {
                lock.notifyAll();
            }
            return taken;
        }
    }

    /**
     * Uses another password from the next connection on, which is tried at once if a pause was under way.
     *
     * @param number told by {@link #passwordTried} once a connection was tried with it; greater than those before
     * @throws IllegalArgumentException when it cannot be sent
     */
    public void usePassword(char[] secret, int number) {
        synchronized (lock) {
            settings = settings.withPassword(secret);
            passwordNumber = number;
            lock.notifyAll();
        }
    }

    /** Under which name the next connection is made. */
    String clientId() {
        return clientId.value();
    }

    /** The number of the password that was tried last; 0 for the one of the settings. */
    public int passwordTried() {
        synchronized (lock) {
            return passwordTried;
        }
    }

    /** What went over it so far. */
    public RelayTraffic traffic() {
        synchronized (lock) {
            return new RelayTraffic(
                    state == State.UP,
                    messagesIn,
                    bytesIn,
                    messagesOut,
                    bytesOut,
                    refused + outbox.refused(),
                    connections,
                    outbox.size(),
                    outbox.most(),
                    outbox.bytes());
        }
    }

    /** Wants the messages of this topic filter, now and after every reconnect; retained ones come each time. */
    public void subscribe(String filter) {
        String problem;
        synchronized (lock) {
            problem = subscriptions.want(filter);
            lock.notifyAll();
        }
        if (problem != null) {
            listener.subscriptionRefused(filter, problem);
        }
    }

    /** Does not want this topic filter any more; messages on their way may still come. */
    public void unsubscribe(String filter) {
        synchronized (lock) {
            subscriptions.drop(filter);
            denied.remove(filter);
            lock.notifyAll();
        }
    }

    /**
     * Takes nothing more, sends what waits, says goodbye to the broker (so it does not publish the will) and ends.
     * Returns within the given time, waiting for nothing else.
     *
     * @return whether everything was acknowledged and the goodbye was sent
     */
    public boolean close(Duration within) {
        synchronized (lock) {
            if (state == State.NEW) {
                closing = true;
                become(State.CLOSED, "closed before it was started");
                return outbox.isEmpty();
            }
            if (!closing) {
                closing = true;
                closeByNanos = System.nanoTime() + within.toNanos();
                flushByNanos = closeByNanos - within.toNanos() / 4;
                if (interruptible) {
                    thread.interrupt();
                }
                lock.notifyAll();
            }
        }
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, within.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (lock) {
            return saidGoodbye && outbox.isEmpty();
        }
    }

    private void run() {
        while (!isClosing()) {
            try {
                oneConnection();
            } catch (LinkTrouble trouble) {
                pauseAfter(trouble);
            } catch (InterruptedException e) {
                // Only close interrupts, and the loop asks for it.
            } catch (RuntimeException | LinkageError e) {
                LOGGER.log(Level.ERROR, "The link to " + url + " failed unexpectedly.", e);
                pauseAfter(new LinkTrouble(
                        DownReason.LOST,
                        "The link to broker " + url + " failed unexpectedly (" + LinkTrouble.told(e)
                                + "); the log has the details.",
                        e));
            }
        }
        synchronized (lock) {
            become(State.CLOSED, "close was called");
        }
        listener.down(url, DownReason.CLOSED, "The link to broker " + url + " was closed.");
    }

    /** Connects, serves until the connection ends or the link is closed, and cleans up. */
    private void oneConnection() throws LinkTrouble, InterruptedException {
        RelaySettings now = takeSettings();
        prepare();
        Connected events = new Connected();
        PahoConnection connection = PahoConnection.open(now, sockets, clientId.value(), events);
        long upSince = System.nanoTime();
        try {
            subscribeWanted(connection);
            synchronized (lock) {
                become(State.UP, "connected and subscribed");
                connections++;
            }
            listener.up(url);
            serve(connection, events);
            // Only a closed link gets here: serve ends by throwing otherwise.
            boolean sent = connection.disconnect(millisUntil(closeByNanos));
            connection = null;
            synchronized (lock) {
                saidGoodbye = sent;
            }
        } catch (MqttException e) {
            throw LinkTrouble.ofLoss(address, lossOr(e));
        } finally {
            if (connection != null) {
                connection.abandon();
            }
            if (!isClosing()) {
                clientId.lost(System.nanoTime());
            }
            if (System.nanoTime() - upSince > GOOD_CONNECTION.toNanos()) {
                backoff.reset();
            }
            afterConnection();
        }
    }

    private RelaySettings takeSettings() {
        synchronized (lock) {
            passwordTried = passwordNumber;
            return settings;
        }
    }

    private void prepare() throws LinkTrouble, InterruptedException {
        synchronized (lock) {
            lost = false;
            lostBy = null;
            interruptible = !closing;
        }
        try {
            beforeConnect.beforeConnect();
        } catch (IOException e) {
            throw new LinkTrouble(DownReason.UNREACHABLE, LinkTrouble.told(e), e);
        } finally {
            synchronized (lock) {
                interruptible = false;
                // An interrupt that came too late for the hook would disturb Paho.
                Thread.interrupted();
            }
        }
    }

    private void subscribeWanted(PahoConnection connection) throws MqttException {
        List<String> all;
        synchronized (lock) {
            all = subscriptions.tellAll();
        }
        connection.subscribeAndWait(all, this::subscriptionDenied);
    }

    private void subscriptionDenied(String filter) {
        boolean isNews;
        synchronized (lock) {
            isNews = denied.add(filter);
        }
        // It is asked for again over every connection, and denied again.
        if (isNews) {
            listener.subscriptionRefused(filter, LinkTrouble.denied(address, filter));
        }
    }

    /** Sends subscriptions and messages until the link is closed and flushed, or throws because the connection ended. */
    private void serve(PahoConnection connection, Connected events) throws MqttException, LinkTrouble {
        while (true) {
            Subscriptions.Changes changes = Subscriptions.Changes.NONE;
            Outbox.Entry next = null;
            synchronized (lock) {
                awaitWork();
                if (lost) {
                    throw LinkTrouble.ofLoss(address, lostBy);
                }
                if (subscriptions.hasChanges()) {
                    changes = subscriptions.tellChanges();
                } else if (flushed()) {
                    return;
                } else {
                    next = outbox.takeNext();
                    messagesOut += next == null ? 0 : 1;
                    bytesOut += next == null ? 0 : next.payload.length;
                }
            }
            tell(connection, changes);
            if (next != null) {
                connection.publish(next, events);
            }
        }
    }

    private void tell(PahoConnection connection, Subscriptions.Changes changes) throws MqttException {
        if (!changes.on().isEmpty()) {
            connection.subscribe(changes.on(), this::subscriptionDenied);
        }
        if (!changes.off().isEmpty()) {
            connection.unsubscribe(changes.off());
        }
    }

    /** Whether a closed link has nothing more to do; the last quarter of the time is kept for the goodbye. */
    private boolean flushed() {
        if (!closing) {
            return false;
        }
        if (state == State.UP) {
            become(State.FLUSHING, "close was called");
        }
        return outbox.isEmpty() || millisUntil(flushByNanos) <= 0;
    }

    /** Waits under the lock until there is something to do: send, finish closing, or learn of a loss. */
    private void awaitWork() {
        while (!lost && !subscriptions.hasChanges() && !outbox.hasNext() && !flushed()) {
            try {
                lock.wait(closing ? Math.max(1, millisUntil(flushByNanos)) : 0);
            } catch (InterruptedException e) {
                // Nobody interrupts this thread while it serves; the conditions are looked at again.
            }
        }
    }

    private static long millisUntil(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos - System.nanoTime());
    }

    private Throwable lossOr(MqttException e) {
        synchronized (lock) {
            return lost && lostBy != null ? lostBy : e;
        }
    }

    /** Puts unacknowledged messages back in line, and gives up the first when it seems to be what kills connections. */
    private void afterConnection() {
        Outbox.Entry poison;
        synchronized (lock) {
            poison = outbox.connectionEnded(LinkLimits.POISONED_CONNECTIONS);
        }
        if (poison != null) {
            synchronized (lock) {
                refused++;
            }
            listener.refused(poison.token, LinkTrouble.givenUp(address, poison.payload.length));
        }
    }

    private void pauseAfter(LinkTrouble trouble) {
        Duration pause = backoff.next();
        synchronized (lock) {
            if (closing) {
                return;
            }
            become(State.PAUSING, trouble.reason().name());
        }
        listener.down(url, trouble.reason(), trouble.explanation(pause));
        long until = System.nanoTime() + pause.toNanos();
        synchronized (lock) {
            while (!closing && passwordTried == passwordNumber && millisUntil(until) > 0) {
                try {
                    lock.wait(millisUntil(until));
                } catch (InterruptedException e) {
                    // Close says so in its field as well.
                }
            }
            if (!closing) {
                become(State.CONNECTING, "the pause is over");
            }
            if (passwordTried != passwordNumber) {
                backoff.reset();
            }
        }
    }

    private boolean isClosing() {
        synchronized (lock) {
            return closing;
        }
    }

    /** The one place where the state changes; called under the lock. */
    private void become(State next, String reason) {
        LOGGER.log(Level.DEBUG, "Link to {0}: {1} to {2}, {3}", url, state, next, reason);
        state = next;
    }

    /** What Paho's threads tell about one connection. */
    private final class Connected implements PahoConnection.Events {
        @Override
        public void arrived(String topic, byte[] payload, boolean retained) {
            if (topic.indexOf(InboundPackets.TAKEN_AWAY) >= 0) {
                LOGGER.log(Level.WARNING, "Broker {0} sent a message whose topic cannot be read; dropped.", url);
                return;
            }
            synchronized (lock) {
                messagesIn++;
                bytesIn += payload.length;
            }
            listener.message(topic, payload, retained);
        }

        @Override
        public void acknowledged(Outbox.Entry entry) {
            boolean first;
            synchronized (lock) {
                first = outbox.remove(entry);
                lock.notifyAll();
            }
            if (first && entry.qos > 0) {
                listener.acknowledged(entry.token);
            }
        }

        @Override
        public void lost(Throwable cause) {
            synchronized (lock) {
                lost = true;
                lostBy = cause;
                lock.notifyAll();
            }
        }
    }
}
