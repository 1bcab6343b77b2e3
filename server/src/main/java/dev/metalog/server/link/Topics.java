package dev.metalog.server.link;

import java.nio.charset.StandardCharsets;

/** What MQTT and our limits allow as topic, topic filter and packet (MQTT 3.1.1, sections 2.2, 3.3 and 4.7). */
final class Topics {
    /** Type and length bytes, the topic's own length, and the packet id of QoS 1. */
    private static final int OVERHEAD_BYTES = 1 + 4 + 2 + 2;

    private static final int FIRST_UNREADABLE = 0xfdd0;

    private Topics() {}

    /** Why a message with this topic and payload size cannot be published, or null. */
    static String problemOf(String topic, int payloadBytes) {
        String problem = problemOfText(topic, "topic");
        if (problem == null && (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0)) {
            problem = "A topic to publish to has no wildcard ('+' or '#').";
        }
        if (problem == null && packetBytes(topic, payloadBytes) > LinkLimits.PACKET_BYTES) {
            problem = "The message has " + payloadBytes + " bytes; with its topic it has to fit into a packet of "
                    + LinkLimits.PACKET_BYTES + " bytes. Send it in parts.";
        }
        return problem;
    }

    /** Why this topic filter cannot be subscribed to, or null. */
    static String problemOfFilter(String filter) {
        String problem = problemOfText(filter, "topic filter");
        if (problem != null) {
            return problem;
        }
        String[] levels = filter.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            boolean wild = levels[i].indexOf('+') >= 0 || levels[i].indexOf('#') >= 0;
            if (wild && levels[i].length() > 1) {
                return "In a topic filter a wildcard ('+' or '#') stands alone between slashes.";
            }
            if (levels[i].equals("#") && i < levels.length - 1) {
                return "In a topic filter '#' comes last.";
            }
        }
        return null;
    }

    private static String problemOfText(String topic, String name) {
        if (topic.isEmpty()) {
            return "A " + name + " has at least one character.";
        }
        int bytes = topic.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LinkLimits.TOPIC_BYTES) {
            return "A " + name + " has at most " + LinkLimits.TOPIC_BYTES + " bytes; this one has " + bytes + ".";
        }
        if (!isReadable(topic)) {
            return "A " + name
                    + " has no control characters and none above U+FDCF; the MQTT library cannot carry them.";
        }
        return null;
    }

    /**
     * Whether Paho can carry this text: as topic, user name or password. MQTT asks for no more than valid UTF-8 without
     * NUL, but Paho 1.2.5 refuses control characters, everything from U+FDD0 up, and, by a slip, every surrogate pair.
     */
    static boolean isReadable(String text) {
        return text.chars()
                .noneMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c) || c >= FIRST_UNREADABLE);
    }

    private static int packetBytes(String topic, int payloadBytes) {
        return OVERHEAD_BYTES + topic.getBytes(StandardCharsets.UTF_8).length + payloadBytes;
    }
}
