package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorMessages;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Editors of every manner type at the same time through conductors and a bad wire; in the end all show the same text, with
 * every key in it that nobody deleted, once. A failing seed replays with {@code -Dworld.seed=N}.
 */
class ConvergenceTest {
    private static final int KEYS = 150;

    static LongStream seeds() {
        String one = System.getProperty("world.seed");
        if (one != null) {
            return LongStream.of(Long.parseLong(one));
        }
        return LongStream.range(0, Long.getLong("world.seeds", 40));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyKeyArrivesOnceEverywhere(long seed) {
        SimulatedWorld world = new SimulatedWorld(seed);
        // Snapshots change nothing of what is sent or shown, and each is compared with what it replaces.
        world.logsGrow = seed % 2 == 1;
        SimulatedWorld.Sidecar first = world.sidecar();
        SimulatedWorld.Sidecar second = world.sidecar();
        SimulatedWorld.Sidecar third = world.sidecar();
        first.connect();
        second.connect();
        third.connect();
        SimulatedEditor owner = world.editor(first, "file:///w0/a.txt", manner(world));
        owner.open("");
        settleOpening(first, owner);
        String invitation = share(first, owner);
        SimulatedEditor joined = join(world, second, "file:///w1/a.txt", invitation);
        SimulatedEditor late = join(world, third, "file:///w2/a.txt", invitation);
        SimulatedEditor sameSidecar = world.editor(first, "file:///w0/a.txt", manner(world));
        sameSidecar.open("");
        world.settle();
        world.lossPercent = world.random.nextInt(3) * 10;
        world.doublePercent = world.random.nextInt(3) * 10;
        SimulatedEditor[] all = {owner, joined, late, sameSidecar};

        for (int key = 0; key < KEYS; key++) {
            all[world.random.nextInt(all.length)].type();
            for (int i = world.random.nextInt(12); i > 0; i--) {
                world.step();
            }
            if (world.random.nextInt(60) == 0) {
                third.disconnect();
            } else if (!third.connected && world.random.nextInt(10) == 0) {
                third.connect();
            }
        }
        if (!third.connected) {
            third.connect();
        }
        world.settle();

        for (SimulatedEditor editor : all) {
            assertThat(editor.text())
                    .as("text of editor %s (%s)", editor.id, editor.manner)
                    .isEqualTo(owner.text());
        }
        if (reportsWhatWasTyped(all)) {
            assertKeys(world, owner.text());
        }
        assertThat(first.shown).isEmpty();
        assertThat(second.shown).isEmpty();
    }

    /** A whole text says what it is, not what was typed: equal keys may be told apart wrongly there. */
    private static boolean reportsWhatWasTyped(SimulatedEditor[] all) {
        for (SimulatedEditor editor : all) {
            if (editor.manner == SimulatedEditor.Manner.WHOLE_TEXT
                    || editor.manner == SimulatedEditor.Manner.BOASTING) {
                return false;
            }
        }
        return true;
    }

    private static void assertKeys(SimulatedWorld world, String text) {
        Map<Integer, Integer> counts = new TreeMap<>();
        text.codePoints().forEach(key -> counts.merge(key, 1, Integer::sum));
        for (int key = 0x4E00; key < world.characters.get(); key++) {
            int expected = world.deleted.contains(key) ? 0 : 1;
            assertThat(counts.getOrDefault(key, 0))
                    .as("occurrences of key U+%X", key)
                    .isEqualTo(expected);
        }
    }

    private static SimulatedEditor.Manner manner(SimulatedWorld world) {
        List<SimulatedEditor.Manner> manners = List.of(SimulatedEditor.Manner.values());
        return manners.get(world.random.nextInt(manners.size()));
    }

    private static void settleOpening(SimulatedWorld.Sidecar sidecar, SimulatedEditor editor) {
        while (editor.hasWork()) {
            editor.turn(sidecar::hear);
        }
    }

    private static String share(SimulatedWorld.Sidecar sidecar, SimulatedEditor editor) {
        Object answer = sidecar.ask(editor.id, new Request.Share(new EditorMessages.ShareParams(editor.uri)));
        return ((EditorMessages.Shared) answer).invitation();
    }

    private static SimulatedEditor join(
            SimulatedWorld world, SimulatedWorld.Sidecar sidecar, String uri, String invitation) {
        SimulatedEditor editor = world.editor(sidecar, uri, manner(world));
        editor.open("");
        settleOpening(sidecar, editor);
        sidecar.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, uri)));
        return editor;
    }
}
