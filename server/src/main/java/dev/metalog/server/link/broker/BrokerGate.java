package dev.metalog.server.link.broker;

import dev.metalog.server.link.LinkLimits;
import dev.metalog.server.link.PacketWalk;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What one connection to the embedded broker may send, judged on the raw bytes before Artemis sees any.
 *
 * <p>It follows the framing of MQTT only (a type byte, a length of one to four bytes, that many bytes; MQTT 3.1.1,
 * section 2.2) and hangs up on: a connection too many, of all or of
 * one address that has not proved who it is; no CONNECT within the time; a first packet that is not CONNECT
 * (HTTP and Artemis' own protocol among them); a packet above the bound, as soon as its length is announced.
 */
final class BrokerGate extends ChannelInboundHandlerAdapter {
    private static final int CONNECT = 0x10;

    /** The number of connections that are open, and of those of each address that are not known yet. */
    static final class Places {
        private final int unprovenOfOne;
        private int free;
        private final Map<InetAddress, Integer> unproven = new HashMap<>();

        /**
         * @param count how many may be open
         * @param unprovenOfOne how many of them one address may have without having proved who it is
         */
        Places(int count, int unprovenOfOne) {
            free = count;
            this.unprovenOfOne = unprovenOfOne;
        }

        private synchronized boolean take(InetAddress from) {
            if (free == 0 || unproven.getOrDefault(from, 0) >= unprovenOfOne) {
                return false;
            }
            free--;
            unproven.merge(from, 1, Integer::sum);
            return true;
        }

        private synchronized void prove(InetAddress from) {
            unproven.computeIfPresent(from, (address, count) -> count == 1 ? null : count - 1);
        }

        private synchronized void giveBack() {
            free++;
        }
    }

    private final Places places;
    private boolean seated;
    private boolean unproven;
    private InetAddress from;
    private boolean typeSeen;
    private boolean connectSeen;
    private Future<?> deadline;
    private final PacketWalk walk = new PacketWalk(LinkLimits.PACKET_BYTES);

    BrokerGate(Places places) {
        this.places = places;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        from = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
        seated = places.take(from);
        unproven = seated;
        if (!seated) {
            hangUp(ctx);
            return;
        }
        deadline = ctx.executor()
                .schedule(
                        () -> hangUp(ctx), LinkLimits.BROKER_CONNECT_PACKET_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (seated) {
            seated = false;
            known();
            places.giveBack();
            deadline.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!seated || (message instanceof ByteBuf bytes && !follows(bytes))) {
            ReferenceCountUtil.release(message);
            hangUp(ctx);
            return;
        }
        ctx.fireChannelRead(message);
    }

    /** Whoever is at the other end has proved who they are. */
    void known() {
        if (unproven) {
            unproven = false;
            places.prove(from);
        }
    }

    private static void hangUp(ChannelHandlerContext ctx) {
        // Nobody waits for it: channelInactive follows.
        var unused = ctx.close();
    }

    /** Looks at these bytes without consuming them; false when the connection has to end. */
    private boolean follows(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            at += walk.skipBody(end - at);
            noteConnect();
            if (at < end) {
                int value = bytes.getUnsignedByte(at++);
                if ((!typeSeen && value != CONNECT) || !walk.step(value)) {
                    return false;
                }
                typeSeen = true;
            }
        }
        noteConnect();
        return true;
    }

    private void noteConnect() {
        if (typeSeen && !connectSeen && walk.atStart()) {
            connectSeen = true;
            deadline.cancel(false);
        }
    }
}
