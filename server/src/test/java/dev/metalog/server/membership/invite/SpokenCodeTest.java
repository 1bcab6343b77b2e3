package dev.metalog.server.membership.invite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.server.membership.Folk;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpokenCodeTest {
    @Test
    void whatIsReadOutIsReadBack() {
        Random random = new Random(1);
        Set<String> spoken = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            SpokenCode code = SpokenCode.fromRandom(Folk.random(random, SpokenCode.RANDOM_BYTES));
            assertThat(code.spoken()).matches("[0-9]{6}-[a-z]{3,8}-[a-z]{3,8}");
            assertThat(SpokenCode.parse(code.spoken())).isEqualTo(code).hasSameHashCodeAs(code);
            spoken.add(code.spoken());
        }
        assertThat(spoken).hasSize(500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "004711-zoo-abandon",
                " 004711 zoo abandon\n",
                "004711 - Zoo - Abandon",
                "004711  ZOO\tABANDON",
            })
    void itMayBeTypedInManyWays(String typed) {
        assertThat(SpokenCode.parse(typed)).isEqualTo(SpokenCode.parse("004711-zoo-abandon"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "4711-zoo-abandon",
                "0047112-zoo-abandon",
                "004711-zoo",
                "004711-zoo-abandon-zoo",
                "004711-zooo-abandon",
                "004711-zoo-abandun",
                "004711zooabandon",
                "metalog2-abc",
                "\u0660\u0660\u0664\u0667\u0661\u0661-zoo-abandon",
            })
    void whatIsNoCodeIsSaid(String typed) {
        assertThatThrownBy(() -> SpokenCode.parse(typed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("zoo");
        assertThatThrownBy(() -> SpokenCode.parse("004711-zoo-abandon" + " ".repeat(1_000)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Whoever knows the digits finds the topic, and the topic tells nothing of the words. */
    @Test
    void theTopicIsOfTheDigitsAlone() {
        String topic = SpokenCode.parse("004711-zoo-abandon").topicTag();
        assertThat(topic).matches("[a-z2-7]{26}");
        assertThat(SpokenCode.parse("004711-abandon-zoo").topicTag()).isEqualTo(topic);
        assertThat(SpokenCode.parse("004712-zoo-abandon").topicTag()).isNotEqualTo(topic);
    }
}
