package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.simulate.MemoryFlip;
import dev.metalog.server.text.Text;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Texts that are wrong in memory or on a screen, and come right without a restart and without losing a key. */
final class HealingTest {
    private static final String HERE = "file:///w0/a.txt";
    private static final String THERE = "file:///w1/a.txt";

    private final SimulatedWorld world = new SimulatedWorld(7);
    private final SimulatedWorld.Sidecar here = world.sidecar();
    private final SimulatedWorld.Sidecar there = world.sidecar();
    private final SimulatedEditor ada = world.editor(here, HERE, SimulatedEditor.Manner.PROMPT);
    private final SimulatedEditor bob = world.editor(there, THERE, SimulatedEditor.Manner.PROMPT);
    private DocumentId document;

    private void share() {
        here.connect();
        there.connect();
        ada.open("shared text");
        bob.open("");
        world.settle();
        EditorMessages.Shared shared =
                (EditorMessages.Shared) here.ask(ada.id, new Request.Share(new EditorMessages.ShareParams(HERE)));
        there.ask(bob.id, new Request.Join(new EditorMessages.JoinParams(shared.invitation(), THERE)));
        world.settle();
        document = new DocumentId(shared.documentId());
        assertThat(bob.text()).isEqualTo("shared text");
    }

    private static String textOf(SimulatedWorld.Sidecar sidecar) {
        return sidecar.workspace.audit().get(0).text().toString();
    }

    private static String verdict(SimulatedWorld.Sidecar sidecar, SimulatedEditor editor) throws Exception {
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(editor.text().getBytes(StandardCharsets.UTF_8));
        EditorMessages.DigestParams params = new EditorMessages.DigestParams(
                editor.uri, editor.version(), HexFormat.of().formatHex(digest));
        return ((EditorMessages.DigestVerdict) sidecar.ask(editor.id, new Request.Digest(params))).verdict();
    }

    private static boolean isPaused(SimulatedWorld.Sidecar sidecar, SimulatedEditor editor) {
        EditorMessages.DocumentStatus status = sidecar.statuses.get(editor.id);
        return status != null && status.state().equals("paused");
    }

    @Test
    void aTextThatWentWrongInMemoryIsRebuiltAndTheOtherOneIsAtPeaceAgain() {
        share();
        MemoryFlip.inDocument(here.workspace, document, 3);
        ada.append("!");
        world.settle();
        assertThat(textOf(here)).isEqualTo("shared text!").isEqualTo(textOf(there));
        assertThat(ada.text()).isEqualTo("shared text!").isEqualTo(bob.text());
        assertThat(here.shown).singleElement().asString().contains("a.txt", "rebuilt");
        assertThat(there.shown).singleElement().asString().contains("it is the other one", "it was told");
        assertThat(there.logged).anyMatch(line -> line.contains("has the same text again"));
        assertThat(here.evidence).singleElement().satisfies(kept -> {
            assertThat(kept.verdict()).isEqualTo("OURS");
            assertThat(kept.inMemory()).isNotEqualTo(kept.fromEvents());
            assertThat(kept.fromEvents()).isEqualTo("shared text!");
            assertThat(Reading.of(kept.records()).text()).isEqualTo("shared text!");
            assertThat(kept.recordsLeftOut()).isZero();
        });

        ada.append("?");
        bob.append(".");
        world.settle();
        assertThat(ada.text()).isEqualTo(bob.text()).hasSize(14).contains("?", ".");
    }

    @Test
    void anEditorThatWasShownTheWrongTextIsSetRightAndKeepsItsKeys() {
        share();
        char was = MemoryFlip.inDocument(here.workspace, document, 3);
        SimulatedEditor eve = world.editor(here, HERE, SimulatedEditor.Manner.PROMPT);
        eve.open("");
        world.deliverAll();
        for (int i = 0; i < 40; i++) {
            eve.turn(here::hear);
        }
        assertThat(eve.text()).isNotEqualTo("shared text").contains(String.valueOf((char) (was ^ MemoryFlip.BIT)));
        eve.append("+eve");
        world.settle();
        eve.append("+more");
        world.pass(1_000);
        assertThat(isPaused(here, eve)).isTrue();
        eve.sendWholeText();
        world.settle();
        assertThat(eve.text())
                .isEqualTo("shared text+eve+more")
                .isEqualTo(ada.text())
                .isEqualTo(bob.text());
        assertThat(textOf(here)).isEqualTo(eve.text()).isEqualTo(textOf(there));
    }

    /** Both at once: what was wrong here is taken back, and what the editor lost is given back. */
    @Test
    void anEditorThatWasShownTheWrongTextAndLostAPieceOfItGetsBoth() throws Exception {
        share();
        MemoryFlip.inDocument(here.workspace, document, 3);
        SimulatedEditor eve = world.editor(here, HERE, SimulatedEditor.Manner.PROMPT);
        eve.open("");
        world.settle();
        assertThat(eve.text()).hasSize(11).isNotEqualTo("shared text");
        eve.lose(7, 9);
        assertThat(verdict(here, eve)).isEqualTo("different");
        eve.sendWholeText();
        world.settle();
        assertThat(eve.text()).isEqualTo("shared text").isEqualTo(ada.text()).isEqualTo(bob.text());
        assertThat(textOf(here)).isEqualTo("shared text").isEqualTo(textOf(there));
    }

