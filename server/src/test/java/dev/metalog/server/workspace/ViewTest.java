package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a view tells an edit that comes back from typing, for every manner in which editors report. */
class ViewTest {
    private static final Version SHOWN = Version.of(new EventId(new ReplicaId("them"), 0));
    private static final Version TIP = Version.of(new EventId(new ReplicaId("them"), 9));
    private static final long EDIT = 7;
    private static final long HOUR_MILLIS = 3_600_000;

    /** What was recorded as typed, with the version it was typed against. */
    private record Typed(Version parents, List<TextEdit> edits) {}

    private final List<Typed> typed = new ArrayList<>();
    private final List<Version> saved = new ArrayList<>();
    private final List<TextEdit> aside = new ArrayList<>();
    private boolean mayWrite = true;
    private String textOfVersions = "one two";
    private final View view = new View(
            new EditorId(1),
            1,
            "file:///a",
            PositionEncoding.UTF_16,
            new View.Recorder() {
                @Override
                public Version record(Version parents, List<TextEdit> edits) {
                    typed.add(new Typed(parents, edits));
                    return Version.of(new EventId(new ReplicaId("me"), typed.size()));
                }

                @Override
                public void saved(Version version) {
                    saved.add(version);
                }

                @Override
                public boolean mayWrite() {
                    return mayWrite;
                }

                @Override
                public Text textOf(Version version) {
                    return Text.of(textOfVersions);
                }

                @Override
                public void keepAside(Text before, List<TextEdit> edits) {
                    aside.addAll(edits);
                }
            },
            new Buffer(1, Text.of("one two")),
            SHOWN);

    /** Offers "one XX two YY": two parts. */
    private void offer() {
        View.Offer offer = view.pull(EDIT, TIP, List.of(new TextEdit(4, 0, "XX "), new TextEdit(10, 0, " YY")));
        assertThat(offer.version()).isEqualTo(1);
        assertThat(offer.edits()).hasSize(2);
    }

    private static RangeChange insert(int at, String text) {
        return new RangeChange(new TextPosition(0, at), new TextPosition(0, at), text);
    }

    private void changed(RangeChange... changes) throws BadChange {
        view.changed(view.version() + 1, List.of(changes), 0);
    }

    @Test
    void anEditReportedWholeLandsOnceTheEditorSaidSo() throws BadChange {
        offer();
        changed(insert(7, " YY"), insert(4, "XX "));
        assertThat(view.frontier()).isEqualTo(SHOWN);
        view.answered(EDIT, EditOutcome.APPLIED, 0);
        assertThat(view.frontier()).isEqualTo(TIP);
        assertThat(view.text()).hasToString("one XX two YY");
        assertThat(typed).isEmpty();
    }

    @Test
    void anEditReportedInPartsLandsWithItsLastPart() throws BadChange {
        offer();
        changed(insert(7, " YY"));
        view.answered(EDIT, EditOutcome.APPLIED, 0);
        assertThat(view.frontier()).isEqualTo(SHOWN);
        changed(insert(4, "XX "));
        assertThat(view.frontier()).isEqualTo(TIP);
        assertThat(typed).isEmpty();
    }

    @Test
    void aClockThatIsSetBetweenThePartsDoesNotMakeThemTyping() throws BadChange {
        offer();
        changed(insert(7, " YY"));
        view.changed(view.version() + 1, List.of(insert(4, "XX ")), HOUR_MILLIS);
        assertThat(typed).isEmpty();
        view.answered(EDIT, EditOutcome.APPLIED, HOUR_MILLIS);
        assertThat(view.frontier()).isEqualTo(TIP);
        assertThat(typed).isEmpty();
    }

    @Test
    void aWakeThatComesFarTooLateWaitsAnewAndOnlyOnce() throws BadChange {
        offer();
        changed(insert(7, " YY"));
        view.wake(HOUR_MILLIS);
        assertThat(typed).isEmpty();
        assertThat(view.wakeAtMillis(TIP)).isEqualTo(HOUR_MILLIS + Flight.ANSWER_MILLIS);
        view.wake(2 * HOUR_MILLIS);
        assertThat(typed).containsExactly(new Typed(SHOWN, List.of(new TextEdit(7, 0, " YY"))));
    }

