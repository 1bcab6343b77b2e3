package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.server.editor.BrokerChoice;
import dev.metalog.server.link.RelayAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
    private static final RelayAddress OWN = RelayAddress.parse("mqtts://ada@broker.example");

    @TempDir
    private Path folder;

    private static Environment with(String... namesAndValues) {
        Map<String, String> variables = new java.util.HashMap<>(
                Map.of("META_LOG_MQTT_BROKER", "mqtts://ada@broker.example", "META_LOG_MQTT_PASSWORD", "s3cret"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new Environment(variables);
    }

    @Test
    void thePasswordIsForThePersonsOwnBroker() throws IOException {
        assertThat(with().passwordFor(OWN)).isEqualTo("s3cret".toCharArray());
        assertThat(with().asPerson(RelayAddress.parse("mqtts://broker.example")))
                .isEqualTo(OWN);
        Path file = Files.writeString(folder.resolve("password"), "from-file \nsecond line");
        assertThat(with("META_LOG_MQTT_PASSWORD_FILE", file.toString()).passwordFor(OWN))
                .isEqualTo("from-file".toCharArray());
    }

    @Test
    void whatTheEditorsSettingsSayComesFirst() throws IOException {
        Environment bare = new Environment(Map.of("META_LOG_MQTT_PASSWORD", "s3cret"));
        Environment wanted = bare.wanting(new BrokerChoice("mqtts://broker.example", " ada:b@x y", "/etc/ours.pem"));
        RelayAddress address = wanted.asPerson(RelayAddress.parse("mqtts://broker.example"));
        assertThat(address.user()).isEqualTo("ada:b@x y");
        assertThat(wanted.passwordFor(address)).containsExactly("s3cret".toCharArray());
        assertThat(wanted.authoritiesFor(address)).isEqualTo(Path.of("/etc/ours.pem"));

        assertThat(with().wanting(new BrokerChoice(null, "ben", " ")).asPerson(RelayAddress.parse(OWN.url())))
                .isEqualTo(OWN.as("ben"));
        assertThat(with().wanting(BrokerChoice.NONE).asPerson(RelayAddress.parse(OWN.url())))
                .isEqualTo(OWN);
        assertThat(bare.wanting(new BrokerChoice(null, "ada", null)).broker()).isEmpty();
        assertThat(bare.wanting(new BrokerChoice("no address", "ada", null)).broker())
                .isEqualTo("no address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mqtts://eve.example",
                "mqtts://ada@eve.example",
                "mqtt://ada@broker.example",
                "mqtt://ada@broker.example:8883",
                "mqtts://ada@broker.example:8884",
                "mqtts://eve@broker.example",
                "mqtts://broker.example"
            })
    void thePasswordIsForNoOther(String broker) throws IOException {
        assertThat(with().passwordFor(RelayAddress.parse(broker))).isNull();
    }

    @Test
    void theAuthoritiesAreForThePersonsOwnBroker() {
        Environment own = with("META_LOG_MQTT_CA_FILE", "/etc/ours.pem");
        assertThat(own.authoritiesFor(OWN)).isEqualTo(Path.of("/etc/ours.pem"));
        assertThat(own.authoritiesFor(RelayAddress.parse("mqtts://broker.example")))
                .isEqualTo(Path.of("/etc/ours.pem"));
        assertThat(own.authoritiesFor(RelayAddress.parse("mqtts://eve.example")))
                .isNull();
        assertThat(with().authoritiesFor(OWN)).isNull();
    }

    @Test
    void aPasswordFileThatIsNotThereIsSaidInWords() {
        Environment environment = with("META_LOG_MQTT_PASSWORD_FILE", "/nowhere/password");
        assertThatThrownBy(() -> environment.passwordFor(OWN))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no file /nowhere/password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/#/b", "+", "a\nb", "ä", "$SYS"})
    void aPrefixThatCannotBeginATopicIsRefused(String prefix) {
        assertThatThrownBy(() -> with("META_LOG_TOPIC_PREFIX", prefix).topicPrefix())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("META_LOG_TOPIC_PREFIX")
                .hasMessageContaining("or unset it");
        assertThat(with().topicPrefix()).isEqualTo("canvasl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "0", "65536", "-1", "1 2"})
    void whatIsNoPortIsRefused(String port) {
        assertThatThrownBy(() -> with("META_LOG_BROKER_PORT", port).homeBrokerPort())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("META_LOG_BROKER_PORT is '" + port + "'");
    }

    @Test
    void nothingIsShownOnALocalNetworkUnlessItIsAskedFor() {
        assertThat(with().isLanOn()).isFalse();
        assertThat(with("META_LOG_LAN", " ").isLanOn()).isFalse();
        assertThat(with("META_LOG_LAN", "OFF").isLanOn()).isFalse();
        assertThat(with("META_LOG_LAN", "on").isLanOn()).isTrue();
        assertThat(with("META_LOG_LAN", "1", "META_LOG_DIRECT", "loopback").isLanOn())
                .isTrue();
        assertThat(with("META_LOG_LAN", "on", "META_LOG_DIRECT", "off").isLanOn())
                .isFalse();
        assertThat(with("META_LOG_LAN", "on", "META_LOG_ENABLE_FEDERATION", "0").isLanOn())
                .isFalse();
        assertThatThrownBy(() -> with("META_LOG_LAN", "224.0.0.251").isLanOn())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("META_LOG_LAN");
    }
}