    @Test
    void whatIsThoughtOfAnEditorIsCorrectedWithoutAKey() throws Exception {
        share();
        MemoryFlip.inView(here.workspace, document, 2);
        assertThat(verdict(here, ada)).isEqualTo("different");
        ada.sendWholeText();
        world.settle();
        assertThat(verdict(here, ada)).isEqualTo("equal");
        assertThat(textOf(here)).isEqualTo("shared text").isEqualTo(textOf(there));
        assertThat(world.deleted).isEmpty();
        assertThat(here.log.values().iterator().next().stream()
                        .filter(item -> item.kind() == LogKind.TYPED_ON_SCREEN.number()))
                .as("only what was shared is typed")
                .hasSize(1);
    }

    /** The document is right, and an editor shows what is thought of it, and that is wrong. */
    @Test
    void whatAnEditorAndItsViewAgreeOnIsComparedWithTheDocument() throws Exception {
        share();
        MemoryFlip.inDocument(here.workspace, document, 3);
        SimulatedEditor eve = world.editor(here, HERE, SimulatedEditor.Manner.PROMPT);
        eve.open("");
        world.settle();
        MemoryFlip.inDocument(here.workspace, document, 3);
        assertThat(eve.text()).isNotEqualTo(textOf(here)).hasSize(11);
        assertThat(verdict(here, eve)).isEqualTo("equal");
        world.pass(1_000);
        assertThat(isPaused(here, eve)).isTrue();
        eve.sendWholeText();
        world.settle();
        assertThat(eve.text()).isEqualTo("shared text").isEqualTo(bob.text());
    }

    /** What is shown and not kept would come back after a crash as if it had been typed here. */
    @Test
    void whatOthersWroteIsNotShownWhileTheDiskIsFull() {
        share();
        here.hear(new Input.NotKept(document, "no space"));
        bob.append(" of bob");
        world.settle();
        assertThat(textOf(here)).isEqualTo("shared text of bob");
        assertThat(ada.text()).isEqualTo("shared text");
        here.hear(new Input.KeptAgain(document));
        world.settle();
        assertThat(ada.text()).isEqualTo("shared text of bob");
    }

    @Test
    void anEditorIsShownAgainWhatItLostAndIsBelievedWhenItLosesItTwice() throws Exception {
        share();
        bob.append(" of bob");
        world.settle();
        ada.append("!");
        world.settle();
        ada.lose(6, 15);
        assertThat(verdict(here, ada)).isEqualTo("different");
        ada.sendWholeText();
        world.settle();
        assertThat(verdict(here, ada)).isEqualTo("equal");
        assertThat(ada.text()).isEqualTo("shared text of bob!").isEqualTo(bob.text());
        assertThat(here.evidence)
                .singleElement()
                .satisfies(kept -> assertThat(kept.other()).startsWith("editor"));

        for (int time = 0; time < 2; time++) {
            ada.lose(0, 7);
            assertThat(verdict(here, ada)).isEqualTo("different");
            ada.sendWholeText();
            if (time == 0) {
                world.settle();
                assertThat(ada.text()).startsWith("shared ");
            }
        }
        world.settle();
        assertThat(bob.text()).isEqualTo(ada.text()).doesNotContain("shared");
        assertThat(verdict(here, ada)).isEqualTo("equal");
    }

    @Test
    void whoeverLiesAgainAndAgainIsToldOfSeldom() {
        share();
        for (int i = 0; i < 40; i++) {
            MemoryFlip.inDocument(here.workspace, document, 1);
            ada.append("x");
            world.settle();
        }
        assertThat(textOf(here)).isEqualTo(textOf(there)).isEqualTo(ada.text());
        assertThat(here.shown).hasSizeLessThan(8);
        assertThat(here.evidence).hasSizeLessThan(8);
    }

    @Test
    void editsAreCutIntoWhatTheyDeleteAndWhatTheyInsert() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            String before = words(random);
            String after = words(random);
            List<TextEdit> edits = MinimalDiff.between(Text.of(before), Text.of(after));
            String without = applied(before, Resumption.deletions(edits));
            assertThat(without.length()).isLessThanOrEqualTo(before.length());
            assertThat(applied(without, Resumption.insertions(edits)))
                    .as("seed %d", seed)
                    .isEqualTo(after);
        }
    }

    private static String words(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append("abc".charAt(random.nextInt(3))).append(random.nextInt(3) == 0 ? "\n" : " ");
        }
        return text.toString();
    }

    private static String applied(String text, List<TextEdit> edits) {
        StringBuilder result = new StringBuilder(text);
        edits.forEach(edit -> result.replace(edit.position(), edit.position() + edit.deleted(), edit.inserted()));
        return result.toString();
    }

    @Test
    void evidenceHoldsTheEndOfALongLog() {
        StoredDocument.Item large = new StoredDocument.Item(1, new byte[Evidence.MOST_BYTES / 2]);
        StoredDocument.Item last = new StoredDocument.Item(2, new byte[10]);
        assertThat(Evidence.tail(List.of(large, large, last))).containsExactly(large, last);
        assertThat(Evidence.tail(List.of(large, large))).hasSize(2);
        assertThat(Evidence.tail(List.of())).isEmpty();
    }
}
