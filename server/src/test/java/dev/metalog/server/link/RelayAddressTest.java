package dev.metalog.server.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayAddressTest {
    @ParameterizedTest
    @CsvSource({
        "mqtt://h, false, '', h, 1883, mqtt://h:1883",
        "tcp://h:99, false, '', h, 99, mqtt://h:99",
        "MQTTS://H.Example/, true, '', h.example, 8883, mqtts://h.example:8883",
        "mqtt://ann@h, false, ann, h, 1883, mqtt://h:1883",
        "mqtt://ann%40work+x@h_1:5, false, ann@work+x, h_1, 5, mqtt://h_1:5",
        "' mqtt://127.0.0.1:65535 ', false, '', 127.0.0.1, 65535, mqtt://127.0.0.1:65535",
        "mqtts://[::1], true, '', ::1, 8883, mqtts://[::1]:8883",
        "mqtt://[fe80::1%eth0]:7, false, '', fe80::1%eth0, 7, mqtt://[fe80::1%eth0]:7",
    })
    void readsWhatPeopleWrite(String text, boolean tls, String user, String host, int port, String url) {
        RelayAddress address = RelayAddress.parse(text);
        assertThat(address).isEqualTo(new RelayAddress(tls, user, host, port));
        assertThat(address.url()).isEqualTo(url).isEqualTo(address.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "http://localhost",
                "mqtt:/localhost",
                "mqtt://",
                "mqtt://:1883",
                "mqtt://host:0",
                "mqtt://host:65536",
                "mqtt://host:123456",
                "mqtt://host:-1",
                "mqtt://host:port",
                "mqtt://host/path",
                "mqtt://ho st",
                "mqtt://[::1",
                "mqtt://::1",
                "mqtt://a@b@host",
                "mqtt://a%zz@host",
                "mqtt://a%01@host",
                "mqtt://host?x=y"
            })
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> RelayAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("[A-Z].*[.]");
    }

    @Test
    void refusesAPasswordWithoutRepeatingIt() {
        for (String text :
                new String[] {"mqtt://ann:hunter2@host", "mqtt://:hunter2@host", "mqtts://ann:hunter2@host:1"}) {
            assertThatThrownBy(() -> RelayAddress.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("password file")
                    .hasMessageNotContaining("hunter2");
        }
        for (String text : new String[] {"mqtt://ann:hunter2", "ann:hunter2@host", "mqtt://host/hunter2@x"}) {
            assertThatThrownBy(() -> RelayAddress.parse(text)).hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void aPasswordThatCannotBeSentIsRefusedWithoutRepeatingIt() {
        RelaySettings settings = RelaySettings.of(RelayAddress.parse("mqtt://ann@host"));
        assertThatThrownBy(() -> settings.withPassword("hunter2\n".toCharArray()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line break")
                .hasMessageNotContaining("hunter2");
    }
}
