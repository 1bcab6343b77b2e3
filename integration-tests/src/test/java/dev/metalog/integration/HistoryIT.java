package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who wrote what is proved to whoever has a document, also when it came through somebody else. */
final class HistoryIT {
    private static final String FILE = "plan.txt";

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void everybodyCanProveWhoWroteWhat() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(rig);
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        Driven ben = rig.keep(headless().start(rig.seat("ben", broker.url()))).federated();
        ada.open(ada.seat().file(FILE, "a long line: " + "word ".repeat(200)));
        String invitation = ada.share();
        Path bens = ben.seat().workspace().resolve(FILE);
        ben.join(invitation, bens);
        ben.waitForContains("a long line");
        for (int i = 0; i < 100; i++) {
            ada.insert(0, "a" + i % 10);
            ben.insert(0, "b" + i % 10);
        }
        Driven.assertConverged(ada, ben);
        String text = ada.text();
        String adasId = ada.peerId();
        ProcessHandle sidecar = Sidecars.firstOf(ada.seat());
        ada.call("quit", Map.of());
        Rig.await("the end of ada's sidecar").until(() -> !sidecar.isAlive());

        // Cleo never meets Ada, only somebody who passes on what she wrote.
        Driven cleo = rig.keep(headless().start(rig.seat("cleo", broker.url()))).federated();
        cleo.join(invitation, cleo.seat().workspace().resolve(FILE));
        cleo.waitForText(text);
        JsonObject document = verify(cleo.seat());
        assertThat(document.get("proved").getAsBoolean()).as("%s", document).isTrue();
        TreeMap<String, Integer> units = new TreeMap<>();
        for (JsonElement writer : document.getAsJsonArray("writers")) {
            JsonObject one = writer.getAsJsonObject();
            assertThat(one.get("verdict").getAsString()).isEqualTo("PROVED");
            units.merge(one.get("peer").getAsString(), one.get("units").getAsInt(), Integer::sum);
        }
        assertThat(units).containsOnlyKeys(adasId, ben.peerId());
        assertThat(units.get(ben.peerId())).isEqualTo(200);
        assertThat(units.get(adasId)).isEqualTo(text.length() - 200);
        assertThat(verify(ada.seat()).get("proved").getAsBoolean()).isTrue();

        assertBlamed(cleo.seat(), text, adasId, ben.peerId());

        // A snapshot takes the place of the records, and proves as much.
        Run.successfully(
                rig,
                ada.seat().workspace(),
                ada.seat().environment(),
                Rig.PATIENCE,
                Product.command("store", "compact"));
        assertThat(verify(ada.seat()).getAsJsonArray("writers")).hasSameSizeAs(document.getAsJsonArray("writers"));
        assertThat(verify(ada.seat()).get("proved").getAsBoolean()).isTrue();
        assertBlamed(ada.seat(), text, adasId, ben.peerId());
    }

    /** Every key of the text is said to be of who typed it, in the last minutes. */
    private void assertBlamed(Seat seat, String text, String adasId, String bensId) throws IOException {
        StringBuilder blamed = new StringBuilder();
        for (JsonElement each : history(seat, "blame").getAsJsonArray("stretches")) {
            JsonObject stretch = each.getAsJsonObject();
            String peer = stretch.get("peer").getAsString();
            String part = stretch.get("text").getAsString();
            assertThat(peer).as(part).isEqualTo(part.matches("[b0-9]+") && part.contains("b") ? bensId : adasId);
            assertThat(Instant.parse(stretch.get("writtenAt").getAsString()))
                    .isBetween(Instant.now().minus(Duration.ofMinutes(20)), Instant.now());
            blamed.append(part);
        }
        assertThat(blamed).hasToString(text);
    }

    private JsonObject verify(Seat seat) throws IOException {
        return history(seat, "verify");
    }

    private JsonObject history(Seat seat, String command) throws IOException {
        String said = Run.successfully(
                rig,
                seat.workspace(),
                seat.environment(),
                Rig.PATIENCE,
                Product.command("history", command, "--json", FILE));
        String json =
                said.lines().filter(line -> line.startsWith("{")).findFirst().orElseThrow();
        return JsonParser.parseString(json)
                .getAsJsonObject()
                .getAsJsonArray("documents")
                .get(0)
                .getAsJsonObject();
    }
}
