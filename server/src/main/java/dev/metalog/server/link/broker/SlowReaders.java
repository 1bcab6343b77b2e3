package dev.metalog.server.link.broker;

import dev.metalog.server.link.LinkLimits;
import java.util.List;
import java.util.Objects;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.core.postoffice.QueueBinding;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.Consumer;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a reader who does not keep up harms only itself. What waits for all readers shares one bound, and once
 * that is reached Artemis drops everybody's messages; so whoever has too many bytes waiting is disconnected, which frees
 * them, and comes back to catch up with its peers by itself. What waits for a session whose client is away is dropped.
 */
final class SlowReaders implements Runnable {
    static final long PERIOD_MILLIS = 100;
    private static final Logger LOGGER = LoggerFactory.getLogger(SlowReaders.class);

    private final ActiveMQServer server;

    SlowReaders(ActiveMQServer server) {
        this.server = server;
    }

    @Override
    public void run() {
        try {
            look();
        } catch (RuntimeException | LinkageError e) {
            // What a scheduled task throws ends its schedule without a word.
            LOGGER.error("Looking for slow readers failed.", e);
        }
    }

    private void look() {
        if (server.getPagingManager().getGlobalSize() < LinkLimits.BROKER_READER_BYTES) {
            return;
        }
        List<Queue> full = server.getPostOffice()
                .getAllBindings()
                .filter(QueueBinding.class::isInstance)
                .map(binding -> ((QueueBinding) binding).getQueue())
                .filter(queue -> queue.getPersistentSize() > LinkLimits.BROKER_READER_BYTES)
                .toList();
        for (Queue queue : full) {
            try {
                relieve(queue);
            } catch (Exception e) {
                // One failure may not end the schedule: the next round tries again.
                LOGGER.error("The queue {} is too full and could not be emptied.", queue.getName(), e);
            }
        }
    }

    private void relieve(Queue queue) throws Exception {
        if (queue.getConsumers().isEmpty()) {
            queue.deleteAllReferences();
        }
        for (Consumer consumer : queue.getConsumers()) {
            if (consumer instanceof ServerConsumer reader) {
                disconnect(reader.getConnectionID());
            }
        }
    }

    private void disconnect(Object connectionId) {
        for (RemotingConnection connection : server.getRemotingService().getConnections()) {
            if (Objects.equals(connection.getID(), connectionId)) {
                LOGGER.warn(
                        "Disconnecting {}, which does not read what it subscribed to.", connection.getRemoteAddress());
                server.getRemotingService().removeConnection(connectionId);
                connection.fail(new ActiveMQException("too many bytes wait for this reader"));
            }
        }
    }
}
