package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static dev.metalog.integration.Editors.headlessWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A character changes in the memory of one of two sidecars: they find out, and heal by themselves. */
final class HealingIT {
    private static final String MARK = "⟪this will change⟫";
    private static final String BEGUN = "a line above it\n".repeat(500) + MARK + "\n" + "a line below it\n".repeat(500);
    private static final String REBUILT = "does not give the text that was here. The document was rebuilt";

    @RegisterExtension
    private final Rig rig = new Rig();

    private final FailingMemory memory = new FailingMemory();
    private Driven ada;
    private Driven ben;

    HealingIT() throws IOException {}

    /**
     * The memory of ben's sidecar is the one that fails. Without direct links: whenever one is up, each says hello, and ada's would
     * find out before ben's editor does.
     */
    private Pair shared() throws Exception {
        String broker = Mosquitto.open(rig).url();
        Pair pair = Pair.start(
                rig.seat("ada", broker).with("META_LOG_DIRECT", "off"),
                rig.seat("ben", broker).with("META_LOG_DIRECT", "off"),
                seat -> rig.keep(
                        (seat.name().equals("ben") ? headlessWith(memory.sidecar()) : headless()).start(seat)));
        ada = pair.first();
        ben = pair.second();
        pair.share("plan.txt", BEGUN);
        pair.meet();
        return pair;
    }

    @Test
    void anEditorFindsOutAndNobodyElseIsTroubled() throws Exception {
        Pair pair = shared();
        assertThat(memory.change(MARK, '⟫')).as("places in memory").isPositive();
        ada.insert(0, "ada types on. ");
        ben.insert(0, "ben types on. ");

        JsonObject told = ben.event("message", HealingIT::isAlarm);
        assertThat(text(told)).contains("plan.txt", "an editor", REBUILT, "what is typed is kept");
        awaitHealed(ben);
        ada.insert(0, "ada goes on. ");
        ben.insert(0, "ben goes on. ");
        pair.meet();
        Driven.assertConverged(ada, ben);
        assertThat(ben.text())
                .endsWith(BEGUN)
                .containsOnlyOnce("ada types on. ")
                .containsOnlyOnce("ben types on. ")
                .containsOnlyOnce("ada goes on. ")
                .containsOnlyOnce("ben goes on. ");
        assertThat(alarms(ben)).as("what ben was told").hasSize(1);
        assertThat(alarms(ada)).as("what ada was told").isEmpty();
        assertThat(evidence(ben.seat())).singleElement().asString().contains(MARK.substring(1), "OURS");

        // What is on the disk was right all along.
        Sidecars.kill(Sidecars.firstOf(ben.seat()));
        ben.insert(0, "after a kill. ");
        ada.waitForContains("after a kill. ");
        Driven.assertConverged(ada, ben);
        assertThat(ada.text()).endsWith(BEGUN);
    }

    /** Nobody at ben's has it open, so only ada's sidecar can find out. */
    @Test
    void anotherSidecarFindsOutAndBothAgreeAgain() throws Exception {
        shared();
        Path file = ben.seat().workspace().resolve("plan.txt");
        ben.call("save", Map.of());
        ben.call("close", Map.of());
        assertThat(memory.change(MARK, '⟫')).as("places in memory").isPositive();
        ada.insert(0, "ada types on. ");

        JsonObject told = ada.event("message", HealingIT::isAlarm);
        assertThat(text(told)).contains("plan.txt", ben.peerId(), "it is the other one that is wrong; it was told");
        awaitHealed(ada);
        awaitHealed(ben);
        assertThat(evidence(ada.seat())).singleElement().asString().contains(ben.peerId(), "THEIRS");
        assertThat(evidence(ben.seat())).singleElement().asString().contains(ada.peerId(), "OURS", MARK.substring(1));

        ben.open(file);
        ben.waitForText(ada.text());
        assertThat(text(ben.event("message", HealingIT::isAlarm)))
                .as("who opens it next is told")
                .contains(REBUILT);
        ben.insert(0, "ben goes on. ");
        ada.waitForContains("ben goes on. ");
        Driven.assertConverged(ada, ben);
        assertThat(ada.text())
                .endsWith(BEGUN)
                .containsOnlyOnce("ada types on. ")
                .containsOnlyOnce("ben goes on. ");
        assertThat(alarms(ada)).as("what ada was told").hasSize(1);
        assertThat(alarms(ben)).as("what ben was told").hasSize(1);
    }

    private static String text(JsonObject event) {
        return event.get("message").getAsString();
    }

    private static boolean isAlarm(JsonObject event) {
        return text(event).contains("out of the same events");
    }

    private static List<JsonObject> alarms(Driven editor) {
        return editor.events("message").stream().filter(HealingIT::isAlarm).toList();
    }

    /** By what {@code meta-log status} says. */
    private void awaitHealed(Driven editor) {
        Rig.await(editor.name() + "'s sidecar counts one that was found and healed")
                .untilAsserted(() -> {
                    Seat seat = editor.seat();
                    String said = Run.successfully(
                            rig, seat.workspace(), seat.environment(), Rig.PATIENCE, Product.command("status"));
                    assertThat(said).contains("divergent  1 found, 1 healed");
                });
    }

    private static List<String> evidence(Seat seat) throws IOException {
        try (Stream<Path> files = Files.walk(seat.home())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.getParent().getFileName().toString().equals("evidence"))
                    .map(HealingIT::read)
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(file + " cannot be read", e);
        }
    }
}
