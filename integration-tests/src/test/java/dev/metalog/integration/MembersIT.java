package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.metalog.editorclients.drive.EditorRefusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Invited, let in, put out: real processes, a real broker, and what anybody can hear there. */
final class MembersIT {
    private static final String FILE = "plan.txt";

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void whoIsInvitedWritesAndWhoIsPutOutDoesNot() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(rig);
        Driven ada = person("ada", broker);
        Driven ben = person("ben", broker);
        Driven cleo = person("cleo", broker);
        ada.open(ada.seat().file(FILE, "begun "));

        ben.join(invite(ada, "--yes"), fileOf(ben));
        ben.waitForText("begun ");
        String code = invite(ada, "--code", "--yes");
        assertThat(code).matches("[0-9]{6}-[a-z]+-[a-z]+");
        Instant entered = Instant.now();
        cleo.join(code, fileOf(cleo));
        cleo.waitForText("begun ");
        Duration toText = Duration.between(entered, Instant.now());
        System.out.println("code entry to first synced text: " + toText.toMillis() + " ms");
        assertThat(toText).isLessThan(Duration.ofSeconds(5));

        for (int i = 0; i < 20; i++) {
            ada.insert(0, "a");
            ben.insert(0, "b");
            cleo.insert(0, "c");
        }
        Driven.assertConverged(ada, ben);
        Driven.assertConverged(ada, cleo);
        assertThat(members(ada).getAsJsonArray("members")).hasSize(3);

        run(ada, "members", "remove", cleo.peerId());
        Instant removed = Instant.now();
        Rig.await("ben has the new key").until(() -> members(ben).get("epoch").getAsInt() == 2);
        System.out.println("to the new key: "
                + Duration.between(removed, Instant.now()).toMillis() + " ms, as the command sees it");
        String had = cleo.text();
        cleo.insert(0, "uncounted ");
        ada.insert(0, "secret ");
        ben.insert(0, "also ");
        Driven.assertConverged(ada, ben);

