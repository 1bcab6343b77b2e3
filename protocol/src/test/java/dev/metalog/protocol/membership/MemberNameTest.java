package dev.metalog.protocol.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ada",
                "Bj\u00f6rn de l'\u00c9t\u00e9",
                "\u5f20\u4f1f",
                "\u0645\u062d\u0645\u062f",
                "\ud83d\ude00",
                "O'Neil-Smith, Jr. (he)",
                "<b>x</b>",
            })
    void peopleAreCalledSo(String name) {
        assertThat(new MemberName(name).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                " Ada",
                "Ada ",
                "A\nB",
                "A\u0000",
                "A\u001b[31m",
                "A\u202eB",
                "A\u2066B",
                "A\u200bB",
                "A\u200dB",
                "A\ufeffB",
                "A\u2028B",
                "A\u00a0B",
                "\u3164",
                "\u2800",
                "A\ufe0f",
                "\ud83d",
                "\ue000",
                "\uffff",
                "e\u0301",
            })
    void nobodyIsCalledSo(String name) {
        assertThatThrownBy(() -> new MemberName(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNameHasItsMostCharactersHoweverTheyAreWritten() {
        String most = "\ud83d\ude00".repeat(Limits.MEMBER_NAME_CODE_POINTS);
        assertThat(new MemberName(most).value()).isEqualTo(most);
        assertThatThrownBy(() -> new MemberName(most + "x")).isInstanceOf(IllegalArgumentException.class);
    }
}
