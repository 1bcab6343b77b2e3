package dev.metalog.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whatever dies, time and again, while two people type: in the end every key is there, once, on both screens. No editor is
 * restarted but the one that was killed itself.
 *
 * <p>{@code -Dkills=500} kills more often than the gate does, {@code -Dseed=N} in the same order again.
 */
final class KillsIT {
    private static final int KILLS = Integer.getInteger("kills", 20);
    private static final long SEED = Long.getLong("seed", System.currentTimeMillis() % 1_000_000_000);
    /** As many as there are signs for, and no more than are typed while something dies and comes back. */
    private static final int KEYS_A_KILL = Math.min(40, RandomTyping.SIGNS_A_SIDE / KILLS - 1);

    private static final int LAST_KEYS = 3_000;
    private static final String FILE = "plan.txt";
    /** One long word: what was typed all over it while a sidecar was dead is found by nothing but its characters. */
    private static final String BEGINNING = "begun".repeat(1_000) + "\n";

    @RegisterExtension
    private final Rig rig = new Rig();

    private enum Victim {
        /** That of the Emacs, which stays and starts another. */
        SIDECAR,
        /** That of the other person. */
        PEER,
        BROKER,
        /** The other person's, with its sidecar; it is started again on the file as it is on the disk. */
        EDITOR
    }

    private Mosquitto broker;
    private Driven ada;
    private Driven ben;
    private RandomTyping adas;
    private RandomTyping bens;
    private final StringBuilder typed = new StringBuilder();
    private final List<String> story = new ArrayList<>();