        Sidecars.kill(Sidecars.firstOf(ada.seat()));
        ada.insert(0, "after a kill ");
        ben.waitForContains("after a kill ");
        Driven.assertConverged(ada, ben);
        assertThat(ben.text()).contains("secret ", "also ").doesNotContain("uncounted");
        assertThat(cleo.text()).isEqualTo("uncounted " + had);
        assertThat(members(ada).getAsJsonArray("members")).hasSize(2);
    }

    @Test
    void theOwnerLooksAtWhoAsks() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(rig);
        Driven ada = person("ada", broker);
        Driven ben = person("ben", broker);
        ada.open(ada.seat().file(FILE, "begun "));
        String link = invite(ada);

        CompletableFuture<EditorRefusal> refused = CompletableFuture.supplyAsync(() -> ben.refusal(
                "join", Map.of("invitation", link, "path", fileOf(ben).toString())));
        JsonObject asks = ada.event("memberAsks", event -> true);
        assertThat(asks.get("peerId").getAsString()).isEqualTo(ben.peerId());
        assertThat(run(ada, "members", "reject", asks.get("request").getAsString()))
                .contains("was not let in");
        assertThat(refused.get().getMessage()).contains("did not let this device in");

        String second = invite(ada, "--read");
        CompletableFuture<Void> joined = CompletableFuture.runAsync(() -> ben.join(second, fileOf(ben)));
        JsonObject again =
                ada.event("memberAsks", event -> !event.get("request").equals(asks.get("request")));
        run(ada, "members", "approve", again.get("request").getAsString());
        joined.get();
        ben.waitForText("begun ");
        ada.insert(0, "read this: ");
        ben.waitForText("read this: begun ");

        ben.event("readOnly", event -> event.get("readOnly").getAsBoolean());
        assertThat(ben.refusal("insert", Map.of("at", 0, "text", "kept from it ")))
                .hasMessageContaining("may only be read");
        ben.call("insert", Map.of("at", 0, "text", "in vain ", "anyway", true));
        String told = ben.event(
                        "message", event -> event.get("message").getAsString().contains("It is kept in "))
                .get("message")
                .getAsString();
        ben.waitForText("read this: begun ");
        String kept = told.substring(told.indexOf("It is kept in ") + 14, told.indexOf(".typed.txt") + 10);
        assertThat(Path.of(kept)).content().endsWith("in vain ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(kept))))
                .isEqualTo("rw-------");

        run(ada, "members", "role", ben.peerId(), "write");
        ben.event("readOnly", event -> !event.get("readOnly").getAsBoolean());
        ben.insert(0, "now ");
        ada.waitForText("now read this: begun ");

        // What becomes the workspace's later needs no other invitation.
        ada.open(ada.seat().file("later.txt", "later "));
        run(ada, "invite", "later.txt", "--no-wait");
        JsonObject offered = Rig.await("what is offered to ben")
                .until(() -> members(ben).getAsJsonArray("offered"), list -> list.size() == 1)
                .get(0)
                .getAsJsonObject();
        assertThat(offered.get("path").getAsString()).isEqualTo("later.txt");
        assertThat(offered.get("peerId").getAsString()).isEqualTo(ada.peerId());
        ben.join(offered.get("documentId").getAsString(), ben.seat().workspace().resolve("later.txt"));
        ben.waitForText("later ");
    }

    /** A thousand names and words that are planted, and everything that anybody can hear at the broker meanwhile. */
    @Test
    void whoeverRunsTheBrokerLearnsNothing() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Subscriber ears = Subscriber.start(rig, broker, "#", "-F", "%t %x");
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        Driven ben = rig.keep(headless().start(rig.seat("ben", broker.url()))).federated();
        String path = "planted-path-of-the-plan.txt";
        ada.open(ada.seat().file(path, "planted-first-text "));
        String link = run(ada, "invite", path, "--yes", "--no-wait", "--name", "planted-owner-name")
                .lines()
                .filter(line -> line.startsWith("metalog2-"))
                .findFirst()
                .orElseThrow();
        ben.join(link, ben.seat().workspace().resolve(path));
        ben.waitForText("planted-first-text ");
        List<String> planted = IntStream.range(0, 1_000)
                .mapToObj(i -> "planted" + Integer.toString(100_000 + 7 * i, 36))
                .toList();
        for (int i = 0; i < planted.size(); i += 2) {
            ada.insert(0, planted.get(i) + " ");
            ben.insert(0, planted.get(i + 1) + "\n");
        }
        Driven.assertConverged(ada, ben);
        assertThat(ada.text()).contains(planted);

        long heard = 0;
        for (String line : ears.heard()) {
            int space = line.indexOf(' ');
            String topic = space < 0 ? line : line.substring(0, space);
            String bytes = space < 0 ? "" : ascii(line.substring(space + 1));
            heard += bytes.length();
            assertThat(topic).doesNotContain("planted");
            assertThat(bytes).doesNotContainIgnoringCase("planted");
        }
        System.out.println("captured " + ears.heard().size() + " messages, " + heard + " bytes; 0 of "
                + (planted.size() + 3) + " planted words in them");
        assertThat(heard).as("something was captured").isGreaterThan(100_000);
    }

    private static String ascii(String hex) {
        StringBuilder text = new StringBuilder(hex.length() / 2);
        for (int i = 0; i + 1 < hex.length(); i += 2) {
            text.append((char) Integer.parseInt(hex, i, i + 2, 16));
        }
        return text.toString();
    }

    private Driven person(String name, EmbeddedBroker broker) throws Exception {
        return rig.keep(headless().start(rig.seat(name, broker.url()))).federated();
    }

    private static Path fileOf(Driven person) {
        return person.seat().workspace().resolve(FILE);
    }

    private String invite(Driven owner, String... options) throws IOException {
        String[] words = new String[options.length + 2];
        words[0] = FILE;
        words[1] = "--no-wait";
        System.arraycopy(options, 0, words, 2, options.length);
        return run(owner, "invite", words)
                .lines()
                .filter(line -> line.startsWith("metalog2-") || line.matches("[0-9]{6}-.*"))
                .findFirst()
                .orElseThrow();
    }

    private JsonObject members(Driven person) throws IOException {
        for (String line : run(person, "members", "--json").lines().toList()) {
            if (line.startsWith("{")) {
                JsonElement workspace = JsonParser.parseString(line);
                return workspace.getAsJsonObject();
            }
        }
        throw new AssertionError(person.name() + " has no workspace.");
    }

    private String run(Driven person, String command, String... words) throws IOException {
        Seat seat = person.seat();
        return Run.successfully(
                rig, seat.workspace(), seat.environment(), Rig.PATIENCE, Product.command(command, words));
    }
}
