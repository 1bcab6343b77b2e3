package dev.metalog.server.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * The broker of this machine, for when none is configured. Sidecars meet on one well-known loopback port: who finds
 * nobody listening there hosts a broker, and when the host goes, one of the others does at its next attempt. Two that
 * start at once both try to host; the port decides, and the other one connects.
 *
 * <p>Used as a link's work before connecting; the link is closed first, then this.
 */
public final class HomeBroker implements RelayLink.BeforeConnect, AutoCloseable {
    private static final int PROBE_MILLIS = 1_000;

    private final int port;
    private BrokerProcess hosted;
    private boolean closed;

    /** The broker on the well-known port. */
    public HomeBroker() {
        this(LinkLimits.HOME_BROKER_PORT);
    }

    /** The broker on another port, which all sidecars that are to meet have to know. */
    public HomeBroker(int port) {
        this.port = port;
    }

    /** Where it is, whoever hosts it. */
    public RelayAddress address() {
        return new RelayAddress(false, "", "127.0.0.1", port);
    }

    /** Whether the broker runs on behalf of this sidecar. */
    public synchronized boolean isHost() {
        return hosted != null && hosted.isAlive();
    }

    @Override
    public void beforeConnect() throws IOException, InterruptedException {
        if (somebodyListens()) {
            return;
        }
        try {
            keep(BrokerProcess.start(port));
        } catch (BrokerProcess.StartException e) {
            if (e.failure() != BrokerProcess.Failure.PORT_TAKEN) {
                throw e;
            }
            // Somebody was faster; that broker is as good.
        }
    }

    private synchronized void keep(BrokerProcess started) {
        if (closed) {
            started.close();
            return;
        }
        if (hosted != null) {
            hosted.close();
        }
        hosted = started;
    }

    private boolean somebodyListens() {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(InetAddress.getByName(address().host()), port), PROBE_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the broker if it runs on our behalf. */
    @Override
    public synchronized void close() {
        closed = true;
        if (hosted != null) {
            hosted.close();
        }
    }
}
