package dev.metalog.server.link.lan;

import dev.metalog.server.link.LinkLimits;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** The thread that sees and shows beacons, with its two groups. A network that has no IPv6 is none the worse for it. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is tried again, or passes
final class Watch {
    private static final byte[] IPV4_GROUP = {(byte) 224, 0, 0, (byte) 251};
    private static final byte[] IPV6_GROUP = {(byte) 0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xfb};

    private final BeaconListener listener;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("meta-log-lan", true), NioIoHandler.newFactory());
    private final Interfaces interfaces;
    private final Group ipv4;
    private final Group ipv6;
    private byte[] shown;
    private boolean unavailableTold;

    Watch(boolean loopbackOnly, int port, Sieve sieve, BeaconListener listener) {
        this.listener = listener;
        interfaces = new Interfaces(loopbackOnly);
        ipv4 = new Group(
                SocketProtocolFamily.INET,
                Inet4Address.class,
                IPV4_GROUP,
                port,
                interfaces,
                sieve,
                this::seen,
                this::settled);
        ipv6 = new Group(
                SocketProtocolFamily.INET6,
                Inet6Address.class,
                IPV6_GROUP,
                port,
                interfaces,
                sieve,
                this::seen,
                this::settled);
        execute(this::lookAgainAndAgain);
    }

    /** Any thread. */
    void execute(Runnable task) {
        if (!loop.isShuttingDown()) {
            loop.execute(task);
        }
    }

    private void lookAgainAndAgain() {
        look();
        loop.schedule(this::lookAgainAndAgain, LinkLimits.LAN_LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        interfaces.look();
        ipv4.look(loop);
        ipv6.look(loop);
    }

    private void settled() {
        if (ipv4.isOpening() || ipv6.isOpening()) {
            return;
        }
        if (shown != null) {
            showAll(shown, false);
        }
        if (ipv4.interfaces() + ipv6.interfaces() == 0 && !unavailableTold) {
            unavailableTold = true;
            Throwable problem = ipv4.problem();
            String why =
                    problem == null ? "no network interface carries multicast" : String.valueOf(problem.getMessage());
            listener.unavailable("Peers on this network are not found by multicast DNS for now: " + why
                    + ". It is tried again; brokers, and links that are up, are not affected.");
        }
    }

    private void seen(byte[] beacon) {
        if (!Arrays.equals(beacon, shown)) {
            listener.seen(beacon);
        }
    }

    void show(byte[] beacon) {
        look();
        if (shown != null && !Arrays.equals(shown, beacon)) {
            showAll(shown, true);
        }
        shown = beacon;
        showAll(beacon, false);
    }

    private void showAll(byte[] beacon, boolean gone) {
        ipv4.show(beacon, gone);
        ipv6.show(beacon, gone);
    }

    /** Any thread. */
    void close() {
        execute(() -> {
            if (shown != null) {
                showAll(shown, true);
            }
            ipv4.close();
            ipv6.close();
            loop.shutdownGracefully(0, LinkLimits.LAN_CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        });
        loop.terminationFuture().awaitUninterruptibly(LinkLimits.LAN_CLOSE_TIMEOUT.toMillis());
    }
}
