package dev.metalog.server.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Invitation;
import dev.metalog.server.link.BrokerProcess;
import dev.metalog.server.link.DownReason;
import dev.metalog.server.link.RelayLink;
import dev.metalog.server.link.RelayListener;
import dev.metalog.server.link.RelaySettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WritersTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int WORDS = 40;

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static Invitation invitation(int number, String broker) {
        return new Invitation(DocumentId.fromRandom(random(16)), random(32), broker, new DocumentPath(number + ".txt"));
    }

    @Test
    @Timeout(90)
    void eachWordIsOneMessageAtTheBroker() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(0)) {
            List<Invitation> invitations = new ArrayList<>();
            for (int number = 0; number < 5; number++) {
                invitations.add(invitation(number, broker.address().url()));
            }
            Listener listener = new Listener();
            RelayLink link = new RelayLink(RelaySettings.of(broker.address()), listener);
            link.subscribe("ml/1/+");
            link.start();
            assertThat(listener.up.await(30, TimeUnit.SECONDS)).isTrue();
            try (Writers writers = new Writers(broker.address(), "writers-test", WritersTest::random, 2, invitations)) {
                writers.start();
                assertThat(writers.write(WORDS, 1)).isEqualTo(WORDS);
                assertThat(listener.messages.await(30, TimeUnit.SECONDS)).isTrue();
            } finally {
                link.close(Duration.ofSeconds(1));
            }
        }
    }

    /** Hears the hellos of five documents as well. */
    private static final class Listener implements RelayListener {
        private final CountDownLatch up = new CountDownLatch(1);
        private final CountDownLatch messages = new CountDownLatch(WORDS + 5);

        @Override
        public void up(String brokerUrl) {
            up.countDown();
        }

        @Override
        public void down(String brokerUrl, DownReason reason, String explanation) {}

        @Override
        public void message(String topic, byte[] payload, boolean retained) {
            messages.countDown();
        }

        @Override
        public void acknowledged(long token) {}

        @Override
        public void refused(long token, String explanation) {}

        @Override
        public void subscriptionRefused(String filter, String explanation) {}
    }
}
