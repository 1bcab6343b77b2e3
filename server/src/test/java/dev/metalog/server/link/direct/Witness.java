package dev.metalog.server.link.direct;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/** A listener that writes down what it hears, and may be held up. */
final class Witness implements DirectListener {
    record Up(RemoteDevice who, DirectAddress where, boolean dialled) {}

    record Down(RemoteDevice who, DirectDown reason, String explanation) {}

    record Message(RemoteDevice from, String topic, String text) {}

    record Refused(DirectAddress where, DirectDown reason, String explanation) {}

    final Queue<Up> ups = new ConcurrentLinkedQueue<>();
    final Queue<Down> downs = new ConcurrentLinkedQueue<>();
    final Queue<Message> messages = new ConcurrentLinkedQueue<>();
    final Queue<Refused> refusals = new ConcurrentLinkedQueue<>();
    final Queue<Long> settled = new ConcurrentLinkedQueue<>();
    final Queue<Long> proved = new ConcurrentLinkedQueue<>();
    final Queue<Long> unproved = new ConcurrentLinkedQueue<>();
    volatile List<DirectAddress> addresses;
    /** Whether each message makes it throw, once it was written down. */
    volatile boolean failing;
    /** A message takes one; tests that hold a witness up drain it. */
    final Semaphore mayHear = new Semaphore(1 << 30);

    @Override
    public void listening(List<DirectAddress> addresses) {
        this.addresses = addresses;
    }

    @Override
    public void up(RemoteDevice who, DirectAddress where, boolean dialled) {
        ups.add(new Up(who, where, dialled));
    }

    @Override
    public void down(RemoteDevice who, DirectDown reason, String explanation) {
        downs.add(new Down(who, reason, explanation));
    }

    @Override
    public void message(RemoteDevice from, String topic, byte[] payload) {
        mayHear.acquireUninterruptibly();
        messages.add(new Message(from, topic, new String(payload, StandardCharsets.UTF_8)));
        if (failing) {
            throw new AssertionError("thrown by the test");
        }
    }

    @Override
    public boolean messageAtOnce(RemoteDevice from, String topic, byte[] payload) {
        boolean taken = mayHear.tryAcquire();
        if (taken) {
            messages.add(new Message(from, topic, new String(payload, StandardCharsets.UTF_8)));
        }
        return taken;
    }

    @Override
    public void settled(long token) {
        settled.add(token);
    }

    @Override
    public void proved(long token) {
        proved.add(token);
    }

    @Override
    public void unproved(long token) {
        unproved.add(token);
    }

    @Override
    public void refused(DirectAddress where, DirectDown reason, String explanation) {
        refusals.add(new Refused(where, reason, explanation));
    }

    List<String> texts() {
        return messages.stream().map(Message::text).toList();
    }

    List<DirectDown> refusalReasons() {
        return refusals.stream().map(Refused::reason).toList();
    }

    List<DirectDown> downReasons() {
        return downs.stream().map(Down::reason).toList();
    }

    void awaitUp(int times) {
        awaitThat("up " + times + " times", () -> ups.size() >= times);
    }

    void awaitRefused(DirectDown reason) {
        awaitThat("refused for " + reason, () -> refusalReasons().contains(reason));
    }

    void awaitDown(DirectDown reason) {
        awaitThat("down for " + reason, () -> downReasons().contains(reason));
    }

    void awaitThat(String what, Callable<Boolean> condition) {
        try {
            await(what)
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(5))
                    .pollDelay(Duration.ZERO)
                    .until(condition);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(what + ": ups " + ups + ", downs " + downs + ", refusals " + refusals, e);
        }
    }
}
