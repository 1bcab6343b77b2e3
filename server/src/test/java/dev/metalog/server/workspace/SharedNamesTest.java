package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that somebody else chose, and what they would do here. */
class SharedNamesTest {
    private final SimulatedWorld world = new SimulatedWorld(1);
    private final SimulatedWorld.Sidecar first = world.sidecar();
    private final SimulatedWorld.Sidecar second = world.sidecar();
    private final SimulatedEditor ben = world.editor(second, "file:///w1/notes.txt", SimulatedEditor.Manner.PROMPT);

    private String shared(String uri) {
        return ((EditorMessages.Shared) share(uri)).invitation();
    }

    private Object share(String uri) {
        SimulatedEditor ada = world.editor(first, uri, SimulatedEditor.Manner.PROMPT);
        ada.open("(shell-command \"rm -rf ~\")");
        world.settle();
        return first.ask(ada.id, new Request.Share(new EditorMessages.ShareParams(uri)));
    }

    private Object join(String invitation, String uri, boolean allow) {
        first.connect();
        second.connect();
        Object early = second.ask(ben.id, new Request.Join(new EditorMessages.JoinParams(invitation, uri, allow)));
        if (early != null) {
            return early;
        }
        world.settle();
        return second.answers.values().iterator().next();
    }

    /** It is not enough to look at the first part of the path: joined, a document lies right in the folder. */
    @ParameterizedTest
    @ValueSource(strings = {"src/.dir-locals.el", ".envrc", "x/.emacs", "p.code-workspace"})
    void aNameThatProgramsObeyNeedsThePersonsConsent(String path) {
        String invitation = shared("file:///w0/" + path);
        assertThat(join(invitation, null, false)).isInstanceOfSatisfying(Effect.Refuse.class, refusal -> {
            assertThat(refusal.error()).isEqualTo(EditorError.NEEDS_CONSENT);
            assertThat(refusal.explanation()).contains("obey", "another name");
        });
        assertThat(second.remembered).as("what is kept of it").isEmpty();
    }

    @Test
    void whoAgreesJoinsIt() {
        assertThat(join(shared("file:///w0/.envrc"), null, true))
                .isInstanceOfSatisfying(
                        EditorMessages.Joined.class,
                        joined -> assertThat(joined.uri()).isEqualTo("file:///w1/.envrc"));
    }

    @Test
    void underAHarmlessNameOfOnesOwnItNeedsNoConsent() {
        assertThat(join(shared("file:///w0/.envrc"), "file:///w1/their-envrc.txt", false))
                .isInstanceOf(EditorMessages.Joined.class);
    }

    @Test
    void twoNamesThatAreOneFileElsewhereAreNotBothLive() {
        shared("file:///w0/Plan.txt");
        assertThat(share("file:///w0/plan.TXT")).isInstanceOfSatisfying(Effect.Refuse.class, refusal -> {
            assertThat(refusal.error()).isEqualTo(EditorError.BAD_PARAMS);
            assertThat(refusal.explanation()).contains("Plan.txt", "plan.TXT", "another name");
        });
        String invitation = shared("file:///w0/other.txt");
        assertThat(join(invitation, "file:///w1/Plan.txt", false)).isInstanceOf(EditorMessages.Joined.class);
        String third = shared("file:///w0/third.txt");
        assertThat(second.ask(
                        ben.id, new Request.Join(new EditorMessages.JoinParams(third, "file:///w1/PLAN.txt", false))))
                .isInstanceOfSatisfying(
                        Effect.Refuse.class,
                        refusal -> assertThat(refusal.error()).isEqualTo(EditorError.WOULD_OVERWRITE));
    }
}
