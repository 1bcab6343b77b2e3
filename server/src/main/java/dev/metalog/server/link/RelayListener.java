package dev.metalog.server.link;

/**
 * What a link tells its owner. The calls come on threads of the link and of libraries, so an implementation only
 * enqueues: a call that blocks holds up the whole link. What a call throws is logged and otherwise ignored.
 */
public interface RelayListener {
    /**
     * The link is up: connected, and every wanted subscription was answered. The broker keeps no session for us, so
     * whatever has to be announced is announced again. Messages may arrive shortly before this call.
     */
    void up(String brokerUrl);

    /**
     * The link is not up. Called when it is lost and after every failed attempt, so the same reason may come again.
     *
     * @param explanation one or two sentences for a person: where, why, what to do, and when it is tried again
     */
    void down(String brokerUrl, DownReason reason, String explanation);

    /**
     * A message of a subscribed topic; possibly one that came before (QoS 1 is at least once).
     *
     * @param retained whether it is the broker's stored copy rather than one published just now
     */
    void message(String topic, byte[] payload, boolean retained);

    /** The broker's PUBACK was seen for the QoS 1 message published with this token. */
    void acknowledged(long token);

    /**
     * The message with this token is not, or no longer, in the outbox and was not acknowledged, for a reason other than
     * a full outbox. May be called inside {@link RelayLink#publish}.
     */
    void refused(long token, String explanation);

    /**
     * The broker did not grant this topic filter, or it breaks a limit; told once as long as it is wanted. The link stays
     * up; the filter is asked for again at the next connection unless it broke a limit. May be called inside {@link RelayLink#subscribe}.
     */
    void subscriptionRefused(String filter, String explanation);
}
