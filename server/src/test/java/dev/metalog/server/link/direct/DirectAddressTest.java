package dev.metalog.server.link.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses come from others: what is dialled is what is read. */
class DirectAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:1",
                "192.168.255.254:65535",
                "[::1]:4711",
                "[2001:db8::1:2]:4711",
                "[fe80::1]:4711",
                "localhost:1",
                "my-host.example.org:80",
                "1and1.example:80",
                "xn--bcher-kva.example:80"
            })
    void isReadAndWrittenTheSame(String text) {
        assertThat(DirectAddress.parse(text)).hasToString(text);
    }

    @Test
    void namesAreInLowerCase() {
        assertThat(DirectAddress.parse("Host.Example:1")).isEqualTo(new DirectAddress("host.example", 1));
        assertThat(DirectAddress.parse("[2001:DB8::A]:1").host()).isEqualTo("2001:db8::a");
        assertThat(DirectAddress.parse("host.example:1").isLiteral()).isFalse();
        assertThat(DirectAddress.parse("10.0.0.1:1").isLiteral()).isTrue();
        assertThat(DirectAddress.parse("[::1]:1").isLiteral()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":1",
                "host",
                "host:",
                "host:0",
                "host:00080",
                "host:65536",
                "host:99999999999",
                "host:-1",
                // What some resolvers take for numbers, and what stands for all.
                "127.1:80",
                "0x7f.0.0.1:80",
                "0x7f000001:80",
                "2130706433:80",
                "017700000001:80",
                "127.0.0.01:80",
                "127.0.0.256:80",
                "0.0.0.0:80",
                "[::]:80",
                "[ff02::1]:80",
                "[::ffff:127.0.0.1]:80",
                "[fe80::1%eth0]:80",
                "[fe80::1%25eth0]:80",
                "::1:80",
                "[1:2]:80",
                "[::1]",
                "[localhost]:80",
                "a_b:80",
                "-a.example:80",
                "a-.example:80",
                "a..example:80",
                "a.example.:80",
                "user@host:80",
                "host/path:80",
                "ho st:80",
                "hös:80",
                "host\n:80"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> DirectAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLongestNameIsReadAndALongerOneRefused() {
        String label = "a".repeat(62) + ".";
        String longest = label.repeat(4) + "b";
        assertThat(longest).hasSize(DirectAddress.HOST_CHARACTERS);
        assertThat(DirectAddress.parse(longest + ":65535").host()).isEqualTo(longest);
        assertThatThrownBy(() -> new DirectAddress(longest + "b", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DirectAddress.parse("a".repeat(64) + ".b:1"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DirectAddress.parse("a.".repeat(1_000_000) + "b:1"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
