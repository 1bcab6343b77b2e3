package dev.metalog.server.link.broker;

import dev.metalog.server.link.LinkLimits;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/**
 * An MQTT 3.1.1 and 5 broker in memory: Apache Artemis behind a socket of our own.
 *
 * <p>Artemis can also listen by itself, but then it reads a packet of up to 256 MiB before it looks at its size, and
 * answers HTTP and WebSocket on the same port, so that a web page could reach the loopback broker through a person's
 * browser. Its acceptor has an official door for connections accepted elsewhere ("HTTP upgrade"), and this class uses
 * it: every connection passes {@link BrokerGate} first. Binding first also tells a taken port before Artemis is loaded.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String ACCEPTOR = "mqtt";
    private static final int MOST_PACKET_IDS = 65_535;

    private final EventLoopGroup loops;
    private final Channel listening;
    private final ActiveMQServer server;

    private final ExecutorService checking;

    private EmbeddedBroker(EventLoopGroup loops, Channel listening, ActiveMQServer server, ExecutorService checking) {
        this.checking = checking;
        this.loops = loops;
        this.listening = listening;
        this.server = server;
    }

    /**
     * Starts a broker and returns when it serves.
     *
     * @param host the address to listen on
     * @param port the wanted port, or 0 for any free one
     * @param access who may come in
     * @throws IllegalArgumentException when others than this machine could reach it and it is not guarded
     * @throws java.net.BindException when the port is taken
     * @throws IOException when the broker does not start for another reason
     */
    public static EmbeddedBroker start(InetAddress host, int port, BrokerAccess access) throws IOException {
        if (!host.isLoopbackAddress() && !access.isGuarded()) {
            throw new IllegalArgumentException("A broker that others can reach needs users and TLS.");
        }
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        Acceptance acceptance = new Acceptance(access);
        ExecutorService checking = newChecking();
        try {
            Channel listening = listen(loops, acceptance, new InetSocketAddress(host, port));
            ActiveMQServer server = startArtemis(acceptance, access, checking);
            listening.config().setAutoRead(true);
            return new EmbeddedBroker(loops, listening, server, checking);
        } catch (IOException | RuntimeException e) {
            checking.shutdownNow();
            var unused = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
    }

    /** One thread, since each connection has one password checked; more than there are places never wait. */
    private static ExecutorService newChecking() {
        return new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(LinkLimits.BROKER_CONNECTIONS), work -> {
                    Thread thread = new Thread(work, "broker-passwords");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    private static Channel listen(EventLoopGroup loops, Acceptance acceptance, InetSocketAddress address)
            throws IOException {
        // Not reading yet: who connects early waits in the kernel's queue until Artemis is up.
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.SO_BACKLOG, LinkLimits.BROKER_CONNECTIONS)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(acceptance)
                .bind(address)
                .awaitUninterruptibly();
        if (bound.cause() instanceof IOException refused) {
            throw refused;
        }
        return bound.syncUninterruptibly().channel();
    }

    private static ActiveMQServer startArtemis(Acceptance acceptance, BrokerAccess access, Executor checking)
            throws IOException {
        ActiveMQServer server = new ActiveMQServerImpl(configuration(), null, null);
        try {
            server.addProtocolManagerFactory(new OneAtATime(access, checking));
            server.start();
            if (!server.isActive()) {
                throw new IOException("Artemis did not become active; its own log line above says why.");
            }
            server.getManagementService().enableNotifications(false);
            server.getRemotingService().addIncomingInterceptor(new PublishRules(server, access.isGuarded()));
            var unused = server.getScheduledPool()
                    .scheduleWithFixedDelay(
                            new SlowReaders(server),
                            SlowReaders.PERIOD_MILLIS,
                            SlowReaders.PERIOD_MILLIS,
                            TimeUnit.MILLISECONDS);
            acceptance.acceptor = (NettyAcceptor) server.getRemotingService().getAcceptor(ACCEPTOR);
            return server;
        } catch (Exception e) {
            throw new IOException("The embedded broker did not start: " + e.getMessage(), e);
        }
    }

    private static Configuration configuration() {
        Map<String, Object> transport = new HashMap<>();
        transport.put(TransportConstants.PROTOCOLS_PROP_NAME, "MQTT");
        transport.put(TransportConstants.HTTP_UPGRADE_ENABLED_PROP_NAME, true);
        transport.put(TransportConstants.USE_EPOLL_PROP_NAME, false);
        transport.put(TransportConstants.USE_KQUEUE_PROP_NAME, false);
        transport.put(TransportConstants.REMOTING_THREADS_PROPNAME, 1);
        transport.put(TransportConstants.DIRECT_DELIVER, true);
        Map<String, Object> mqtt = new HashMap<>();
        mqtt.put("maximumPacketSize", LinkLimits.PACKET_BYTES);
        // Without aliases every message names its topic, and PublishRules can judge it.
        mqtt.put("topicAliasMaximum", 0);
        mqtt.put("receiveMaximum", LinkLimits.WINDOW);
        // All subscriptions of a reader share this bound, and an acknowledgement wakes only its own: those that had to
        // wait for
        // another slept until their next message. So nobody may reach it; a reader is held back by its connection.
        mqtt.put("defaultMaximumInFlightPublishMessages", MOST_PACKET_IDS);
        // A session whose client has gone is of no use to us: peers catch up by version vector.
        mqtt.put("defaultMqttSessionExpiryInterval", 60);
        return new ConfigurationImpl()
                .setName("meta-log")
                .setResolveProtocols(false)
                .setPersistenceEnabled(false)
                .setJournalType(JournalType.NIO)
                .setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                .setMessageCounterEnabled(false)
                // Management by message is switched on by its address alone, so its address is one nobody can know.
                .setManagementAddress(SimpleString.of("off." + UUID.randomUUID()))
                .setThreadPoolMaxSize(16)
                .setScheduledThreadPoolMaxSize(2)
                .setGlobalMaxSize(LinkLimits.BROKER_BYTES)
                .addAddressSetting(
                        "#",
                        new AddressSettings()
                                .setAddressFullMessagePolicy(AddressFullMessagePolicy.DROP)
                                .setDefaultRingSize(LinkLimits.BROKER_QUEUE_MESSAGES)
                                .setMaxDeliveryAttempts(-1)
                                .setAutoDeleteAddresses(true)
                                .setAutoDeleteQueues(true))
                .addAcceptorConfiguration(
                        new TransportConfiguration(NettyAcceptorFactory.class.getName(), transport, ACCEPTOR, mqtt));
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    @Override
    public void close() throws IOException {
        listening.close().awaitUninterruptibly();
        checking.shutdownNow();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("The embedded broker did not stop cleanly: " + e.getMessage(), e);
        } finally {
            var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        }
    }

    /** Puts our gate before whatever Artemis adds; the acceptor is known before the first connection is read. */
    private static final class Acceptance extends ChannelInitializer<Channel> {
        private final BrokerAccess access;
        private final BrokerGate.Places places;
        private volatile NettyAcceptor acceptor;

        Acceptance(BrokerAccess access) {
            this.access = access;
            // On one machine all have one address, and eight silent connections would shut the others out.
            places = new BrokerGate.Places(
                    LinkLimits.BROKER_CONNECTIONS,
                    access.isGuarded() ? LinkLimits.BROKER_UNPROVEN_OF_ONE : LinkLimits.BROKER_CONNECTIONS);
        }

        @Override
        protected void initChannel(Channel channel) {
            if (access.isGuarded()) {
                channel.pipeline().addLast(access.tls().newHandler(channel.alloc()));
            }
            channel.pipeline().addLast(new BrokerGate(places));
            acceptor.transfer(channel);
        }
    }
}
