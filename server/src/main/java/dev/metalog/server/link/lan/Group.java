package dev.metalog.server.link.lan;

import dev.metalog.server.link.LinkLimits;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The multicast group of one family of addresses: one socket, which is in the group on every interface. Of one thread. */
@SuppressWarnings("FutureReturnValueIgnored") // what is not sent is shown again later
final class Group {
    private static final System.Logger LOGGER = System.getLogger(Group.class.getPackageName());
    private static final int SAME_LINK_HOPS = 255;

    private final SocketProtocolFamily family;
    private final Class<? extends InetAddress> kind;
    private final InetAddress address;
    private final int port;
    private final Interfaces interfaces;
    private final Sieve sieve;
    private final Consumer<byte[]> seen;
    private final Runnable settled;
    /** By number: one that has other addresses than before is another object, and the same interface. */
    private final Map<Integer, NetworkInterface> joined = new HashMap<>();

    private NioDatagramChannel channel;
    private boolean isOpening;
    private Throwable problem;

    /** @param settled is told when it is known whether there is a socket */
    Group(
            SocketProtocolFamily family,
            Class<? extends InetAddress> kind,
            byte[] address,
            int port,
            Interfaces interfaces,
            Sieve sieve,
            Consumer<byte[]> seen,
            Runnable settled) {
        this.family = family;
        this.kind = kind;
        this.address = literal(address);
        this.port = port;
        this.interfaces = interfaces;
        this.sieve = sieve;
        this.seen = seen;
        this.settled = settled;
    }

    /** Is in the group on all interfaces that are there now, if there is a socket; makes one if there is none. */
    void look(EventLoopGroup loop) {
        if (channel != null && channel.isActive()) {
            join();
        } else if (!isOpening) {
            isOpening = true;
            bootstrap(loop).bind(port).addListener((ChannelFuture done) -> {
                isOpening = false;
                problem = done.cause();
                if (done.isSuccess()) {
                    channel = (NioDatagramChannel) done.channel();
                    joined.clear();
                    join();
                }
                settled.run();
            });
        }
    }

    private Bootstrap bootstrap(EventLoopGroup loop) {
        return new Bootstrap()
                .group(loop)
                .channelFactory(() -> new NioDatagramChannel(family))
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.IP_MULTICAST_TTL, SAME_LINK_HOPS)
                .option(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false))
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LinkLimits.LAN_PACKET_BYTES))
                .handler(new ChannelInitializer<NioDatagramChannel>() {
                    @Override
                    protected void initChannel(NioDatagramChannel made) {
                        made.pipeline()
                                .addLast(new Filter())
                                .addLast(new DatagramDnsResponseDecoder())
                                .addLast(new DatagramDnsResponseEncoder())
                                .addLast(new Reader());
                    }
                });
    }

    private void join() {
        List<NetworkInterface> now = interfaces.with(kind);
        joined.keySet().retainAll(now.stream().map(NetworkInterface::getIndex).toList());
        for (NetworkInterface one : now) {
            NetworkInterface before = joined.put(one.getIndex(), one);
            if (!one.equals(before)) {
                join(one, before != null);
            }
        }
    }

    /** @param again whether it is mostly in the group already, and the system says so by failing */
    private void join(NetworkInterface one, boolean again) {
        channel.joinGroup(new InetSocketAddress(address, port), one).addListener(done -> {
            if (!done.isSuccess() && !again) {
                joined.remove(one.getIndex());
                problem = done.cause();
                LOGGER.log(Level.DEBUG, "No multicast on {0}: {1}", one.getName(), done.cause());
            }
        });
    }

    boolean isOpening() {
        return isOpening;
    }

    /** On how many interfaces it is seen and shown. */
    int interfaces() {
        return channel != null && channel.isActive() ? joined.size() : 0;
    }

    /** What went wrong last; {@code null}: nothing. */
    Throwable problem() {
        return problem;
    }

    /** @param gone whether to say that it is there no more */
    void show(byte[] beacon, boolean gone) {
        if (channel == null || !channel.isActive()) {
            return;
        }
        for (NetworkInterface one : joined.values()) {
            try {
                channel.config().setNetworkInterface(one);
            } catch (RuntimeException e) {
                LOGGER.log(Level.DEBUG, "The interface {0} is gone: {1}", one.getName(), e);
                continue;
            }
            // On this thread, it is handed to the system before the next interface is chosen.
            channel.writeAndFlush(BeaconRecords.packet(beacon, gone, new InetSocketAddress(address, port)));
        }
    }

    void close() {
        if (channel != null) {
            channel.close();
        }
    }

    private static InetAddress literal(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four or sixteen bytes are an address.", e);
        }
    }

    /** Only what may be about beacons, and comes from a sidecar's or a reflector's port near here, is decoded at all. */
    private final class Filter extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            boolean passes = packet.sender().getPort() == port
                    && BeaconRecords.isOfInterest(packet.content())
                    && interfaces.areNear(packet.sender().getAddress())
                    && sieve.takes(System.nanoTime());
            if (passes) {
                context.fireChannelRead(packet);
            } else {
                packet.release();
            }
        }
    }

    private final class Reader extends SimpleChannelInboundHandler<DatagramDnsResponse> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramDnsResponse response) {
            for (byte[] beacon : BeaconRecords.read(response)) {
                if (sieve.isNew(beacon, System.nanoTime())) {
                    seen.accept(beacon);
                }
            }
        }

        /** What cannot be decoded is nobody's beacon; errors of the socket come here too, and pass. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOGGER.log(Level.DEBUG, "Something on the local network is passed over: {0}", cause.toString());
        }
    }
}