    @Test
    void aKeyBehindTheEditInOneReportIsTypedOnTheEdit() throws BadChange {
        offer();
        view.answered(EDIT, EditOutcome.APPLIED, 0);
        changed(insert(7, " YY"), insert(4, "XX "), insert(0, "k"));
        assertThat(typed).containsExactly(new Typed(TIP, List.of(new TextEdit(0, 0, "k"))));
        assertThat(view.text()).hasToString("kone XX two YY");
    }

    /** Whoever starts an editor on that file has what was in it taken for a version of it, not for typing. */
    @Test
    void whatIsSavedWhileAnEditComesBackIsTheVersionThatItTurnsOutToBe() throws BadChange {
        offer();
        view.saved();
        assertThat(saved).as("nothing was heard of the edit").containsExactly(SHOWN);
        changed(insert(7, " YY"), insert(4, "XX "));
        view.saved();
        changed(insert(0, "k"));
        assertThat(saved).as("it is not decided yet").hasSize(1);
        view.answered(EDIT, EditOutcome.APPLIED, 0);
        assertThat(saved).containsExactly(SHOWN, TIP);
        assertThat(typed).containsExactly(new Typed(TIP, List.of(new TextEdit(0, 0, "k"))));
    }

    @Test
    void whatIsSavedBetweenKeysBehindAnEditIsTheVersionBetweenThem() throws BadChange {
        offer();
        changed(insert(7, " YY"), insert(4, "XX "), insert(0, "k"));
        view.saved();
        changed(insert(0, "l"));
        view.answered(EDIT, EditOutcome.APPLIED, 0);
        assertThat(typed).hasSize(2);
        assertThat(saved).containsExactly(Version.of(new EventId(new ReplicaId("me"), 1)));
    }

    @Test
    void whatIsSavedInTheMidstOfAnEditIsNoVersion() throws BadChange {
        offer();
        changed(insert(7, " YY"));
        view.saved();
        changed(insert(4, "XX "));
        view.answered(EDIT, EditOutcome.APPLIED, 0);
        assertThat(saved).isEmpty();
    }

    @Test
    void whatIsSavedBeforeTheEditorRefusesIsWhatWasTyped() throws BadChange {
        view.pull(EDIT, TIP, List.of(new TextEdit(3, 0, "a")));
        changed(insert(3, "a"));
        view.saved();
        assertThat(saved).isEmpty();
        view.answered(EDIT, EditOutcome.REFUSED, 0);
        assertThat(saved).containsExactly(view.frontier());
        assertThat(typed).hasSize(1);
    }

    @Test
    void aKeyBeforeTheEditIsTypedAtOnceAndTheEditForgotten() throws BadChange {
        offer();
        changed(insert(0, "k"));
        assertThat(typed).containsExactly(new Typed(SHOWN, List.of(new TextEdit(0, 0, "k"))));
        assertThat(view.isBusy()).isFalse();
        view.answered(EDIT, EditOutcome.REFUSED, 0);
        assertThat(view.canPull(TIP, 0)).isTrue();
    }

    @Test
    void aKeyThatLooksLikeTheEditIsTypingWhenTheEditorRefused() throws BadChange {
        View.Offer offer = view.pull(EDIT, TIP, List.of(new TextEdit(3, 0, "a")));
        assertThat(offer.edits()).hasSize(1);
        changed(insert(3, "a"));
        assertThat(typed).isEmpty();
        view.answered(EDIT, EditOutcome.REFUSED, 0);
        assertThat(typed).containsExactly(new Typed(SHOWN, List.of(new TextEdit(3, 0, "a"))));
    }

    @Test
    void anEditorThatSaysAppliedButTypedInsteadIsNotBelieved() throws BadChange {
        offer();
        view.answered(EDIT, EditOutcome.APPLIED, 0);
        changed(insert(0, "k"));
        assertThat(typed).containsExactly(new Typed(SHOWN, List.of(new TextEdit(0, 0, "k"))));
        assertThat(view.text()).hasToString("kone two");
    }