    @Test
    void everyKeyIsThereOnce() throws Exception {
        System.out.println("kills: seed " + SEED + " (repeat with -Dseed=" + SEED + ")");
        SplittableRandom random = new SplittableRandom(SEED);
        broker = Mosquitto.open(rig);
        Pair pair = Pair.start(rig, broker.url(), Editors.emacs("emacs"), Editors.headless());
        pair.share(FILE, BEGINNING);
        ada = pair.first();
        ben = pair.second();
        adas = new RandomTyping(ada, SEED, 0);
        bens = new RandomTyping(ben, SEED, 1);
        long adasEditor = Sidecars.editorOf(ada.seat()).pid();
        Map<Victim, Integer> killed = new EnumMap<>(Victim.class);
        List<Victim> victims = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            if (victims.isEmpty()) {
                victims.addAll(List.of(Victim.values()));
            }
            Victim victim = victims.remove(random.nextInt(victims.size()));
            killed.merge(victim, 1, Integer::sum);
            if (victim == Victim.EDITOR) {
                // What only an editor has dies with it: its sidecar has to be back after the last kill.
                assertEveryKey();
            }
            killWhileTyping(victim);
            story.add("kill " + (kill + 1) + " " + victim + " " + LocalTime.now(ZoneId.systemDefault()) + ", "
                    + typed.length() + " keys");
            assertNothingTwice();
            if (victims.isEmpty()) {
                assertEveryKey();
            }
            if (kill % 25 == 24) {
                System.out.println("kills: " + (kill + 1) + " " + killed + ", 0 keys lost so far");
            }
        }
        assertEveryKey();
        assertThat(Sidecars.editorOf(ada.seat()).pid())
                .as("the Emacs that was there at first")
                .isEqualTo(adasEditor);
        System.out.println("kills: " + KILLS + " in all " + killed + ", 0 keys lost");
    }

    /** It notices that nobody reads any more before it has read all that was typed. */
    @Test
    void whatAnEditorWroteBeforeItsEndIsKept() throws Exception {
        Seat seat = rig.seat("ada", "");
        Path file = seat.file(FILE, "");
        RawSession session = RawSession.initialized(rig, seat);
        open(session, file);
        RawSession.result(session.ask(
                "workspace/executeCommand",
                RawSession.object(Map.of("command", "meta-log.share", "arguments", List.of(uri(file))))));
        for (int key = 0; key < LAST_KEYS; key++) {
            Map<String, Integer> start = Map.of("line", 0, "character", 0);
            session.tell(
                    "textDocument/didChange",
                    RawSession.object(Map.of(
                            "textDocument",
                            Map.of("uri", uri(file), "version", key + 2),
                            "contentChanges",
                            List.of(Map.of("range", Map.of("start", start, "end", start), "text", "x")))));
        }
        session.process().getInputStream().close();
        session.process().getOutputStream().close();
        session.exitCode();

        RawSession again = RawSession.initialized(rig, seat);
        open(again, file);
        again.hears("all that was typed", message -> message.toString().contains("\"" + "x".repeat(LAST_KEYS) + "\""));
    }

    private static void open(RawSession session, Path file) throws IOException {
        session.tell(
                "textDocument/didOpen",
                RawSession.object(Map.of(
                        "textDocument", Map.of("uri", uri(file), "languageId", "text", "version", 1, "text", ""))));
    }

    private static String uri(Path file) {
        return file.toUri().toString();
    }

    private void killWhileTyping(Victim victim) throws Exception {
        // What is killed is in the midst of these keys.
        typed.append(bens.insert(KEYS_A_KILL / 2));
        Pair.atOnce(
                () -> {
                    typed.append(adas.insert(KEYS_A_KILL));
                    return true;
                },
                () -> {
                    kill(victim);
                    return true;
                });
        typed.append(bens.insert(KEYS_A_KILL - KEYS_A_KILL / 2));
    }

    private void kill(Victim victim) throws Exception {
        switch (victim) {
            case SIDECAR -> killSidecarOf(ada.seat());
            case PEER -> killSidecarOf(ben.seat());
            case BROKER -> {
                broker.kill();
                broker.start();
            }
            case EDITOR -> killBensEditor();
        }
    }

    private static void killSidecarOf(Seat seat) {
        ProcessHandle sidecar = Sidecars.firstOf(seat);
        Sidecars.kill(sidecar);
        Rig.await("another sidecar of " + seat.name())
                .until(() -> Sidecars.firstOf(seat).pid() != sidecar.pid());
    }

    private void killBensEditor() throws Exception {
        ProcessHandle sidecar = Sidecars.firstOf(ben.seat());
        Sidecars.kill(Sidecars.editorOf(ben.seat()));
        // It has read what was written to it, and keeps it, before it ends.
        Rig.await("the end of the sidecar of an editor that is no more").until(() -> !sidecar.isAlive());
        ben = rig.keep(Editors.headless().start(ben.seat()));
        ben.open(ben.seat().workspace().resolve(FILE));
        bens = bens.goOnIn(ben);
    }

    private void assertEveryKey() {
        Rig.await("every key on both screens").untilAsserted(() -> {
            String text = ada.text();
            assertThat(differences(typed, text)).as(this::told).isEmpty();
            assertThat(ben.text()).as(this::told).isEqualTo(text);
            String rest = text.codePoints()
                    .filter(character -> !RandomTyping.isSign(character))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertThat(rest.equals(BEGINNING))
                    .as("what was there at first, seed %d", SEED)
                    .isTrue();
        });
    }

    /** What is there twice will stay so; what is missing may still come. */
    private void assertNothingTwice() {
        for (Driven editor : List.of(ada, ben)) {
            assertThat(differences(typed, editor.text()))
                    .as(this::told)
                    .noneMatch(difference -> difference.startsWith("too often"));
        }
    }

    private String told() {
        return "keys, seed " + SEED + ", the last kills " + story.subList(Math.max(0, story.size() - 12), story.size())
                + ", the texts\n" + ada.text() + "\n" + ben.text() + "\n";
    }

    /** What is lost and what is there too often. */
    private static List<String> differences(CharSequence typed, String text) {
        Map<Integer, Integer> counts = new TreeMap<>();
        typed.codePoints().forEach(key -> counts.merge(key, 1, Integer::sum));
        text.codePoints().filter(RandomTyping::isSign).forEach(key -> counts.merge(key, -1, Integer::sum));
        List<String> said = new ArrayList<>();
        counts.forEach((key, missing) -> {
            if (missing != 0) {
                said.add((missing > 0 ? "lost U+" : "too often U+") + Integer.toHexString(key));
            }
        });
        return said;
    }
}
