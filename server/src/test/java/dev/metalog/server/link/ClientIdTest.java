package dev.metalog.server.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Another name is taken by who is thrown out again and again, and by nobody else. */
final class ClientIdTest {
    private static final long FAR_APART = ClientId.SHORT.toNanos();

    @Test
    void lossesThatAreFarApartChangeNothing() {
        ClientId id = new ClientId(new Random(1));
        String first = id.value();
        assertThat(first).matches("ml-[0-9a-f]{20}");
        // The clock of nanoseconds begins anywhere.
        long now = Long.MAX_VALUE - FAR_APART / 2;
        for (int i = 0; i < 10; i++) {
            id.lost(now);
            now += FAR_APART;
        }
        assertThat(id.value()).isEqualTo(first);
        id.lost(now - 1);
        assertThat(id.value()).isNotEqualTo(first);
    }
}
