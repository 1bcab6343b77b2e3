package dev.metalog.server.link;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/** One end of a relay link, through a proxy that can be cut. */
final class RelayCarrier implements LinkContract.Carrier {
    private final Recorder recorder = new Recorder();
    private final Semaphore mayHear = new Semaphore(1 << 30);
    private final RelayLink link;
    private volatile boolean failing;
    private long token;

    RelayCarrier(RelayAddress broker, List<String> topics) {
        RelayListener gated = (RelayListener) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {RelayListener.class}, (proxy, method, arguments) -> {
                    boolean message = method.getName().equals("message");
                    if (message) {
                        mayHear.acquireUninterruptibly();
                    }
                    Object result = method.invoke(recorder, arguments);
                    if (failing && message) {
                        throw new AssertionError("thrown by the test");
                    }
                    return result;
                });
        link = new RelayLink(RelaySettings.of(broker), gated);
        topics.forEach(link::subscribe);
        link.start();
        recorder.awaitUp(1);
    }

    @Override
    public void want(String topic) {
        link.subscribe(topic);
    }

    @Override
    public void unwant(String topic) {
        link.unsubscribe(topic);
    }

    @Override
    public boolean say(String topic, byte[] payload) {
        token++;
        return link.publish(topic, payload, 1, false, token);
    }

    @Override
    public List<String> heard() {
        return recorder.texts();
    }

    @Override
    public int ups() {
        return recorder.ups.size();
    }

    @Override
    public List<String> downs() {
        return recorder.reasons().map(DownReason::name).toList();
    }

    @Override
    public void holdUp() {
        mayHear.drainPermits();
    }

    @Override
    public void goOn() {
        mayHear.drainPermits();
        mayHear.release(1 << 30);
    }

    @Override
    public void failFromNowOn() {
        failing = true;
    }

    @Override
    public void close() {
        link.close(Duration.ofSeconds(2));
    }
}
