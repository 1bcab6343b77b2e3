package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two who met at a broker need it no more: not for typing, not after a kill, not after both were ended. */
final class DirectLinksIT {
    @RegisterExtension
    private final Rig rig = new Rig();

    private Mosquitto broker;
    private Seat adasSeat;
    private Seat bensSeat;
    private Driven ada;
    private Driven ben;

    @BeforeEach
    void twoWhoAreLinked() throws Exception {
        broker = Mosquitto.open(rig);
        adasSeat = rig.seat("ada", broker.url()).with("META_LOG_DIRECT", "loopback");
        bensSeat = rig.seat("ben", broker.url()).with("META_LOG_DIRECT", "loopback");
        ada = rig.keep(headless().start(adasSeat)).federated();
        ben = rig.keep(headless().start(bensSeat)).federated();
        ada.open(adasSeat.file("plan.txt", "together"));
        ben.join(ada.share(), bensSeat.workspace().resolve("plan.txt"));
        ben.waitForText("together");
        awaitDirect(adasSeat, ben);
        awaitDirect(bensSeat, ada);
    }

    @Test
    void keysArriveWithoutTheBrokerAndThroughAKill() throws Exception {
        broker.kill();
        ada.event("connection", Events.state("disconnected"));
        for (int i = 0; i < 50; i++) {
            ada.insert(0, "a");
            ben.insert(ben.text().length(), "b");
        }
        awaitSame(100 + "together".length());
        assertThat(ada.events("documentStatus")).as("it was never offline").noneMatch(Events.state("offline"));

        Sidecars.kill(Sidecars.firstOf(bensSeat));
        ben.insert(0, "killed ");
        ada.insert(0, "on ");
        awaitSame(100 + "together".length() + "killed on ".length());
    }

    @Test
    void whoWasEndedIsFoundAgainWithoutABroker() throws Exception {
        broker.kill();
        ada.insert(0, "1 ");
        awaitSame("1 together".length());
        ada.close();
        ben.close();
        ada = rig.keep(headless().start(adasSeat));
        ben = rig.keep(headless().start(bensSeat));
        ada.open(adasSeat.workspace().resolve("plan.txt"));
        ben.open(bensSeat.workspace().resolve("plan.txt"));
        ada.insert(0, "2 ");
        ben.insert(0, "3 ");
        awaitSame("1 2 3 together".length());
    }

    @Test
    void everyWayIsTestedAndTheOneInUseIsTold() throws Exception {
        JsonObject tested = linkTest();
        assertThat(tested.getAsJsonObject("used").get("kind").getAsString()).isEqualTo("direct");
        JsonArray results = tested.getAsJsonArray("results");
        assertThat(results).hasSize(2).allSatisfy(result -> {
            assertThat(result.getAsJsonObject().get("answers").getAsInt()).isEqualTo(20);
            assertThat(result.getAsJsonObject().get("roundTripMillis").getAsDouble())
                    .isPositive()
                    .isLessThan(1_000);
        });

        broker.kill();
        ada.event("connection", Events.state("disconnected"));
        assertThat(linkTest().getAsJsonArray("results").toString()).contains("No such way is open.");
    }

    private JsonObject linkTest() throws IOException {
        String said = Run.successfully(
                rig,
                adasSeat.workspace(),
                adasSeat.environment(),
                Rig.PATIENCE,
                Product.command("link", "test", ben.peerId(), "--json"));
        return line(said);
    }

    private void awaitSame(int length) {
        Rig.await("both have the same " + length + " characters")
                .until(() -> ada.text().length() == length && ada.text().equals(ben.text()));
    }

    private void awaitDirect(Seat seat, Driven other) {
        Rig.await("a direct link to " + other.name())
                .until(() -> wayTo(seat, other).equals("direct"));
    }

    private String wayTo(Seat seat, Driven other) throws IOException {
        String said = Run.successfully(
                rig,
                seat.workspace(),
                seat.environment(),
                Rig.PATIENCE,
                Product.peers("show", other.peerId(), "--json"));
        JsonObject peer = line(said);
        return peer.has("way") ? peer.getAsJsonObject("way").get("kind").getAsString() : "none";
    }

    /** The line of JSON among what a command says to people. */
    private static JsonObject line(String said) {
        return said.lines()
                .filter(one -> one.startsWith("{"))
                .findFirst()
                .map(one -> JsonParser.parseString(one).getAsJsonObject())
                .orElseThrow(() -> new AssertionError("no line of JSON in: " + said));
    }
}
