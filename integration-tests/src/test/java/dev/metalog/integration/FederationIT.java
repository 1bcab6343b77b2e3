package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is there, on public topics of a broker that is not ours. */
final class FederationIT {
    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void whoComesLateSeesEverybodyAndWhoLeavesDisappears() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        Driven ben = rig.keep(headless().start(rig.seat("ben", broker.url()))).federated();
        Driven late = rig.keep(headless().start(rig.seat("late", broker.url()))).federated();
        Rig.await("the late one sees everybody")
                .untilAsserted(() -> assertThat(Peers.of(late)).containsExactlyInAnyOrder(ada.peerId(), ben.peerId()));
        Rig.await("everybody sees the late one")
                .untilAsserted(() -> assertThat(Peers.of(ada)).contains(late.peerId()));

        String bensId = ben.peerId();
        String latesId = late.peerId();
        ben.close();
        ada.event("peerLeft", Events.about(bensId));
        assertThat(Peers.of(ada)).containsExactly(latesId);

        // A frozen editor cannot start another sidecar in place of the killed one.
        Sidecars.freeze(Sidecars.editorOf(late.seat()));
        Sidecars.kill(Sidecars.firstOf(late.seat()));
        ada.event("peerLeft", Events.about(latesId));
        assertThat(Peers.of(ada)).isEmpty();
    }

    @Test
    void anybodyHearsTheDocumentedAnnouncement() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Subscriber ears = Subscriber.start(rig, broker, "canvasl/peers/announce");
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        JsonObject identity = ada.call("identity", Map.of()).getAsJsonObject("identity");
        String peerId = identity.get("peerId").getAsString();
        JsonObject heard = JsonParser.parseString(ears.hears(peerId)).getAsJsonObject();
        assertThat(heard.keySet())
                .containsExactlyInAnyOrder("type", "peer_id", "public_key", "address", "timestamp", "signature");
        assertThat(heard.get("type").getAsString()).isEqualTo("peer_announce");
        assertThat(heard.get("public_key")).isEqualTo(identity.get("publicKey"));
        assertThat(heard.get("address")).isEqualTo(identity.get("address"));
        assertThat(heard.get("signature").getAsString()).matches("0x[0-9a-f]{130}");
        assertThat(Instant.parse(heard.get("timestamp").getAsString()))
                .isBetween(Instant.now().minusSeconds(300), Instant.now().plusSeconds(5));
    }

    @Test
    void aMessageOnAnyTopicReachesWhoSubscribed() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        ada.call("subscribe", Map.of("topic", "canvasl/rooms/+"));
        broker.publish("canvasl/rooms/kitchen", "{\"tea\": \"ready ☕\"}");
        ada.event("messageReceived", Events.message("canvasl/rooms/kitchen", "{\"tea\": \"ready ☕\"}"));
        Subscriber ears = Subscriber.start(rig, broker, "canvasl/rooms/hall");
        ada.call("publish", Map.of("topic", "canvasl/rooms/hall", "message", "hello from the editor"));
        assertThat(ears.hears("hello")).isEqualTo("hello from the editor");
    }
}
