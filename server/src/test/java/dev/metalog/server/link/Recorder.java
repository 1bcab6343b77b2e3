package dev.metalog.server.link;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** A listener that writes down what it hears. */
final class Recorder implements RelayListener {
    record Down(DownReason reason, String explanation) {}

    record Message(String topic, String text, boolean retained) {}

    record Refusal(long token, String explanation) {}

    record Denied(String filter, String explanation) {}

    final Queue<String> ups = new ConcurrentLinkedQueue<>();
    final Queue<Down> downs = new ConcurrentLinkedQueue<>();
    final Queue<Message> messages = new ConcurrentLinkedQueue<>();
    final Queue<Long> acknowledged = new ConcurrentLinkedQueue<>();
    final Queue<Refusal> refused = new ConcurrentLinkedQueue<>();
    final Queue<Denied> denied = new ConcurrentLinkedQueue<>();

    @Override
    public void up(String brokerUrl) {
        ups.add(brokerUrl);
    }

    @Override
    public void down(String brokerUrl, DownReason reason, String explanation) {
        downs.add(new Down(reason, explanation));
    }

    @Override
    public void message(String topic, byte[] payload, boolean retained) {
        messages.add(new Message(topic, new String(payload, StandardCharsets.UTF_8), retained));
    }

    @Override
    public void acknowledged(long token) {
        acknowledged.add(token);
    }

    @Override
    public void refused(long token, String explanation) {
        refused.add(new Refusal(token, explanation));
    }

    @Override
    public void subscriptionRefused(String filter, String explanation) {
        denied.add(new Denied(filter, explanation));
    }

    List<String> texts() {
        return messages.stream().map(Message::text).toList();
    }

    Stream<DownReason> reasons() {
        return downs.stream().map(Down::reason);
    }

    void awaitUp(int times) {
        awaitThat("up " + times + " times; heard " + downs, () -> ups.size() >= times);
    }

    void awaitDown(DownReason reason) {
        awaitThat("down for " + reason, () -> reasons().anyMatch(r -> r == reason));
    }

    static void awaitThat(String what, Callable<Boolean> condition) {
        // A Paho thread may die of an acknowledgement that arrives while its client is being thrown away.
        await(what)
                .dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .pollDelay(Duration.ZERO)
                .until(condition);
    }
}
