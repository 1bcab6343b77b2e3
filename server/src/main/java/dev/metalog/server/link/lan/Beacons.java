package dev.metalog.server.link.lan;

import dev.metalog.server.link.LinkLimits;
import java.lang.System.Logger.Level;

/**
 * The beacons of this machine's local networks: shows ours, sees those of others. Any thread may call; no call but {@link #close}
 * waits for anything. Nothing is loaded, and no socket made, before {@link #watch}.
 */
public final class Beacons implements AutoCloseable {
    /** Of multicast DNS. */
    public static final int PORT = 5_353;

    private static final System.Logger LOGGER = System.getLogger(Beacons.class.getPackageName());

    private final boolean loopbackOnly;
    private final int port;
    private final BeaconListener listener;
    private final Sieve sieve = new Sieve();
    private final Object lock = new Object();
    private boolean begun;
    private boolean closed;
    private Watch watch;
    private byte[] toShow;

    /** @param loopbackOnly whether they are shown to this machine alone */
    public Beacons(boolean loopbackOnly, BeaconListener listener) {
        this(loopbackOnly, PORT, listener);
    }

    Beacons(boolean loopbackOnly, int port, BeaconListener listener) {
        this.loopbackOnly = loopbackOnly;
        this.port = port;
        this.listener = listener;
    }

    /** Sees others' from now on; once is enough. */
    public void watch() {
        synchronized (lock) {
            if (begun || closed) {
                return;
            }
            begun = true;
        }
        // Loading Netty takes a moment.
        Thread starter = new Thread(this::start, "meta-log-lan-start");
        starter.setDaemon(true);
        starter.start();
    }

    /** Shows this once, and says that it is gone when another is shown, and at the end. */
    public void show(byte[] beacon) {
        if (beacon.length == 0 || beacon.length > LinkLimits.LAN_BEACON_BYTES) {
            throw new IllegalArgumentException("A beacon has 1 to " + LinkLimits.LAN_BEACON_BYTES + " bytes.");
        }
        synchronized (lock) {
            toShow = beacon;
            showIfThere();
        }
        watch();
    }

    private void showIfThere() {
        if (watch != null && toShow != null) {
            Watch there = watch;
            byte[] beacon = toShow;
            there.execute(() -> there.show(beacon));
        }
    }

    private void start() {
        Watch made;
        try {
            made = new Watch(loopbackOnly, port, sieve, listener);
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.ERROR, "Peers on this network are not found without a broker in this run.", e);
            listener.unavailable("Peers on this network are not found by multicast DNS in this run (" + e
                    + "); the log has the details.");
            return;
        }
        boolean wanted;
        synchronized (lock) {
            wanted = !closed;
            if (wanted) {
                watch = made;
                showIfThere();
            }
        }
        if (!wanted) {
            made.close();
        }
    }

    /** How much was seen. */
    public BeaconTally tally() {
        return sieve.tally();
    }

    /** Says that our beacon is gone, and ends; waits for that, at most {@link LinkLimits#LAN_CLOSE_TIMEOUT} and a little. */
    @Override
    public void close() {
        Watch running;
        synchronized (lock) {
            closed = true;
            running = watch;
        }
        if (running != null) {
            running.close();
        }
    }
}
