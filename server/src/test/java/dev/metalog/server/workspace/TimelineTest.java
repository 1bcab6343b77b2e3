package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorMessages;
import org.junit.jupiter.api.Test;

/** A clock that is set by a year neither stops nor floods anything. */
class TimelineTest {
    private static final long YEAR_MILLIS = 365L * 24 * 60 * 60 * 1_000;

    @Test
    void goesOnlyForwardAndNeverFarAtOnce() {
        Timeline time = new Timeline();
        time.start(1_000_000);
        time.tick(1_000_500);
        assertThat(time.millis()).isEqualTo(1_000_500);
        time.tick(1_000_500 - YEAR_MILLIS);
        assertThat(time.millis()).isEqualTo(1_000_500);
        time.tick(1_000_700 - YEAR_MILLIS);
        assertThat(time.millis()).isEqualTo(1_000_700);
        time.tick(1_000_700 + YEAR_MILLIS);
        assertThat(time.millis()).isEqualTo(1_000_700 + Timeline.LONGEST_STEP_MILLIS);
        assertThat(time.wallMillis()).isEqualTo(1_000_700 + YEAR_MILLIS);
    }

    @Test
    void knowsHowLongItIsUntilTheClockSaysSomething() {
        Timeline time = new Timeline();
        time.start(YEAR_MILLIS);
        time.tick(3 * YEAR_MILLIS);
        assertThat(time.whenClockSays(3 * YEAR_MILLIS + 500)).isEqualTo(time.millis() + 500);
        assertThat(time.whenClockSays(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        time.tick(0);
        assertThat(time.whenClockSays(Long.MAX_VALUE - 1)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aWorkspaceWhoseClockWasSetBackStillFindsWhatWasLost() {
        SimulatedWorld world = new SimulatedWorld(9);
        SimulatedWorld.Sidecar first = world.sidecar();
        SimulatedWorld.Sidecar second = world.sidecar();
        first.connect();
        second.connect();
        SimulatedEditor owner = world.editor(first, "file:///w0/a", SimulatedEditor.Manner.PROMPT);
        owner.open("text");
        world.settle();
        Object shared = first.ask(owner.id, new Request.Share(new EditorMessages.ShareParams(owner.uri)));
        SimulatedEditor joined = world.editor(second, "file:///w1/a", SimulatedEditor.Manner.PROMPT);
        joined.open("");
        world.settle();
        String invitation = ((EditorMessages.Shared) shared).invitation();
        second.ask(joined.id, new Request.Join(new EditorMessages.JoinParams(invitation, joined.uri)));
        world.settle();
        world.lossPercent = 100;
        owner.append(" lost on its way");
        while (owner.hasWork()) {
            owner.turn(first::hear);
        }
        world.lossPercent = 0;
        first.clockMillis -= YEAR_MILLIS;
        second.clockMillis -= YEAR_MILLIS;
        for (int i = 0; i < 20; i++) {
            world.pass(1_000);
            world.deliverAll();
        }
        while (joined.hasWork()) {
            joined.turn(second::hear);
        }
        assertThat(joined.text()).isEqualTo("text lost on its way");
    }
}
