package dev.metalog.server.link.direct;

import java.util.List;

/** Links to other sidecars over TLS 1.3, in both directions. Any thread may call; no call waits for the network. */
public final class DirectLinks implements AutoCloseable {
    public DirectLinks(DirectSettings settings, Doorman doorman, DirectListener listener) {}

    /** Takes connections in. Tells {@link DirectListener#listening}, or {@link DirectListener#refused} if it cannot. */
    public void listen() {}

    /**
     * Wants a link to this device: dials all addresses at once, keeps the first that proves to be it, and dials again when it
     * is lost. Replaces the addresses of before. At most {@link dev.metalog.server.link.LinkLimits#DIRECT_SOUGHT} devices.
     */
    public void seek(String device, List<DirectAddress> addresses) {}

    /** Seeks the device no more, and closes the links to it. */
    public void forsake(String device) {}

    /** Wants to hear this topic: every other end is told. */
    public void subscribe(String topic) {}

    /** Does not want it any more; what is on its way is dropped. */
    public void unsubscribe(String topic) {}

    /**
     * Sends to every device that wants the topic. What is urgent overtakes what is not.
     *
     * @return to how many devices it goes
     */
    public int publish(String topic, byte[] payload, boolean urgent) {
        return 0;
    }

    /** The links that are up. */
    public List<DirectLinkView> links() {
        return List.of();
    }

    /** Says goodbye to every other end and ends; waits for it a moment. */
    @Override
    public void close() {}
}
