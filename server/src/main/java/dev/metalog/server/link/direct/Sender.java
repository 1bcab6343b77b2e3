package dev.metalog.server.link.direct;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Writes what waits for one link as fast as the other end takes it. Of the network's thread, but for what says otherwise. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails ends its connection, which is heard of in Link
final class Sender {
    private final Network network;
    private final Outgoing outgoing;
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicLong bytesOut = new AtomicLong();
    private final AtomicLong framesOut = new AtomicLong();
    /** Null while TLS is not agreed on. */
    private ChannelHandlerContext context;

    Sender(Network network) {
        this.network = network;
        outgoing = new Outgoing(network.tallies().sending());
    }

    /** Frames may be written from here on. */
    void open(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /** Takes a message; false when it has no room. Any thread. */
    boolean offer(byte[] frame, boolean urgent) {
        boolean taken = outgoing.offer(frame, urgent);
        if (taken) {
            wake();
        }
        return taken;
    }

    /** Takes a frame about the link itself; false when it has no room. */
    boolean offerControl(byte[] frame) {
        boolean taken = outgoing.offerControl(frame);
        if (taken) {
            wake();
        }
        return taken;
    }

    /** However many frames come in a burst, they are written, and flushed, in one go. */
    private void wake() {
        if (draining.compareAndSet(false, true)) {
            network.execute(this::drain);
        }
    }

    void drain() {
        draining.set(false);
        if (context == null) {
            return;
        }
        long written = 0;
        List<byte[]> frames = new ArrayList<>();
        while (context.channel().isWritable()) {
            byte[] frame = outgoing.poll();
            if (frame == null) {
                break;
            }
            context.write(Unpooled.wrappedBuffer(frame));
            written += frame.length;
            frames.add(frame);
        }
        if (written > 0) {
            bytesOut.addAndGet(written);
            framesOut.addAndGet(frames.size());
            context.flush();
            // Not before: whoever waits for that wakes a thread, and nobody waits for that thread.
            frames.forEach(network.settlements()::done);
        }
    }

    /** Takes nothing more but this last frame; what waits goes over to the other. False when it has no room there. */
    boolean endWith(byte[] last, Sender successor) {
        boolean taken = outgoing.endWith(last, successor.outgoing);
        settleDropped();
        successor.wake();
        wake();
        return taken;
    }

    /** Takes nothing more and throws away what waits. */
    void end() {
        outgoing.end();
        settleDropped();
    }

    private void settleDropped() {
        outgoing.takeDropped().forEach(network.settlements()::done);
    }

    /** Any thread. */
    int messages() {
        return outgoing.messages();
    }

    /** Any thread. */
    int bytes() {
        return outgoing.bytes();
    }

    /** Any thread. */
    long framesOut() {
        return framesOut.get();
    }

    /** Any thread. */
    long bytesOut() {
        return bytesOut.get();
    }
}
