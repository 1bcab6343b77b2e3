package dev.metalog.server.link.direct;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The ports on which connections come in, and the addresses at which others reach them. Of the network's thread. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails ends its connection, which is heard of there
final class Listening {
    private static final System.Logger LOGGER = System.getLogger(Listening.class.getPackageName());
    private static final int BACKLOG = 128;
    /** A machine that changes to another network has other addresses. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final Network network;
    private final DirectSettings settings;
    private final ServerBootstrap servers;
    private final SideThreads threads;
    private final List<Channel> open = new ArrayList<>();
    private boolean begun;
    private boolean ended;
    private List<DirectAddress> told;

    Listening(Network network, DirectSettings settings, EventLoopGroup loop, SideThreads threads) {
        this.network = network;
        this.settings = settings;
        this.threads = threads;
        servers = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, Network.ALLOCATOR)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        network.accept(channel);
                    }
                });
    }

    void begin() {
        if (begun) {
            return;
        }
        begun = true;
        if (settings.loopbackOnly()) {
            bind(ipv4Loopback(), this::alsoOnIpv6Loopback);
        } else {
            // The address that stands for all is of IPv4 and IPv6, where the machine has both.
            bind(null, this::tellAddresses);
        }
    }

    /** @param host {@code null}: the one that stands for all */
    private void bind(InetAddress host, Runnable then) {
        int preferred = settings.preferredPort();
        bind(host, preferred == 0 ? settings.port() : preferred, then);
    }

    private void bind(InetAddress host, int port, Runnable then) {
        ChannelFuture binding = servers.bind(new InetSocketAddress(host, port));
        binding.addListener(done -> {
            if (done.isSuccess()) {
                take(binding.channel());
                then.run();
            } else if (port != settings.port()) {
                bind(host, settings.port(), then);
            } else {
                network.report(
                        new DirectAddress("localhost", Math.max(1, settings.port())),
                        new Refusal(
                                DirectDown.NOT_LISTENING,
                                "Others cannot connect to this sidecar, as the port cannot be had ("
                                        + done.cause().getMessage()
                                        + "). Set another one, or 0 for any; links that are dialled here work."));
            }
        });
    }

    private void alsoOnIpv6Loopback() {
        ChannelFuture binding = servers.bind(new InetSocketAddress(ipv6Loopback(), port()));
        binding.addListener(done -> {
            if (done.isSuccess()) {
                take(binding.channel());
            } else {
                LOGGER.log(Level.DEBUG, "No direct links over IPv6 on this machine: {0}", done.cause());
            }
            List<DirectAddress> addresses = open.stream()
                    .map(channel -> Network.addressOf(channel.localAddress()))
                    .toList();
            network.deliverListening(addresses);
        });
    }

    private void take(Channel channel) {
        if (ended) {
            channel.close();
        } else {
            open.add(channel);
        }
    }

    private int port() {
        return open.isEmpty()
                ? settings.port()
                : ((InetSocketAddress) open.get(0).localAddress()).getPort();
    }

    private void tellAddresses() {
        int port = port();
        threads.ask(() -> {
            List<DirectAddress> found = ownAddresses(port);
            network.execute(() -> {
                if (!ended && !found.equals(told)) {
                    told = found;
                    network.deliverListening(found);
                }
            });
        });
        network.schedule(LOOK_AGAIN, () -> {
            if (!ended) {
                tellAddresses();
            }
        });
    }

    /** At which others may reach this machine: none that are of it alone, or that need a scope to be understood. */
    private static List<DirectAddress> ownAddresses(int port) {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(Listening::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress()
                            && !address.isLinkLocalAddress()
                            && !address.isAnyLocalAddress()
                            && !address.isMulticastAddress())
                    .map(address -> Network.addressOf(new InetSocketAddress(address, port)))
                    .distinct()
                    .toList();
        } catch (SocketException e) {
            LOGGER.log(Level.WARNING, "The addresses of this machine cannot be found out.", e);
            return List.of();
        }
    }

    private static boolean isUp(NetworkInterface one) {
        try {
            return one.isUp();
        } catch (SocketException e) {
            return false;
        }
    }

    private static InetAddress ipv4Loopback() {
        return literal(new byte[] {127, 0, 0, 1});
    }

    private static InetAddress ipv6Loopback() {
        byte[] one = new byte[16];
        one[15] = 1;
        return literal(one);
    }

    private static InetAddress literal(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four or sixteen bytes are an address.", e);
        }
    }

    void end() {
        ended = true;
        open.forEach(Channel::close);
    }
}
