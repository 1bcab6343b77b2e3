package dev.metalog.server.link.direct;

import java.util.List;

/**
 * What the direct links tell their owner, one call at a time and in order, on a thread of their own. {@link #message} may
 * block: then the links whose messages wait are read no further, and pings are answered meanwhile. What a call throws is
 * logged and otherwise ignored.
 */
public interface DirectListener {
    /** Others can reach us here. Told again when the addresses of this machine have changed. */
    void listening(List<DirectAddress> addresses);

    /**
     * A device is connected: its first link is up, and it has told what it wants to hear. The other end keeps nothing of
     * us between links, so whatever has to be said again is said now.
     *
     * @param where its address as it is seen here; of a link that was not dialled the port is of no use
     */
    void up(RemoteDevice who, DirectAddress where, boolean dialled);

    /**
     * The last link to a device is gone.
     *
     * @param explanation one or two sentences for a person
     */
    void down(RemoteDevice who, DirectDown reason, String explanation);

    /** A message on a topic that we want; in order within one link and one urgency. */
    void message(RemoteDevice from, String topic, byte[] payload);

    /**
     * The same, at once, on the thread that all links share: when nothing else waits to be told, a message is offered like this
     * first, which spares it a change of threads.
     *
     * @return whether it was taken without waiting for anything; if not, {@link #message} is called
     */
    boolean messageAtOnce(RemoteDevice from, String topic, byte[] payload);

    /** What was published under this token has been written to every link that it went to, or the link is gone. */
    void settled(long token);

    /**
     * All links that such a message went to were shown to work after it was written. Called on the thread that all links share:
     * it must not wait for anything.
     */
    void proved(long token);

    /** Some link that it went to may be dead: it was not shown to work in time, or has ended. */
    void unproved(long token);

    /**
     * A connection, to or from this address, became no link; or we cannot listen there. Told once for each host and reason
     * within {@link dev.metalog.server.link.LinkLimits#DIRECT_REPORT_AGAIN}.
     *
     * @param explanation one or two sentences for a person: where, why, what to do
     */
    void refused(DirectAddress where, DirectDown reason, String explanation);
}
