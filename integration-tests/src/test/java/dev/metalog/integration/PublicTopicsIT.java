package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The public topics with programs that are not ours: what they hear is as documented, and what they write is judged. */
final class PublicTopicsIT {
    private static final String FILES = "canvasl/sync";

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void anybodyHearsWhatIsSentAsDocumented() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Subscriber files = Subscriber.start(rig, broker, FILES);
        Subscriber messages = Subscriber.start(rig, broker, "canvasl/peers/+/messages");
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        JsonObject identity = ada.call("identity", Map.of()).getAsJsonObject("identity");
        String peerId = identity.get("peerId").getAsString();
        String publicKey = identity.get("publicKey").getAsString();

        ada.call("sendFile", Map.of("file", "notes/plan.canvasl", "content", "{\"id\": \"tea\"}\n"));
        Map<String, String> file = members(files.hears("plan.canvasl"));
        assertThat(file).containsOnlyKeys("type", "peer_id", "file", "content", "timestamp", "signature");
        assertThat(file).containsEntry("type", "canvasl-sync").containsEntry("peer_id", peerId);
        assertThat(file).containsEntry("content", "{\"id\": \"tea\"}\n");
        assertThat(HandSigner.isSigned(publicKey, "meta-log/canvasl-sync/1", file))
                .isTrue();
        assertThat(HandSigner.isSigned(publicKey, "meta-log/peer-message/1", file))
                .isFalse();

