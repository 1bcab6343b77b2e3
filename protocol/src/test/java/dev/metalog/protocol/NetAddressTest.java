package dev.metalog.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetAddressTest {
    @Test
    void anyAddressHasOneTextAndItsBytes() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[i % 2 == 0 ? 4 : 16];
            random.nextBytes(bytes);
            bytes[0] = (byte) (1 + random.nextInt(200));
            NetAddress address = NetAddress.of(bytes, 1_024 + random.nextInt(60_000));
            assertThat(address.hostBytes()).isEqualTo(bytes);
            assertThat(new NetAddress(address.host(), address.port())).isEqualTo(address);
        }
        assertThat(new NetAddress("192.0.2.7", 4_711)).hasToString("192.0.2.7:4711");
        assertThat(new NetAddress("2001:db8:0:0:0:0:0:7", 4_711)).hasToString("[2001:db8:0:0:0:0:0:7]:4711");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "example.org",
                "192.0.2",
                "192.0.2.256",
                "192.0.2.07",
                "1.2.3.4.5",
                "0.0.0.0",
                "0.1.2.3",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "2001:db8::7",
                "0:0:0:0:0:0:0:0",
                "ff02:0:0:0:0:0:0:1",
                "fe80:0:0:0:0:0:0:1%eth0",
                "2001:DB8:0:0:0:0:0:7",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "01:2:3:4:5:6:7:8"
            })
    void whatIsNoAddressOrNobodysIsRefused(String host) {
        assertThatIllegalArgumentException().isThrownBy(() -> new NetAddress(host, 4_711));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 22, 1_023, 65_536})
    void portsOfTheSystemAreRefused(int port) {
        assertThatIllegalArgumentException().isThrownBy(() -> new NetAddress("192.0.2.7", port));
    }
}
