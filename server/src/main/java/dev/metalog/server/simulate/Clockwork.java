package dev.metalog.server.simulate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/** Virtual time: what is to happen when. All chance of the world comes from here, so a seed is a whole history. */
final class Clockwork {
    private record Event(long atMillis, long number, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atMillis).thenComparingLong(Event::number));
    private final Random random;
    private long nowMillis;
    private long lastNumber;
    private long hash = 0xCBF29CE484222325L;

    Clockwork(long seed) {
        random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    }

    long nowMillis() {
        return nowMillis;
    }

    void in(long delayMillis, Runnable action) {
        events.add(new Event(nowMillis + Math.max(0, delayMillis), lastNumber++, action));
    }

    /** Lets the next thing happen, unless it would be later than this. */
    boolean step(long untilMillis) {
        Event next = events.peek();
        if (next == null || next.atMillis() > untilMillis) {
            nowMillis = Math.max(nowMillis, untilMillis);
            return false;
        }
        events.poll();
        nowMillis = next.atMillis();
        next.action().run();
        return true;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    <T> T oneOf(T[] all) {
        return List.of(all).get(random.nextInt(all.length));
    }

    /** Whether something happens that does so many times in a hundred. */
    boolean chance(int percent) {
        return percent > 0 && random.nextInt(100) < percent;
    }

    long between(long least, long most) {
        return least + (long) (random.nextDouble() * (most - least + 1));
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }

    /** Adds to the trace; two runs of a seed have the same trace. */
    void trace(long value) {
        hash = (hash ^ value ^ nowMillis) * 0x100000001B3L;
    }

    long traceHash() {
        return hash;
    }
}
