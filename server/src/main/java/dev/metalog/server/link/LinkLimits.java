package dev.metalog.server.link;

import java.time.Duration;

/** The bounds of the link shell. What happens at each of them is written where it is enforced. */
public final class LinkLimits {
    /** Largest MQTT packet in bytes, fixed header included; larger content is chunked by the caller. */
    public static final int PACKET_BYTES = 1 << 20;

    /** Longest topic or topic filter, in bytes of UTF-8. */
    public static final int TOPIC_BYTES = 160;

    /** QoS 1 messages that may wait for the broker's acknowledgement at one time. */
    public static final int WINDOW = 16;

    /** Messages that may wait in the outbox of a link, in flight included. */
    public static final int OUTBOX_MESSAGES = 4_096;

    /** Payload bytes that may wait in the outbox of a link, in flight included. */
    public static final int OUTBOX_BYTES = 16 << 20;

    /** Topic filters one link may hold: two for each document of a full workspace, and those of editors. */
    public static final int SUBSCRIPTIONS = 20_480;

    /** The loopback port where sidecars of one machine meet when no broker is configured. */
    public static final int HOME_BROKER_PORT = 18_831;

    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    public static final Duration KEEP_ALIVE = Duration.ofSeconds(20);
    public static final Duration BACKOFF_FIRST = Duration.ofMillis(250);
    public static final Duration BACKOFF_LONGEST = Duration.ofSeconds(60);

    /** Connections that may end with the same message first in line and nothing acknowledged, before it is given up. */
    public static final int POISONED_CONNECTIONS = 5;

    public static final Duration BROKER_START_TIMEOUT = Duration.ofSeconds(15);
    public static final int BROKER_CONNECTIONS = 256;
    public static final Duration BROKER_CONNECT_PACKET_TIMEOUT = Duration.ofSeconds(5);

    /** Connections of one address that have not proved who they are, where a broker asks; one more is hung up on. */
    public static final int BROKER_UNPROVEN_OF_ONE = 8;

    /** Packets that may follow CONNECT before it is answered, where a broker asks for passwords. */
    public static final int BROKER_EARLY_PACKETS = 64;

    public static final int BROKER_RETAINED_TOPICS = 1_024;

    /** Retained messages are announcements, and an announcement has 4 KiB. */
    public static final int BROKER_RETAINED_BYTES = 4_096;

    /** Messages one subscription may be behind; the oldest are dropped beyond it. */
    public static final int BROKER_QUEUE_MESSAGES = 4_096;

    /** Bytes that may wait for one subscription; a reader further behind is disconnected. */
    public static final long BROKER_READER_BYTES = 8L << 20;

    /** Bytes that may wait in the whole broker; further messages are dropped until somebody reads. */
    public static final long BROKER_BYTES = 48L << 20;

    public static final int BROKER_HEAP_MEBIBYTES = 160;

    /** Devices that may be linked with us directly at a time; one more is told so and let go. */
    public static final int DIRECT_DEVICES = 64;

    /** Devices that may be sought at a time; one more is refused. */
    public static final int DIRECT_SOUGHT = 256;

    /** Addresses at which one device is sought; the first ones are dialled. */
    public static final int DIRECT_ADDRESSES = 16;

    /** Connections to one device at a time; one more is let go. */
    public static final int DIRECT_LINKS_OF_ONE = 4;

    /** Connections of one address that have not yet proved who they are; one more is closed as soon as it comes. */
    public static final int DIRECT_UNPROVEN_OF_ONE = 8;

    /** The same of all addresses. */
    public static final int DIRECT_UNPROVEN = 64;

    /** What a device's proof of its TLS key may have. */
    public static final int DIRECT_VOUCHER_BYTES = 1_024;

    /**
     * Topics that one end tells the other it wants. Of more that are subscribed to the oldest are told, and the next when one
     * of those is given up. An end that is told more hangs up.
     */
    public static final int DIRECT_TOPICS = 4_096;

    /** Messages that may wait for one link, urgent ones and others apart; one more closes it. */
    public static final int DIRECT_QUEUE_MESSAGES = 4_096;

    /** The same in bytes. */
    public static final int DIRECT_QUEUE_BYTES = 8 << 20;

