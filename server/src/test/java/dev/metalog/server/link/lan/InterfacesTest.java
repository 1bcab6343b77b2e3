package dev.metalog.server.link.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class InterfacesTest {
    private static boolean isWithin(String own, int prefixBits, String other) throws Exception {
        return Interfaces.isWithin(
                InetAddress.getByName(own).getAddress(),
                prefixBits,
                InetAddress.getByName(other).getAddress());
    }

    @Test
    void anAddressIsOfANetworkOrNot() throws Exception {
        assertThat(isWithin("192.0.2.7", 24, "192.0.2.200")).isTrue();
        assertThat(isWithin("192.0.2.7", 24, "192.0.3.7")).isFalse();
        assertThat(isWithin("192.0.2.7", 31, "192.0.2.6")).isTrue();
        assertThat(isWithin("192.0.2.7", 32, "192.0.2.6")).isFalse();
        assertThat(isWithin("2001:db8::7", 64, "2001:db8::1:7")).isTrue();
        assertThat(isWithin("2001:db8::7", 64, "2001:db8:0:1::7")).isFalse();
        assertThat(isWithin("192.0.2.7", 0, "2001:db8::7")).isFalse();
    }

    @Test
    void withinThisMachineNobodyElseIsNear() throws Exception {
        Interfaces loopback = new Interfaces(true);
        loopback.look();
        assertThat(loopback.areNear(InetAddress.getLoopbackAddress())).isTrue();
        assertThat(loopback.areNear(InetAddress.getByName("198.51.100.77"))).isFalse();
        Interfaces others = new Interfaces(false);
        others.look();
        assertThat(others.areNear(InetAddress.getByName("198.51.100.77"))).isFalse();
        assertThat(others.areNear(InetAddress.getByName("169.254.7.7"))).isTrue();
    }
}
