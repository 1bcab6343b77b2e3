package dev.metalog.server.link.direct;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.protocol.codec.DirectFrameCodec;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Links to other sidecars over TLS 1.3, in both directions. Any thread may call; no call but {@link #close} waits for
 * anything.
 *
 * <p>Netty is loaded, and the TLS key made, when first something is listened for or sought, on a thread of its own.
 */
public final class DirectLinks implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(DirectLinks.class.getPackageName());

    private enum State {
        NEW,
        STARTING,
        RUNNING,
        CLOSED
    }

    private final DirectSettings settings;
    private final Doorman doorman;
    private final DirectListener listener;
    private final DirectTimes times;
    private final Wanted wanted = new Wanted();
    private final DirectTallies tallies = new DirectTallies();
    private final Deliveries deliveries = new Deliveries();
    private final Settlements settlements;
    private final LinkTable table;

    private final Object lock = new Object();
    private final List<Consumer<Network>> beforeStart = new ArrayList<>();
    private State state = State.NEW;
    private Network network;

    public DirectLinks(DirectSettings settings, Doorman doorman, DirectListener listener) {
        this(settings, doorman, listener, DirectTimes.OURS);
    }

    DirectLinks(DirectSettings settings, Doorman doorman, DirectListener listener, DirectTimes times) {
        this.settings = settings;
        this.doorman = doorman;
        this.listener = listener;
        this.times = times;
        settlements = new Settlements(token -> deliveries.add(() -> listener.settled(token)));
        table = new LinkTable(times);
    }

    /** Takes connections in. Tells {@link DirectListener#listening}, or {@link DirectListener#refused} if it cannot. */
    public void listen() {
        post(Network::listen);
    }

    /**
     * Wants a link to this device: dials all addresses at once, keeps the first that proves to be it, and dials again when it
     * is lost. Replaces the addresses of before; without any it is only waited for. At most {@link
     * dev.metalog.server.link.LinkLimits#DIRECT_SOUGHT} devices, and {@link
     * dev.metalog.server.link.LinkLimits#DIRECT_ADDRESSES} addresses of each.
     */
    public void seek(String device, List<DirectAddress> addresses) {
        List<DirectAddress> copy = List.copyOf(addresses);
        post(to -> to.seek(device, copy));
    }

    /** Seeks the device no more, and closes the links to it. Whether it may come by itself is for the doorman to say. */
    public void forsake(String device) {
        post(to -> to.forsake(device));
    }

    /**
     * Wants to hear this topic: every other end is told. How many are told at a time, and what happens to more, stands at
     * {@link dev.metalog.server.link.LinkLimits#DIRECT_TOPICS}.
     *
     * @throws IllegalArgumentException when it is no topic
     */
    public void subscribe(String topic) {
        tell(wanted.want(topic));
    }

    /** Does not want it any more; what is on its way is dropped. */
    public void unsubscribe(String topic) {
        tell(wanted.drop(topic));
    }

    private void tell(Wanted.Change change) {
        synchronized (lock) {
            // Who comes later is told everything.
            if (state != State.NEW && !change.equals(Wanted.Change.NONE)) {
                post(to -> to.tell(change));
            }
        }
    }

    /**
     * Sends to every device that wants the topic. What is urgent overtakes what is not. A link whose queue is full is closed,
     * and dialled again by whoever seeks it.
     *
     * @param payload is not changed afterwards
     * @param onlyPeer whose devices alone it is for; {@code null}: all
     * @param proved whether the listener is to hear {@link DirectListener#proved} or {@link DirectListener#unproved} of it, if it
     *     goes to any
     * @param token comes back with {@link DirectListener#settled} if it goes to any
     * @return to how many devices it goes
     * @throws IllegalArgumentException when it is no topic, or both do not fit into a frame
     */
    public int publish(String topic, byte[] payload, boolean urgent, String onlyPeer, boolean proved, long token) {
        // In a plain loop: a lambda that takes a link would load Netty before there is any.
        List<Link> links = new ArrayList<>();
        for (Link link : table.kept()) {
            if (link.wants(topic)
                    && (onlyPeer == null || onlyPeer.equals(link.who().peer()))) {
                links.add(link);
            }
        }
        if (links.isEmpty()) {
            return 0;
        }
        byte[] frame = DirectFrameCodec.encode(new DirectFrame.Message(topic, urgent, payload));
        settlements.begin(frame, token, links.size());
        if (proved && !links.get(0).network().proofs().begin(token, List.copyOf(links), System.nanoTime())) {
            deliveries.add(() -> listener.unproved(token));
        }
        int devices = 0;
        for (Link link : links) {
            if (link.offer(frame, urgent)) {
                devices++;
            } else {
                settlements.done(frame);
            }
        }
        return devices;
    }

    /** To all, when nobody waits for it to be settled. */
    int publish(String topic, byte[] payload, boolean urgent) {
        return publish(topic, payload, urgent, null, false, 0);
    }

    /** The links that are up, one for each device. */
    public List<DirectLinkView> links() {
        List<DirectLinkView> views = new ArrayList<>();
        // A method reference would load the link's class, and Netty with it, before there is a link.
        for (Link link : table.kept()) {
            views.add(link.view());
        }
        return List.copyOf(views);
    }

    /** How full the queues were. */
    public DirectTallies tallies() {
        return tallies;
    }

    /** Topics that other ends are told we want. */
    public int toldTopics() {
        return wanted.told();
    }

    /** Topics for which there was no room among those: what is said on them does not come over direct links. */
    public int waitingTopics() {
        return wanted.waiting();
    }

    /** Messages of all links that wait for the listener. */
    public int unheard() {
        return deliveries.waiting();
    }

    /** Says goodbye to every other end and ends; waits for that, at most two seconds. */
    @Override
    public void close() {
        Network running;
        synchronized (lock) {
            running = network;
            state = State.CLOSED;
            beforeStart.clear();
        }
        if (running != null) {
            running.close();
        }
    }

    private void post(Consumer<Network> command) {
        synchronized (lock) {
            switch (state) {
                case CLOSED -> {}
                case RUNNING -> {
                    Network running = network;
                    running.execute(() -> command.accept(running));
                }
                case STARTING -> beforeStart.add(command);
                case NEW -> {
                    state = State.STARTING;
                    beforeStart.add(command);
                    Thread starter = new Thread(this::start, "meta-log-direct-start");
                    starter.setDaemon(true);
                    starter.start();
                }
            }
        }
    }

    private void start() {
        deliveries.start();
        Network made;
        try {
            made = new Network(settings, doorman, listener, times, wanted, deliveries, settlements, table, tallies);
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.ERROR, "There are no direct links in this run.", e);
            DirectAddress here = new DirectAddress("localhost", Math.max(1, settings.port()));
            deliveries.add(() -> listener.refused(
                    here,
                    DirectDown.NOT_LISTENING,
                    "There are no direct links in this run, as they could not be prepared (" + e
                            + "); the log has the details."));
            deliveries.end();
            return;
        }
        boolean wanted;
        synchronized (lock) {
            wanted = state == State.STARTING;
            if (wanted) {
                network = made;
                state = State.RUNNING;
                beforeStart.forEach(command -> made.execute(() -> command.accept(made)));
                beforeStart.clear();
            }
        }
        if (!wanted) {
            made.close();
        }
    }
}
