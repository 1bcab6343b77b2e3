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

    private LinkLimits() {}
}