    @Test
    void aWholeTextMayHoldTheEditAndAKey() throws BadChange {
        offer();
        view.answered(EDIT, EditOutcome.APPLIED, 0);
        changed(new RangeChange(null, null, "one XX two YYk"));
        assertThat(typed).containsExactly(new Typed(TIP, List.of(new TextEdit(13, 0, "k"))));
    }

    /** A line end became a key and was typed again before it, or a key was typed on both sides of it: "applied" tells. */
    @Test
    void aWholeTextThatCouldBothBeIsTheEditWhenTheEditorSaidSo() throws BadChange {
        view.pull(EDIT, TIP, List.of(new TextEdit(3, 1, "X")));
        view.answered(EDIT, EditOutcome.APPLIED, 0);
        changed(new RangeChange(null, null, "onek Xtwo"));
        assertThat(typed).containsExactly(new Typed(TIP, List.of(new TextEdit(3, 0, "k "))));
        assertThat(view.text()).hasToString("onek Xtwo");
    }

    /** Its keys are nowhere else; only the answer would have told for sure what else is in the text. */
    @Test
    void anEditorThatDiesBehindAWholeTextTakesNoKeyAlong() throws BadChange {
        offer();
        changed(new RangeChange(null, null, "one XX two YY!"));
        view.leave();
        assertThat(typed).containsExactly(new Typed(TIP, List.of(new TextEdit(13, 0, "!"))));

        typed.clear();
        view.pull(EDIT, TIP, List.of(new TextEdit(0, 0, "ZZ ")));
        changed(new RangeChange(null, null, "one XX two YY!?"));
        view.leave();
        assertThat(typed)
                .singleElement()
                .satisfies(key -> assertThat(key.edits()).containsExactly(new TextEdit(14, 0, "?")));
    }

    /** Both pieces lead to the text that is there already: the second would count as typed. */
    @Test
    void whatWasDeletedAndCameBackIsNotOffered() throws BadChange {
        List<TextEdit> edits = List.of(
                new TextEdit(0, 1, ""), new TextEdit(0, 0, "o"), new TextEdit(4, 1, ""), new TextEdit(4, 0, "t"));
        assertThat(view.pull(EDIT, TIP, edits)).isNull();
        assertThat(view.frontier()).isEqualTo(TIP);
        assertThat(view.isBusy()).isFalse();
    }

    @Test
    void aWholeTextWithoutTheEditIsTyping() throws BadChange {
        offer();
        changed(new RangeChange(null, null, "one twok"));
        view.answered(EDIT, EditOutcome.REFUSED, 0);
        assertThat(typed).containsExactly(new Typed(SHOWN, List.of(new TextEdit(7, 0, "k"))));
    }

    @Test
    void anEditorThatNeverAnswersIsJudgedByContentAfterAWhile() throws BadChange {
        offer();
        changed(insert(7, " YY"), insert(4, "XX "));
        view.wake(Flight.ANSWER_MILLIS - 1);
        assertThat(view.frontier()).isEqualTo(SHOWN);
        view.wake(Flight.ANSWER_MILLIS);
        assertThat(view.frontier()).isEqualTo(TIP);
    }

    @Test
    void aRefusalThatTypingExplainsLaterIsOfferedAgainInThatMoment() throws BadChange {
        for (int key = 0; key < 2 * View.REFUSALS_WORTH_TELLING; key++) {
            View.Offer offer = view.pull(EDIT, TIP, List.of(new TextEdit(0, 0, "X")));
            assertThat(offer.edits()).hasSize(1);
            view.answered(EDIT, EditOutcome.REFUSED, 0);
            assertThat(view.canPull(TIP, 0)).as("before the key is told").isFalse();
            changed(insert(0, "k"));
            assertThat(view.canPull(TIP, 0)).as("with the key").isTrue();
            assertThat(view.refusals())
                    .as("a person who types is no buffer that cannot be changed")
                    .isZero();
        }
    }