    /** Frames about the link itself, such as what is wanted, that may wait for it; one more closes it. */
    public static final int DIRECT_CONTROL_FRAMES = 16_384;

    /** Messages of one link that wait for the listener, before the link is read no further. */
    public static final int DIRECT_UNHEARD_MESSAGES = 256;

    /** The same in bytes. */
    public static final int DIRECT_UNHEARD_BYTES = 2 << 20;

    /** All that waits for the listener; beyond it no new link comes up. */
    public static final int DIRECT_UNHEARD = 65_536;

    /** Messages within a minute on topics that are not wanted; one more closes the link. */
    public static final int DIRECT_UNWANTED_A_MINUTE = 10_000;

    /** From the connection to the end of the TLS handshake. */
    public static final Duration DIRECT_TLS_TIMEOUT = Duration.ofSeconds(5);

    /** From there until the other end has said hello and what it wants. */
    public static final Duration DIRECT_GREETING_TIMEOUT = Duration.ofSeconds(5);

    public static final Duration DIRECT_PING = Duration.ofSeconds(20);

    /** Without a whole frame for so long a link is dead. */
    public static final Duration DIRECT_DEAD = Duration.ofSeconds(60);

    /** So long after a message to whom a broker leads as well, a link whose other end said nothing since is pinged. */
    public static final Duration DIRECT_PROOF_PING = Duration.ofMillis(200);

    /** So long after it, a link whose other end still said nothing counts as one that may be dead. */
    public static final Duration DIRECT_PROOF = Duration.ofMillis(700);

    /** How often that is looked after, while anything is waited for. */
    public static final Duration DIRECT_PROOF_TICK = Duration.ofMillis(100);

    /** What was heard within the round trip and so much more after a message may have been said before it was lost. */
    public static final Duration DIRECT_PROOF_MARGIN = Duration.ofMillis(50);

    /** Messages that wait for that; one more goes through brokers at once. */
    public static final int DIRECT_PROOFS = 1_024;

    /** The same in bytes. */
    public static final int DIRECT_PROOF_BYTES = 4 << 20;

    public static final Duration DIRECT_BACKOFF_FIRST = Duration.ofSeconds(1);
    public static final Duration DIRECT_BACKOFF_LONGEST = Duration.ofSeconds(60);

    /** A link that was up for less does not count as a success of dialling. */
    public static final Duration DIRECT_GOOD_LINK = Duration.ofSeconds(10);

    /** A link that was up for longer is no twin of one that comes now: whoever dialled that has lost it. */
    public static final Duration DIRECT_SETTLED = Duration.ofSeconds(20);

    /** How long an end waits for the other to leave a link as well that both give up for another. */
    public static final Duration DIRECT_LEAVE_TIMEOUT = Duration.ofSeconds(10);

    /** How long a goodbye may take. */
    public static final Duration DIRECT_BYE_TIMEOUT = Duration.ofSeconds(1);

    /** The same trouble with the same host is told again after so long. */
    public static final Duration DIRECT_REPORT_AGAIN = Duration.ofMinutes(1);

    /** Troubles that are remembered for that; the one told longest ago makes room. */
    public static final int DIRECT_REPORTS = 1_024;

    /** The longest beacon that is shown or seen on a local network; the longest packet that one may stand in. */
    public static final int LAN_BEACON_BYTES = 512;

    public static final int LAN_PACKET_BYTES = 1_500;

    /** Beacons of others that are passed on within a second; one more is dropped, and counted. */
    public static final int LAN_BEACONS_A_SECOND = 64;

    /** The last so many are known again, and passed on once in that time; they come by IPv4 and IPv6 and several interfaces. */
    public static final int LAN_BEACONS_REMEMBERED = 64;

    public static final Duration LAN_BEACON_AGAIN = Duration.ofSeconds(10);

    /** Network interfaces on which beacons are shown and seen; others, such as the hundreds of a container engine, are left out. */
    public static final int LAN_INTERFACES = 16;

    /** A machine changes networks. They are also looked for whenever a beacon is shown. */
    public static final Duration LAN_LOOK_AGAIN = Duration.ofSeconds(60);

    /** Within which it says that its beacon is gone, and ends. */
    public static final Duration LAN_CLOSE_TIMEOUT = Duration.ofMillis(300);

    private LinkLimits() {}
}