        HandSigner hand = new HandSigner(4711);
        ada.call("sendMessage", Map.of("peerId", hand.peerId(), "payload", "\"hello\""));
        Map<String, String> message = members(messages.hears("hello"));
        assertThat(message).containsOnlyKeys("type", "from", "to", "payload", "timestamp", "signature");
        assertThat(message).containsEntry("from", peerId).containsEntry("to", hand.peerId());
        assertThat(HandSigner.isSigned(publicKey, "meta-log/peer-message/1", message))
                .isTrue();
        assertThat(Instant.parse(message.get("timestamp")))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
    }

    @Test
    void whatIsWrittenByHandIsTakenAndWhatIsWrongIsRefusedByItsReason() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        String messages = "canvasl/peers/" + ada.peerId() + "/messages";
        HandSigner hand = new HandSigner(4711);
        HandSigner other = new HandSigner(4712);

        String announcement = hand.announcement();
        broker.publish("canvasl/peers/announce", announcement);
        ada.event("peerDiscovered", Events.about(hand.peerId()));

        String message = hand.message(ada.peerId(), "tea is ready");
        broker.publish(messages, message);
        JsonObject told = ada.event("peerMessage", event -> from(event).equals(hand.peerId()));
        assertThat(told.get("payload").getAsString()).isEqualTo("\"tea is ready\"");
        ada.event("messageReceived", Events.message(messages, message));

        String file = hand.file("notes/plan.canvasl", "one\n");
        broker.publish(FILES, file);
        JsonObject received = ada.event("fileReceived", Events.about(hand.peerId()));
        Path kept =
                ada.seat().workspace().resolve("synced").resolve(hand.peerId()).resolve("notes/plan.canvasl");
        assertThat(received.get("kept").getAsBoolean()).isTrue();
        assertThat(Path.of(URI.create(received.get("uri").getAsString())).toRealPath())
                .isEqualTo(kept.toRealPath());
        assertThat(kept).hasContent("one\n");

        broker.publish(FILES, file);
        broker.publish(FILES, " " + hand.file("a", "x").replace("\"x\"", "\"y\""));
        broker.publish(FILES, hand.file("b", "x", Instant.now().minusSeconds(601)));
        broker.publish(FILES, hand.file("c", "x", Instant.now().plusSeconds(660)));
        broker.publish(FILES, hand.file("../out", "x"));
        broker.publish(FILES, hand.file("sub/.envrc", "x"));
        broker.publish(FILES, hand.file("d", "x").replaceFirst("\\{", "{\"file\":\"d\","));
        broker.publish(FILES, "no json");
        broker.publish(FILES, message);
        broker.publish(FILES, "{\"type\":\"canvasl-sync\",\"peer_id\":\"" + hand.peerId() + "\"}");
        broker.publish(messages, message);
        broker.publish(messages, other.messageOf(hand.peerId(), ada.peerId(), "not from me"));
        broker.publish(messages, hand.message(other.peerId(), "for another"));
        broker.publish(messages, "{\"tea\": \"ready\"}");
        broker.publish(messages, hand.message(ada.peerId(), "x".repeat(70_000)));
        broker.publish("canvasl/peers/announce/" + other.peerId(), announcement);
        broker.publish("canvasl/peers/announce", announcement.replace(hand.peerId(), other.peerId()));

        Map<String, Integer> expected = new TreeMap<>(Map.of(
                "file replay", 1,
                "file forged", 1,
                "file stale", 2,
                "file bad-name", 2,
                "file duplicate-name", 1,
                "file not-json", 1,
                "file wrong-shape", 2));
        expected.putAll(Map.of(
                "message replay", 1,
                "message forged", 1,
                "message wrong-topic", 1,
                "message wrong-shape", 1,
                "message too-large", 1,
                "announcement wrong-topic", 1,
                "announcement foreign-key", 1));
        Rig.await("all of them are counted")
                .untilAsserted(() -> assertThat(refused(ada)).isEqualTo(expected));
        assertThat(ada.events("peerMessage")).hasSize(1);
        assertThat(ada.events("fileReceived")).hasSize(1);
        assertThat(Peers.of(ada)).containsExactly(hand.peerId());
        try (Stream<Path> all = Files.walk(ada.seat().workspace())) {
            assertThat(all.filter(Files::isRegularFile)).containsExactly(kept);
        }
    }

    @Test
    void aFileThatWasChangedIsNotOverwrittenThroughRestartsAndKills() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        Seat ben = rig.seat("ben", broker.url());
        Path plan = Files.writeString(ben.workspace().resolve("plan.canvasl"), "one\n");
        assertThat(run(ben, Product.send("file", plan.toString())))
                .contains("plan.canvasl was sent to " + broker.url());
        JsonObject first = ada.event("fileReceived", event -> event.get("kept").getAsBoolean());
        Path kept = Path.of(URI.create(first.get("uri").getAsString()));
        assertThat(kept).hasContent("one\n");

        int starts = ada.events("sidecarStarted").size();
        Sidecars.kill(Sidecars.firstOf(ada.seat()));
        Files.writeString(plan, "two\n");
        Rig.await("the sidecar was started again")
                .until(() -> ada.events("sidecarStarted").size() > starts);
        ada.federated();
        run(ben, Product.send("file", plan.toString()));
        Rig.await("the second is here").untilAsserted(() -> assertThat(kept).hasContent("two\n"));

        Files.writeString(kept, "mine\n");
        Files.writeString(plan, "three\n");
        run(ben, Product.send("file", plan.toString()));
        Path beside = kept.resolveSibling("plan.received.canvasl");
        Rig.await("the third lies beside")
                .untilAsserted(() -> assertThat(beside).hasContent("three\n"));
        assertThat(kept).hasContent("mine\n");

        List<JsonObject> seen = Watcher.start(rig, ada.seat(), Product.command("watch", "canvasl/rooms/+"));
        run(ben, Product.send("message", ada.peerId(), "look at it"));
        JsonObject message = ada.event("peerMessage", event -> event.has("payload"));
        assertThat(message.get("payload").getAsString()).isEqualTo("\"look at it\"");
        broker.publish("canvasl/rooms/kitchen", "soup");
        Rig.await("who watches sees all of it")
                .untilAsserted(() -> assertThat(seen)
                        .extracting(line -> line.get("event").getAsString())
                        .contains("peerDiscovered", "peerMessage", "messageReceived"));
        assertThat(seen)
                .anyMatch(line ->
                        line.has("payload") && line.get("payload").getAsString().equals("\"look at it\""));
        Rig.await("also what was asked for")
                .untilAsserted(() -> assertThat(seen)
                        .anyMatch(line -> line.has("message")
                                && line.get("message").getAsString().equals("soup")));
        assertThat(run(ada.seat(), Product.status()))
                .contains(ada.peerId())
                .contains(": connected")
                .contains("link       broker " + broker.url());
        // What is said on standard error stands in front of it.
        String json = run(ada.seat(), Product.command("status", "--json"))
                .lines()
                .filter(line -> line.startsWith("{"))
                .findFirst()
                .orElseThrow();
        JsonObject metrics = JsonParser.parseString(json).getAsJsonObject().getAsJsonObject("metrics");
        JsonObject link = metrics.getAsJsonArray("links").get(0).getAsJsonObject();
        assertThat(link.get("kind").getAsString()).isEqualTo("broker");
        assertThat(link.get("connections").getAsInt()).isOne();
        assertThat(link.get("messagesIn").getAsInt()).isPositive();
        assertThat(link.get("bytesOut").getAsInt()).isPositive();
        assertThat(metrics.getAsJsonArray("queues"))
                .extracting(queue -> queue.getAsJsonObject().get("name").getAsString())
                .contains("inputs", "for an editor", "for a broker", "answers, bytes");
        assertThat(metrics.getAsJsonArray("queues"))
                .allMatch(queue -> queue.getAsJsonObject().get("overflows").getAsInt() == 0);
    }

    @Test
    void theBrokerClearsTheAnnouncementOfWhoIsKilled() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Subscriber ears = Subscriber.start(rig, broker, "canvasl/peers/announce/+", "-v");
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        String topic = "canvasl/peers/announce/" + ada.peerId();
        ears.hears(topic + " {");
        Sidecars.freeze(Sidecars.editorOf(ada.seat()));
        Sidecars.kill(Sidecars.firstOf(ada.seat()));
        ears.hears(topic + " (null)");
        Subscriber late = Subscriber.start(rig, broker, "canvasl/peers/announce/+", "-v");
        broker.publish("canvasl/peers/announce/last", "the end");
        late.hears("the end");
        assertThat(late.heard()).noneMatch(line -> line.contains(topic));
    }

    private static String from(JsonObject event) {
        return event.get("from").getAsString();
    }

    private static Map<String, Integer> refused(Driven editor) {
        Map<String, Integer> counts = new TreeMap<>();
        JsonObject status = editor.call("status", Map.of()).getAsJsonObject("status");
        for (JsonElement each : status.getAsJsonArray("refused")) {
            JsonObject one = each.getAsJsonObject();
            counts.put(
                    one.get("kind").getAsString() + " " + one.get("reason").getAsString(),
                    one.get("count").getAsInt());
        }
        return counts;
    }

    private static Map<String, String> members(String json) {
        return new Gson().fromJson(json, new TypeToken<Map<String, String>>() {});
    }

    private String run(Seat seat, List<String> command) throws IOException {
        return Run.successfully(rig, seat.workspace(), seat.environment(), Duration.ofSeconds(60), command);
    }
}
