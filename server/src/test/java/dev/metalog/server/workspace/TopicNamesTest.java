package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an editor publishes on and subscribes to is a name that a broker does not take for something else. */
final class TopicNamesTest {
    private final SimulatedWorld world = new SimulatedWorld(3);
    private final SimulatedWorld.Sidecar sidecar = world.sidecar();
    private final SimulatedEditor editor = world.editor(sidecar, "file:///w0/a.txt", SimulatedEditor.Manner.PROMPT);

    @ParameterizedTest
    @ValueSource(strings = {"", "+", "#", "a/+/b", "a/#", "a+", "$SYS/broker/uptime", "$share/group/a", "$anything"})
    void noneOfTheseIsPublishedOn(String topic) {
        sidecar.connect();
        refused(new Request.Publish(new EditorMessages.PublishParams(topic, "{}", 1, false)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/#/b", "a+", "a/b#", "a\u0000b", "$share/group/a", "$share/group/#"})
    void noneOfTheseIsSubscribedTo(String filter) {
        sidecar.connect();
        refused(new Request.Subscribe(new EditorMessages.TopicParams(filter)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/+/b", "#", "+/+", "a//b", "a b", "$SYS/#"})
    void theseAre(String filter) {
        sidecar.connect();
        List<Effect> effects = sidecar.hearTogether(
                List.of(new Input.Asked(editor.id, 1, new Request.Subscribe(new EditorMessages.TopicParams(filter)))));
        assertThat(effects).contains(new Effect.Subscribe(filter));
    }

    private void refused(Request request) {
        List<Effect> effects = sidecar.hearTogether(List.of(new Input.Asked(editor.id, 1, request)));
        assertThat(effects)
                .hasAtLeastOneElementOfType(Effect.Refuse.class)
                .allSatisfy(
                        effect -> assertThat(effect).isNotInstanceOfAny(Effect.Subscribe.class, Effect.Publish.class));
        assertThat(effects)
                .anySatisfy(effect -> assertThat(effect)
                        .isInstanceOfSatisfying(
                                Effect.Refuse.class,
                                refuse -> assertThat(refuse.error()).isEqualTo(EditorError.BAD_PARAMS)));
    }
}
