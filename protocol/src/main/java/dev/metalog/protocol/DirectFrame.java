package dev.metalog.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the two ends of a direct link say to each other about the link, and the messages it carries. How a link goes stands in
 * docs/protocol-peers.md.
 */
public sealed interface DirectFrame {
    /** The versions of direct links that this build speaks. */
    ProtocolRange VERSIONS = new ProtocolRange(1, 1);

    /** Why a text is no topic of a direct link, or null. The same texts are topics of a broker. */
    static String problemOfTopic(String topic) {
        if (topic.isEmpty() || topic.charAt(0) == '$') {
            return "A topic has at least one character, and the first is no '$'.";
        }
        for (int i = 0; i < topic.length(); i++) {
            char c = topic.charAt(i);
            if (c == '+' || c == '#' || Character.isISOControl(c) || Character.isSurrogate(c) || c >= 0xfdd0) {
                return "A topic has no wildcard ('+' or '#'), no control character and none above U+FDCF.";
            }
        }
        if (topic.getBytes(StandardCharsets.UTF_8).length > Limits.MQTT_TOPIC_BYTES) {
            return "A topic has at most " + Limits.MQTT_TOPIC_BYTES + " bytes.";
        }
        return null;
    }

    /**
     * "This is what I speak", first of all.
     *
     * @param mark drawn by chance for this link: of two links between the same two, the marks tell which one is kept
     */
    record Hello(ProtocolRange range, long mark, Extras extras) implements DirectFrame {}

    /** "I have said what I want": from here on the link is up. */
    record Ready() implements DirectFrame {}

    /** "Send me what is said on this topic." */
    record Want(String topic) implements DirectFrame {
        public Want {
            demandTopic(topic);
        }
    }

    /** "No longer." */
    record Unwant(String topic) implements DirectFrame {
        public Unwant {
            demandTopic(topic);
        }
    }

    /** What was said on a topic. Takes the payload as its own: nobody changes it afterwards. Equal by content. */
    @SuppressWarnings("ArrayRecordComponent") // a copy of each of them would be half the work of a link
    record Message(String topic, boolean urgent, byte[] payload) implements DirectFrame {
        /** What a frame has besides topic and payload: kind, flags, length of the topic. */
        public static final int OVERHEAD_BYTES = 3;

        public Message {
            String problem = problemOf(topic, payload.length);
            if (problem != null) {
                throw new IllegalArgumentException(problem);
            }
        }

        /** Why this cannot be a message, or null. */
        public static String problemOf(String topic, int payloadBytes) {
            String problem = problemOfTopic(topic);
            if (problem != null) {
                return problem;
            }
            int most = Limits.DIRECT_FRAME_BYTES - OVERHEAD_BYTES - topic.getBytes(StandardCharsets.UTF_8).length;
            return payloadBytes <= most
                    ? null
                    : "The message has " + payloadBytes + " bytes; on this topic " + most
                            + " fit into a frame. Send it in parts.";
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Message that
                    && topic.equals(that.topic)
                    && urgent == that.urgent
                    && Arrays.equals(payload, that.payload);
        }

        @Override
        public int hashCode() {
            return topic.hashCode() + Arrays.hashCode(payload);
        }

        @Override
        public String toString() {
            return "Message[" + topic + (urgent ? ", urgent, " : ", ") + payload.length + " bytes]";
        }
    }

    /** "Are you there?" */
    record Ping(long number) implements DirectFrame {}

    /** "Yes", with the number of the question. */
    record Pong(long number) implements DirectFrame {}

    /**
     * "I say nothing more", last of all.
     *
     * @param code see docs/protocol-peers.md; a newer one may be unknown
     * @param text for a person, at most {@value #TEXT_BYTES} bytes
     */
    record Bye(int code, String text) implements DirectFrame {
        public static final int TEXT_BYTES = 256;

        public static final int CLOSING = 1;
        public static final int REPLACED = 2;
        public static final int OVERFLOW = 3;
        public static final int UPGRADE_NEEDED = 4;
        public static final int BAD_FRAMES = 5;
        public static final int FULL = 6;
        public static final int FORSAKEN = 7;

        public Bye {
            if (code < 0 || code > 255 || !isReadable(text)) {
                throw new IllegalArgumentException(
                        "A goodbye has a code in one byte, and a readable text of at most " + TEXT_BYTES + " bytes.");
            }
        }

        private static boolean isReadable(String text) {
            return text.chars().noneMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))
                    && text.getBytes(StandardCharsets.UTF_8).length <= TEXT_BYTES;
        }
    }

    /** A kind of frame that a newer sidecar sends and that may be missed without harm. */
    record Unknown(int kind) implements DirectFrame {}

    private static void demandTopic(String topic) {
        String problem = problemOfTopic(topic);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    /** One method for each kind. */
    interface Handler<T> {
        T hello(Hello frame);

        T ready(Ready frame);

        T want(Want frame);

        T unwant(Unwant frame);

        T message(Message frame);

        T ping(Ping frame);

        T pong(Pong frame);

        T bye(Bye frame);

        T unknown(Unknown frame);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Message message) {
            return handler.message(message);
        }
        if (this instanceof Hello hello) {
            return handler.hello(hello);
        }
        if (this instanceof Ready ready) {
            return handler.ready(ready);
        }
        if (this instanceof Want want) {
            return handler.want(want);
        }
        if (this instanceof Unwant unwant) {
            return handler.unwant(unwant);
        }
        if (this instanceof Ping ping) {
            return handler.ping(ping);
        }
        if (this instanceof Pong pong) {
            return handler.pong(pong);
        }
        if (this instanceof Bye bye) {
            return handler.bye(bye);
        }
        return handler.unknown((Unknown) this);
    }
}
