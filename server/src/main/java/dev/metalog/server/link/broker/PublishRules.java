package dev.metalog.server.link.broker;

import dev.metalog.server.link.LinkLimits;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTInterceptor;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTUtil;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * What may be published through the embedded broker. MQTT 3.1.1 has no way to refuse a message, so a client that breaks
 * a rule is disconnected: topics are at most 160 bytes, never under {@code $}, the broker's own names, and without backslash,
 * which Artemis doubles on the way; a retained message has at most 4 KiB, and there are at most 1,024 of them.
 * Where others than this machine's person come in, retained messages are announcements only.
 */
final class PublishRules implements MQTTInterceptor {
    private final ActiveMQServer server;
    private static final Pattern ANNOUNCEMENT = Pattern.compile("(.*/)?peers/announce/[^/]+");

    private final boolean announcementsOnly;
    private final Set<String> retained = new HashSet<>();

    PublishRules(ActiveMQServer server, boolean announcementsOnly) {
        this.announcementsOnly = announcementsOnly;
        this.server = server;
    }

    @Override
    public boolean intercept(MqttMessage message, RemotingConnection connection) {
        if (!(message instanceof MqttPublishMessage publish)) {
            return true;
        }
        String topic = publish.variableHeader().topicName();
        if (topic.startsWith("$")
                || topic.indexOf('\\') >= 0
                || topic.getBytes(StandardCharsets.UTF_8).length > LinkLimits.TOPIC_BYTES) {
            return false;
        }
        int bytes = publish.payload().readableBytes();
        return !publish.fixedHeader().isRetain() || bytes == 0 || mayRetain(topic, bytes);
    }

    private synchronized boolean mayRetain(String topic, int bytes) {
        if (bytes > LinkLimits.BROKER_RETAINED_BYTES
                || (announcementsOnly && !ANNOUNCEMENT.matcher(topic).matches())) {
            return false;
        }
        if (retained.contains(topic)) {
            return true;
        }
        if (retained.size() >= LinkLimits.BROKER_RETAINED_TOPICS) {
            // Wills clear topics without passing here, so the broker itself is asked which ones are still held.
            retained.removeIf(held -> !isHeld(held));
        }
        return retained.size() < LinkLimits.BROKER_RETAINED_TOPICS && retained.add(topic);
    }

    private boolean isHeld(String topic) {
        Queue queue = server.locateQueue(MQTTUtil.getCoreRetainAddressFromMqttTopic(
                topic, server.getConfiguration().getWildcardConfiguration()));
        return queue != null && queue.getMessageCount() > 0;
    }
}
