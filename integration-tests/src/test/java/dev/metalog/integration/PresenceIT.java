package dev.metalog.integration;

import static dev.metalog.integration.Editors.emacs;
import static dev.metalog.integration.Editors.headless;
import static dev.metalog.integration.Editors.vsCode;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each sees where the other is, in every kind of editor, also while both type. */
final class PresenceIT {
    private static final int KEYS = 60;

    @RegisterExtension
    private final Rig rig = new Rig();

    static Stream<Arguments> pairs() {
        return Stream.of(
                Arguments.of("headless", headless(), headless("--encoding", "utf-8")),
                Arguments.of("Emacs and Emacs 30", emacs("emacs"), emacs("emacs30")),
                Arguments.of("Emacs and VS Code", emacs("emacs30"), vsCode()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void eachSeesTheOther(String name, Editors.Kind one, Editors.Kind other) throws Exception {
        Pair pair = Pair.start(rig, EmbeddedBroker.start(rig).url(), one, other);
        String text = "\ud83d\ude00 first: \u25c6\nsecond: \u25c7\n";
        pair.share("shared.txt", text);
        Driven first = pair.first();
        Driven second = pair.second();
        first.call("look", Map.of("at", text.indexOf('\u25c6')));
        second.call("look", Map.of("at", text.indexOf('\u25c7')));
        awaitOther(second, text.indexOf('\u25c6'), "\u25c6");
        awaitOther(first, text.indexOf('\u25c7'), "\u25c7");

        Pair.atOnce(() -> typeAndWatch(first, "\u25c7"), () -> typeAndWatch(second, "\u25c6"));
        Rig.await("every key is everywhere")
                .untilAsserted(() -> assertThat(first.text()).hasSize(text.length() + 2 * KEYS));
        Driven.assertConverged(first, second);
        String now = first.text();
        awaitOther(second, now.indexOf('\u25c6'), "\u25c6");
        awaitOther(first, now.indexOf('\u25c7'), "\u25c7");

        first.call("look", Map.of("at", 2, "anchor", 5));
        awaitOther(second, 2, now.substring(2, 3));
        second.call("close", Map.of());
        Rig.await("the other is gone")
                .untilAsserted(() -> assertThat(others(first)).isEmpty());
    }

    /** Types before its own sign; wherever that and the other's keys are, the other's caret is before the other sign. */
    private static List<JsonObject> typeAndWatch(Driven editor, String sign) {
        for (int key = 0; key < KEYS; key++) {
            editor.call("type", Map.of("text", key % 10 == 9 ? "\n" : "x"));
            List<JsonObject> others = others(editor);
            assertThat(others).hasSize(1);
            assertThat(others.get(0).get("after").getAsString())
                    .as("after the other's caret, at key %d of %s", key, editor.name())
                    .startsWith(sign);
        }
        return others(editor);
    }

    private static void awaitOther(Driven editor, int at, String after) {
        Rig.await(editor.name() + " shows the other at " + at)
                .untilAsserted(() -> assertThat(others(editor)).singleElement().satisfies(other -> {
                    assertThat(other.get("at").getAsInt()).isEqualTo(at);
                    assertThat(other.get("after").getAsString()).startsWith(after);
                    assertThat(other.get("name").getAsString()).isNotEmpty();
                }));
    }

    private static List<JsonObject> others(Driven editor) {
        JsonArray others = editor.call("others", Map.of()).getAsJsonArray("others");
        return others.asList().stream().map(other -> other.getAsJsonObject()).toList();
    }
}
