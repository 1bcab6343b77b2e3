package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A person blocks a peer by the command, while both type, over a real broker and through a kill. */
final class PeersIT {
    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void whoIsBlockedIsNotHeardUntilItIsUnblocked() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(rig);
        Instant began = Instant.now();
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        Driven ben = rig.keep(headless().start(rig.seat("ben", broker.url()))).federated();
        ada.open(ada.seat().file("plan.txt", "together"));
        ben.join(ada.share(), ben.seat().workspace().resolve("plan.txt"));
        ben.waitForText("together");
        ben.insert(0, "both ");
        ada.waitForText("both together");
        assertThat(run(ada.seat())).contains(ben.peerId()).contains("active");

        assertThat(run(ada.seat(), "block", ben.peerId())).contains("can read what you write");
        long dropped = dropped(ada, ben);
        ben.insert(0, "unheard ");
        ada.insert("both together".length(), " still");
        ben.waitForText("unheard both together still");
        awaitMoreDropped(ada, ben, dropped);
        assertThat(ada.text()).isEqualTo("both together still");

        Sidecars.kill(Sidecars.firstOf(ada.seat()));
        ada.insert(0, "again ");
        ben.waitForContains("again ");
        dropped = dropped(ada, ben);
        ben.insert(0, "ever ");
        awaitMoreDropped(ada, ben, dropped);
        assertThat(ada.text()).as("after kill -9").isEqualTo("again both together still");
        assertThat(show(ada, ben).get("status").getAsString()).isEqualTo("blocked");

        assertThat(run(ada.seat(), "unblock", ben.peerId())).contains("is heard again");
        ada.waitForContains("unheard ");
        ada.waitForContains("ever ");
        Driven.assertConverged(ada, ben);

        JsonObject seen = Rig.await("what was synced is known")
                .until(
                        () -> show(ada, ben),
                        known -> known.has("lastSynced") && synced(known).isAfter(began));
        assertThat(synced(seen)).isBefore(Instant.now().plusSeconds(1));
        JsonObject exchanges = seen.getAsJsonObject("exchanges");
        long answered = exchanges.get("answered").getAsLong();
        assertThat(answered).as("%s", seen).isPositive();
        assertThat(exchanges.get("successRate").getAsDouble())
                .isEqualTo((double) answered
                        / (answered + exchanges.get("unanswered").getAsLong()));
        JsonObject relation = seen.getAsJsonArray("relations").get(0).getAsJsonObject();
        assertThat(relation.get("path").getAsString()).isEqualTo("plan.txt");
        assertThat(relation.getAsJsonObject("traffic").get("bundlesIn").getAsLong())
                .isGreaterThanOrEqualTo(2);
    }

    private static Instant synced(JsonObject peer) {
        return Instant.parse(peer.get("lastSynced").getAsString());
    }

    private long dropped(Driven here, Driven other) throws IOException {
        return show(here, other).get("dropped").getAsLong();
    }

    /** What the other has said since then has arrived here, and was dropped. */
    private void awaitMoreDropped(Driven here, Driven other, long before) {
        Rig.await("what " + other.name() + " says is dropped").until(() -> dropped(here, other) > before);
    }

    private JsonObject show(Driven here, Driven other) throws IOException {
        String said = run(here.seat(), "--json");
        return said.lines()
                .filter(line -> line.startsWith("{"))
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .filter(peer -> peer.get("peerId").getAsString().equals(other.peerId()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(other.peerId() + " is not in: " + said));
    }

    private String run(Seat seat, String... arguments) throws IOException {
        return Run.successfully(rig, seat.workspace(), seat.environment(), Rig.PATIENCE, Product.peers(arguments));
    }
}
