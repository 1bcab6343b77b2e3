package dev.metalog.server.membership.invite;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A topic that loses, repeats, delays and reorders what is said on it, and lets everybody hear everything. */
final class Wire {
    @SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
    private record Flying(long atMillis, byte[] message) {}

    private final Random random;
    private final double loss;
    private final long mostDelayMillis;
    private final List<Flying> flying = new ArrayList<>();
    final List<byte[]> recorded = new ArrayList<>();

    Wire(Random random, double loss, long mostDelayMillis) {
        this.random = random;
        this.loss = loss;
        this.mostDelayMillis = mostDelayMillis;
    }

    void say(List<byte[]> messages, long nowMillis) {
        for (byte[] message : messages) {
            recorded.add(message.clone());
            while (random.nextDouble() >= loss) {
                long delay = mostDelayMillis == 0 ? 0 : random.nextInt((int) mostDelayMillis);
                flying.add(new Flying(nowMillis + delay, message.clone()));
                if (random.nextInt(4) != 0) {
                    break;
                }
            }
        }
    }

    /** What arrives now. */
    List<byte[]> arriving(long nowMillis) {
        List<byte[]> arriving = new ArrayList<>();
        flying.removeIf(each -> each.atMillis() <= nowMillis && arriving.add(each.message()));
        return arriving;
    }
}
