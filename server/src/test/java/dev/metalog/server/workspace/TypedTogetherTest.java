package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorMessages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is typed while the sidecar is busy is signed, kept and said as one; what comes in between does not break it up. */
final class TypedTogetherTest {
    private static final String URI = "file:///w0/a.txt";

    private final SimulatedWorld world = new SimulatedWorld(8);
    private final SimulatedWorld.Sidecar first = world.sidecar();
    private final SimulatedWorld.Sidecar second = world.sidecar();
    private final SimulatedEditor ada = world.editor(first, URI, SimulatedEditor.Manner.PROMPT);
    private final SimulatedEditor ben = world.editor(second, URI, SimulatedEditor.Manner.PROMPT);

    @BeforeEach
    void share() {
        first.connect();
        ada.open("x");
        settle(ada, first);
        Object shared = first.ask(ada.id, new Request.Share(new EditorMessages.ShareParams(URI)));
        second.connect();
        ben.open("");
        settle(ben, second);
        String invitation = ((EditorMessages.Shared) shared).invitation();
        second.ask(ben.id, new Request.Join(new EditorMessages.JoinParams(invitation, URI)));
        world.settle();
        assertThat(ben.text()).isEqualTo("x");
    }

    private void settle(SimulatedEditor editor, SimulatedWorld.Sidecar sidecar) {
        while (editor.hasWork()) {
            editor.turn(sidecar::hear);
        }
        world.deliverAll();
    }

    private List<Input> typed(SimulatedEditor editor, String text) {
        List<Input> said = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            editor.append(text.substring(i, i + 1));
            editor.reportNow();
            editor.report(said::add);
        }
        return said;
    }

    private static List<Effect.Persist> kept(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.Persist.class::isInstance)
                .map(Effect.Persist.class::cast)
                .toList();
    }

    private static long sent(List<Effect> effects) {
        return effects.stream().filter(Effect.Send.class::isInstance).count();
    }

    @Test
    void manyKeysAreOneRecordAndOneMessage() {
        List<Input> inputs = typed(ada, "0123456789");
        inputs.add(5, new Input.Acknowledged(SimulatedWorld.BROKER, 1));
        List<Effect> effects = first.hearTogether(inputs);

        assertThat(kept(effects).stream().filter(persist -> persist.kind() == LogKind.TYPED_ON_SCREEN))
                .hasSize(1);
        assertThat(sent(effects)).isEqualTo(1);
        world.settle();
        assertThat(ben.text()).isEqualTo(ada.text()).isEqualTo("x0123456789");
    }

    @Test
    void whatFollowsOnThemIsKeptAfterThem() {
        List<Input> inputs = typed(ada, "abc");
        inputs.add(new Input.Saved(ada.id, URI));
        inputs.addAll(typed(ada, "de"));
        List<Effect> effects = first.hearTogether(inputs);

        List<LogKind> kinds = kept(effects).stream().map(Effect.Persist::kind).toList();
        assertThat(kinds.subList(0, 2)).containsExactly(LogKind.TYPED_ON_SCREEN, LogKind.SHOWN);
        assertThat(kinds.stream().filter(LogKind.TYPED_ON_SCREEN::equals)).hasSize(2);
        world.settle();
        assertThat(ben.text()).isEqualTo("xabcde");
    }

    @Test
    void whoeverClosesTheDocumentHasSaidWhatWasTyped() {
        List<Input> inputs = typed(ada, "abc");
        inputs.add(new Input.Closed(ada.id, URI));
        List<Effect> effects = first.hearTogether(inputs);

        assertThat(sent(effects)).isEqualTo(1);
        world.settle();
        assertThat(ben.text()).isEqualTo("xabc");
    }

    @Test
    void whatIsLargeIsNotJoined() {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ada.append("0123456789".repeat(40));
            ada.reportNow();
            ada.report(inputs::add);
        }
        List<Effect> effects = first.hearTogether(inputs);

        assertThat(kept(effects).stream().filter(persist -> persist.kind() == LogKind.TYPED_ON_SCREEN))
                .hasSize(3);
        world.settle();
        assertThat(ben.text()).isEqualTo(ada.text()).hasSize(1_201);
    }
}