    @Test
    void aRefusalWithoutTypingIsRetriedMoreAndMoreSlowly() throws BadChange {
        long now = 0;
        long before = 0;
        for (int i = 0; i < 9; i++) {
            offer();
            view.answered(EDIT, EditOutcome.REFUSED, now);
            assertThat(view.canPull(TIP, now)).isFalse();
            long wait = view.wakeAtMillis(TIP) - now;
            assertThat(wait).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(8_000);
            before = wait;
            now += wait;
        }
        assertThat(view.refusals()).isGreaterThanOrEqualTo(View.REFUSALS_WORTH_TELLING);
    }

    @Test
    void aChangeThatDoesNotFitChangesNothingAndTheWholeTextHeals() throws BadChange {
        assertThatThrownBy(() -> changed(insert(0, "good"), range(5, 0, 6, 0)))
                .isInstanceOf(BadChange.class)
                .hasMessageContaining("line 5");
        assertThat(view.text()).hasToString("one two");
        assertThat(typed).isEmpty();
        view.pause();
        changed(insert(0, "ignored while paused"));
        assertThat(typed).isEmpty();
        changed(new RangeChange(null, null, "one two three"));
        assertThat(view.isPaused()).isFalse();
        assertThat(typed).containsExactly(new Typed(SHOWN, List.of(new TextEdit(7, 0, " three"))));
    }

    @Test
    void lineEndsOfWindowsAreShared() throws BadChange {
        changed(insert(3, "\r\n"));
        assertThat(typed).containsExactly(new Typed(SHOWN, List.of(new TextEdit(3, 0, "\n"))));
    }

    @Test
    void halfOfASurrogatePairIsRefused() {
        assertThatThrownBy(() -> changed(insert(0, "\ud83d")))
                .isInstanceOf(BadChange.class)
                .hasMessageContaining("surrogate");
    }

    private static RangeChange range(int line, int character, int endLine, int endCharacter) {
        return new RangeChange(new TextPosition(line, character), new TextPosition(endLine, endCharacter), "");
    }

    @Test
    void whatMayNotBeTypedGoesAsideAndTheTextIsOfferedBack() throws BadChange {
        mayWrite = false;
        changed(insert(7, "!"));
        assertThat(typed).isEmpty();
        assertThat(aside).containsExactly(new TextEdit(7, 0, "!"));
        assertThat(view.frontier()).isEqualTo(SHOWN);
        assertThat(view.canPull(SHOWN, 0)).as("although it is where it was").isTrue();
        View.Offer offer = view.pull(EDIT, SHOWN, List.of(new TextEdit(7, 1, "")));
        assertThat(offer.edits()).hasSize(1);
        changed(new RangeChange(new TextPosition(0, 7), new TextPosition(0, 8), ""));
        view.answered(EDIT, EditOutcome.APPLIED, 0);
        assertThat(view.isAstray()).isFalse();
        assertThat(view.text()).hasToString("one two");
        assertThat(aside).hasSize(1);
        assertThat(view.canPull(SHOWN, 0)).isFalse();
    }

    /** Or else what follows would be recorded against a version that does not have what it follows on. */
    @Test
    void whatFollowsOnItGoesAsideTooUntilItIsSetBackAlsoWhenWritingIsAllowedMeanwhile() throws BadChange {
        mayWrite = false;
        changed(insert(7, "!"));
        view.saved();
        assertThat(saved).as("no version is in the file").isEmpty();
        mayWrite = true;
        view.pull(EDIT, SHOWN, List.of(new TextEdit(7, 1, "")));
        changed(insert(8, "?"));
        view.answered(EDIT, EditOutcome.REFUSED, 0);
        assertThat(typed).isEmpty();
        assertThat(aside).containsExactly(new TextEdit(7, 0, "!"), new TextEdit(8, 0, "?"));
        view.pull(EDIT + 1, SHOWN, List.of(new TextEdit(7, 2, "")));
        changed(new RangeChange(new TextPosition(0, 7), new TextPosition(0, 9), ""));
        view.answered(EDIT + 1, EditOutcome.APPLIED, 0);
        changed(insert(7, "."));
        assertThat(typed).containsExactly(new Typed(SHOWN, List.of(new TextEdit(7, 0, "."))));
    }
}
