package dev.metalog.server.link.broker;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.BaseInterceptor;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.filter.impl.FilterImpl;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTInterceptor;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTProtocolHandler;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTProtocolManager;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTRoutingHandler;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTUtil;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyServerConnection;
import org.apache.activemq.artemis.core.server.ActiveMQComponent;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.spi.core.protocol.ConnectionEntry;
import org.apache.activemq.artemis.spi.core.protocol.ProtocolManager;
import org.apache.activemq.artemis.spi.core.protocol.ProtocolManagerFactory;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.remoting.Acceptor;
import org.apache.activemq.artemis.spi.core.remoting.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artemis' MQTT, with one packet handled at a time across all connections.
 *
 * <p>By itself Artemis handles the connections side by side, and loses messages: the first message to a new topic fills
 * the list of matching wildcard subscriptions step by step, while a second connection already sends by the unfinished
 * list; and a wildcard subscription that comes in between can miss the topic for good (WildcardAddressManager, 2.55.0).
 * Delivery to the readers is not part of it and stays parallel.
 *
 * <p>And it keeps a retained message aside at first, until another thread has time, where a subscription that comes meanwhile
 * does not look (QueueImpl, the same version): of thirty peers that started together every tenth did not hear of another
 * before that announced itself again, five minutes later. So a retained message is put in its place before the next packet.
 */
@SuppressWarnings("rawtypes") // The interface that Artemis asks for has raw types in it.
final class OneAtATime implements ProtocolManagerFactory<MQTTInterceptor> {
    private static final String MQTT = "MQTT";
    private static final String NOTHING = "FALSE";
    private static final Logger LOGGER = LoggerFactory.getLogger(OneAtATime.class);
    private static final String ONE_AT_A_TIME = "mqtt-one-at-a-time";

    private final ProtocolManagerFactory<MQTTInterceptor> mqtt;
    private final Object turn = new Object();

    private final BrokerAccess access;
    private final Executor checking;

    /** @param checking where passwords are checked */
    OneAtATime(BrokerAccess access, Executor checking) {
        this.access = access;
        this.checking = checking;
        mqtt = find();
    }

    /** By its service file: javac cannot read the class itself without OSGi's annotations. */
    @SuppressWarnings("unchecked")
    private static ProtocolManagerFactory<MQTTInterceptor> find() {
        for (ProtocolManagerFactory factory : ServiceLoader.load(ProtocolManagerFactory.class)) {
            if (List.of(factory.getProtocols()).contains(MQTT)) {
                return factory;
            }
        }
        throw new IllegalStateException(
                "Artemis' MQTT is not on the class path. If the jars were merged into one, so have to be their service"
                        + " files (META-INF/services).");
    }

    @Override
    public ProtocolManager createProtocolManager(
            ActiveMQServer server,
            Map<String, Object> parameters,
            List<BaseInterceptor> incoming,
            List<BaseInterceptor> outgoing)
            throws Exception {
        return new Manager(
                server, (MQTTProtocolManager) mqtt.createProtocolManager(server, parameters, incoming, outgoing));
    }

    @Override
    public List<MQTTInterceptor> filterInterceptors(List<BaseInterceptor> interceptors) {
        return mqtt.filterInterceptors(interceptors);
    }

    @Override
    public String[] getProtocols() {
        return mqtt.getProtocols();
    }

    @Override
    public String getModuleName() {
        return mqtt.getModuleName();
    }

    @Override
    public void loadProtocolServices(ActiveMQServer server, List<ActiveMQComponent> services) {
        mqtt.loadProtocolServices(server, services);
    }

    @Override
    public void updateProtocolServices(ActiveMQServer server, List<ActiveMQComponent> services) throws Exception {
        mqtt.updateProtocolServices(server, services);
    }

    /** Takes its turn for every packet. */
    private final class Handler extends MQTTProtocolHandler {
        private final ActiveMQServer server;

        Handler(ActiveMQServer server, MQTTProtocolManager manager) {
            super(server, manager);
            this.server = server;
        }

        @Override
        public void act(MqttMessage message) {
            synchronized (turn) {
                // Read before: the message is released by what it is handed to.
                String retainedOn = message instanceof MqttPublishMessage publish
                                && publish.fixedHeader().isRetain()
                        ? publish.variableHeader().topicName()
                        : null;
                super.act(message);
                if (retainedOn != null) {
                    putInPlace(retainedOn);
                }
            }
        }

        /** Deleting takes in what waits first, and here it finds nothing to delete. */
        private void putInPlace(String topic) {
            Queue retained = server.locateQueue(MQTTUtil.getCoreRetainAddressFromMqttTopic(
                    topic, server.getConfiguration().getWildcardConfiguration()));
            if (retained == null) {
                return;
            }
            try {
                retained.deleteMatchingReferences(FilterImpl.createFilter(NOTHING));
            } catch (Exception e) {
                LOGGER.error("Who subscribes to {} now may not be sent what is retained there.", topic, e);
            }
        }
    }

    /** Artemis' own manager, but for the handler it puts into a connection. */
    private final class Manager implements ProtocolManager<MQTTInterceptor, MQTTRoutingHandler> {
        private final ActiveMQServer server;
        private final MQTTProtocolManager manager;

        Manager(ActiveMQServer server, MQTTProtocolManager manager) {
            this.server = server;
            this.manager = manager;
        }

        @Override
        public void addChannelHandlers(ChannelPipeline pipeline) {
            manager.addChannelHandlers(pipeline);
            pipeline.replace(MQTTProtocolHandler.class, ONE_AT_A_TIME, new Handler(server, manager));
            if (access.isGuarded()) {
                pipeline.addBefore(ONE_AT_A_TIME, "doorkeeper", new Doorkeeper(access.users(), checking));
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        public ProtocolManagerFactory<MQTTInterceptor> getFactory() {
            return manager.getFactory();
        }

        @Override
        public void updateInterceptors(List<BaseInterceptor> incoming, List<BaseInterceptor> outgoing) {
            manager.updateInterceptors(incoming, outgoing);
        }

        @Override
        public ConnectionEntry createConnectionEntry(Acceptor acceptor, Connection connection) {
            return manager.createConnectionEntry(acceptor, connection);
        }

        @Override
        public void removeHandler(String name) {
            manager.removeHandler(name);
        }

        @Override
        public void handleBuffer(RemotingConnection connection, ActiveMQBuffer buffer) {
            manager.handleBuffer(connection, buffer);
        }

        @Override
        public boolean isProtocol(byte[] start) {
            return manager.isProtocol(start);
        }

        @Override
        public boolean acceptsNoHandshake() {
            return manager.acceptsNoHandshake();
        }

        @Override
        public void handshake(NettyServerConnection connection, ActiveMQBuffer buffer) {
            manager.handshake(connection, buffer);
        }

        @Override
        public List<String> websocketSubprotocolIdentifiers() {
            return List.of();
        }

        @Override
        public void setAnycastPrefix(String prefix) {
            manager.setAnycastPrefix(prefix);
        }

        @Override
        public void setMulticastPrefix(String prefix) {
            manager.setMulticastPrefix(prefix);
        }

        @Override
        public Map<SimpleString, RoutingType> getPrefixes() {
            return manager.getPrefixes();
        }

        @Override
        public void setSecurityDomain(String domain) {
            manager.setSecurityDomain(domain);
        }

        @Override
        public String getSecurityDomain() {
            return manager.getSecurityDomain();
        }

        @Override
        public MQTTRoutingHandler getRoutingHandler() {
            return manager.getRoutingHandler();
        }
    }
}
