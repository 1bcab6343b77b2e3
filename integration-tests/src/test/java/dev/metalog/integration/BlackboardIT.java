package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The blackboard of two workspaces, as people and scripts use it: by commands, beside editors, over a real broker. */
final class BlackboardIT {
    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void whatIsSetHereIsSeenThereThroughKillsAndPartings() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(rig);
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        Driven ben = rig.keep(headless().start(rig.seat("ben", broker.url()))).federated();

        String invitation = command(ada.seat(), "invite").get("invitation").getAsString();
        assertThat(command(ben.seat(), "join", invitation).get("arrived").getAsBoolean())
                .isTrue();
        List<JsonObject> seen = Watcher.start(rig, ben.seat(), Product.blackboard("watch"));
        JsonObject set = command(ada.seat(), "set", "build", "status", "{\"ok\": true, \"took\": 0.50}");
        assertThat(set.get("value")).hasToString("{\"ok\":true,\"took\":0.50}");
        Rig.await("who watches is told")
                .untilAsserted(() -> assertThat(seen)
                        .anyMatch(line -> line.get("event").getAsString().equals("changed")
                                && line.get("name").getAsString().equals("status")));

        Sidecars.kill(Sidecars.firstOf(ada.seat()));
        assertThat(command(ada.seat(), "get", "build", "status").get("value"))
                .as("what was set before kill -9")
                .isEqualTo(set.get("value"));

        ben.close();
        Seat alone = ben.seat().with("META_LOG_ENABLE_FEDERATION", "off").with("META_LOG_MQTT_BROKER", "");
        command(alone, "set", "build", "status", "\"ben's\"");
        command(alone, "add", "build", "failing", "\"unit\"");
        command(ada.seat(), "set", "build", "status", "\"ada's\"");
        command(ada.seat(), "add", "build", "failing", "\"lint\"");

        JsonObject synced = command(ben.seat(), "sync");
        assertThat(synced.getAsJsonArray("peers")).as("%s", synced).hasSize(1);
        JsonObject exchange = synced.getAsJsonArray("peers").get(0).getAsJsonObject();
        assertThat(exchange.get("peerId").getAsString()).isEqualTo(ada.peerId());
        assertThat(exchange.get("sent").getAsInt()).isGreaterThanOrEqualTo(2);
        assertThat(exchange.get("received").getAsInt()).isGreaterThanOrEqualTo(2);
        assertThat(exchange.get("equal").getAsBoolean()).isTrue();
        assertThat(command(ben.seat(), "get", "build", "status").get("value"))
                .isEqualTo(command(ada.seat(), "get", "build", "status").get("value"));
        assertThat(command(ben.seat(), "get", "build", "failing").getAsJsonArray("members"))
                .isEqualTo(command(ada.seat(), "get", "build", "failing").getAsJsonArray("members"))
                .hasSize(2);
    }

    @Test
    void emacsTellsTruthfullyWhatWasExchangedWithWhom() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(rig);
        Seat ada = rig.seat("ada", broker.url());
        Seat ben = rig.seat("ben", broker.url());
        String emacs = Tools.need("emacs", Editors.HOW_TO_GET.get("emacs"));
        String invitation = command(ada, "invite").get("invitation").getAsString();
        command(ben, "set", "canvas", "node", "{\"cid\": \"c\"}");
        command(ben, "join", invitation);
        assertThat(sync(emacs, ada))
                .as("nobody else is there")
                .contains("answer: nil")
                .contains("Nobody answered");

        Driven there = rig.keep(headless().start(ben)).federated();
        assertThat(sync(emacs, ada))
                .contains(":peer-id \"" + there.peerId() + "\"")
                .contains(":equal t")
                .contains(there.peerId().substring(0, 13) + " answered");
        assertThat(command(ada, "get", "canvas", "node")
                        .getAsJsonObject("value")
                        .get("cid")
                        .getAsString())
                .isEqualTo("c");
    }

    private String sync(String emacs, Seat seat) throws IOException {
        String words = "("
                + String.join(
                        " ",
                        Product.serve().stream().map(word -> '"' + word + '"').toList()) + ")";
        return Run.successfully(
                rig,
                seat.workspace(),
                seat.environment(),
                Rig.PATIENCE,
                List.of(
                        emacs,
                        "-Q",
                        "--batch",
                        "-L",
                        Product.ROOT.resolve("emacs").toString(),
                        "--eval",
                        "(progn (require 'meta-log-federation) (setq meta-log-command '" + words
                                + " meta-log-workspace default-directory) (meta-log-federation-init)"
                                + " (message \"answer: %S\" (meta-log-federation-sync-blackboard))"
                                + " (meta-log-sidecar-stop))"));
    }

    /** Runs a command to its end; returns the line of JSON it printed. */
    private JsonObject command(Seat seat, String... arguments) throws IOException {
        String said = Run.successfully(
                rig, seat.workspace(), seat.environment(), Rig.PATIENCE, Product.blackboard(arguments));
        List<String> lines = said.lines().filter(line -> line.startsWith("{")).toList();
        assertThat(lines).as("%s printed: %s", List.of(arguments), said).hasSize(1);
        return JsonParser.parseString(lines.get(0)).getAsJsonObject();
    }
}
