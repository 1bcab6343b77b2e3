package dev.metalog.server.link;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Sends 256 bytes at a time, one after the other, and notes how long each took to its reader. */
final class LatencyMeter implements RelayListener {
    private static final int PAYLOAD_BYTES = 256;

    private final BlockingQueue<Long> arrivals = new ArrayBlockingQueue<>(16);
    private final long[] nanos = new long[100_000];
    private int count;
    private volatile boolean up;

    boolean isUp() {
        return up;
    }

    void sendAndAwait(RelayLink writer, String topic, long token) {
        byte[] payload = new byte[PAYLOAD_BYTES];
        ByteBuffer.wrap(payload).putLong(System.nanoTime());
        writer.publish(topic, payload, 1, false, token);
        try {
            Long took = arrivals.poll(10, TimeUnit.SECONDS);
            if (took == null) {
                throw new AssertionError("message " + token + " did not arrive");
            }
            nanos[count++] = took;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    long percentileMicros(int warmup, int percent) {
        long[] sorted = Arrays.copyOfRange(nanos, warmup, count);
        Arrays.sort(sorted);
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1_000;
    }

    String summary(int warmup) {
        return "publish to deliver, 256 B, QoS 1, " + (count - warmup) + " messages: p50 "
                + percentileMicros(warmup, 50) + " µs, p99 " + percentileMicros(warmup, 99) + " µs";
    }

    @Override
    public void up(String brokerUrl) {
        up = true;
    }

    @Override
    public void down(String brokerUrl, DownReason reason, String explanation) {
        up = false;
    }

    @Override
    public void message(String topic, byte[] payload, boolean retained) {
        arrivals.add(System.nanoTime() - ByteBuffer.wrap(payload).getLong());
    }

    @Override
    public void acknowledged(long token) {}

    @Override
    public void refused(long token, String explanation) {
        throw new AssertionError(explanation);
    }

    @Override
    public void subscriptionRefused(String filter, String explanation) {
        throw new AssertionError(explanation);
    }
}
