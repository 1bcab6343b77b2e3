package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.metalog.editorclients.drive.EditorRefusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people get wrong: each time a message says where, why and what to do, and processes and texts stay whole. */
final class BadInputIT {
    private static final int STORE_FAILED = -32055;

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void aBrokerThatCannotBeReached() throws Exception {
        Mosquitto broker = Mosquitto.prepare(rig, List.of("allow_anonymous true"));
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url())));
        Driven ben = rig.keep(headless().start(rig.seat("ben", broker.url())));
        String explanation = ada.event("connection", Events.state("disconnected"))
                .get("explanation")
                .getAsString();
        assertThat(explanation)
                .as("where")
                .contains("127.0.0.1", Integer.toString(broker.port()))
                .as("what to do")
                .containsAnyOf("Check", "Start", "Set");

        ada.open(ada.seat().file("plan.txt", "begun"));
        String invitation = ada.share();
        ada.insert(0, "typed alone, ");
        assertThat(ada.text()).isEqualTo("typed alone, begun");
        EditorRefusal refusal = ada.refusal("federate", Map.of());
        assertThat(refusal.code()).isEqualTo(-32054);
        assertThat(refusal).hasMessageContaining("127.0.0.1");

        CompletableFuture<JsonObject> joining =
                ben.raw().join(invitation, Optional.of(ben.seat().workspace().resolve("plan.txt")));
        broker.start();
        Driven.now(joining);
        ben.waitForText("typed alone, begun");
        ben.insert(0, "delivered: ");
        ada.waitForText("delivered: typed alone, begun");
    }

    @Test
    void aWrongPassword() throws Exception {
        Path folder = rig.folder("passwords");
        Path passwords = folder.resolve("file");
        int made = new ProcessBuilder(
                        Tools.need("mosquitto_passwd", "Debian: apt-get install mosquitto"),
                        "-b",
                        "-c",
                        passwords.toString(),
                        "ada",
                        "right-s3cret")
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(folder.resolve("passwd.log").toFile()))
                .start()
                .waitFor();
        assertThat(made).isZero();
        passwords.toFile().setReadable(true, false);
        Mosquitto broker =
                Mosquitto.start(rig, List.of("allow_anonymous false", "password_file " + passwords, "user root"));
        String url = "mqtt://ada@127.0.0.1:" + broker.port();

        Seat wrong = rig.seat("wrong", url).with("META_LOG_MQTT_PASSWORD", "wr0ng-s3cret");
        Driven refused = rig.keep(headless().start(wrong));
        String explanation = refused.event("connection", Events.state("disconnected"))
                .get("explanation")
                .getAsString();
        assertThat(explanation)
                .contains("127.0.0.1:" + broker.port())
                .contains("password")
                .containsIgnoringCase("check");
        refused.open(wrong.file("plan.txt", "whole"));
        refused.insert(5, " and typed on");
        assertThat(refused.text()).isEqualTo("whole and typed on");
        assertThat(explanation
                        + refused.refusal("federate", Map.of()).getMessage()
                        + refused.call("status", Map.of())
                        + refused.events("message")
                        + wrong.logged())
                .as("what names no password")
                .doesNotContain("wr0ng-s3cret");

        Path passwordFile = Files.writeString(folder.resolve("ada"), "right-s3cret\n");
        Seat right = rig.seat("right", url).with("META_LOG_MQTT_PASSWORD_FILE", passwordFile.toString());
        JsonObject connection =
                rig.keep(headless().start(right)).call("federate", Map.of()).getAsJsonObject("connection");
        assertThat(connection.get("state").getAsString()).isEqualTo("connected");
    }

    @Test
    void aFileThatIsNotUtf8() throws Exception {
        Driven ada = rig.keep(headless().start(rig.seat("ada", "mqtt://127.0.0.1:" + Rig.freePort())));
        byte[] latin1 = "na\u00efve caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.write(ada.seat().workspace().resolve("latin1.txt"), latin1);
        EditorRefusal refusal = ada.refusal("open", Map.of("path", file.toString()));
        assertThat(refusal).hasMessageContaining("latin1.txt").hasMessageContaining("UTF-8");
        assertThat(Files.readAllBytes(file)).isEqualTo(latin1);
        ada.open(ada.seat().file("next.txt", "the session goes on"));
        assertThat(ada.text()).isEqualTo("the session goes on");
    }

    @Test
    void aHomeThatIsNoFolder() throws Exception {
        Seat seat = rig.seat("ada", "mqtt://127.0.0.1:" + Rig.freePort());
        Path inTheWay = Files.writeString(rig.folder("other").resolve("in-the-way"), "a person's file");
        assertHomeIsRefused(seat.with("META_LOG_HOME", inTheWay.toString()), inTheWay);
        assertThat(inTheWay).hasContent("a person's file");
    }

    @Test
    void aHomeThatCannotBeWritten() throws Exception {
        Seat seat = rig.seat("ada", "mqtt://127.0.0.1:" + Rig.freePort());
        Path closed = rig.folder("closed");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        // Permissions do not bind root; nobody makes folders in /sys.
        Path home = Files.isWritable(closed) ? Path.of("/sys/meta-log-home") : closed.resolve("home");
        assertHomeIsRefused(seat.with("META_LOG_HOME", home.toString()), home);
    }

    private void assertHomeIsRefused(Seat seat, Path where) throws IOException {
        RawSession session = RawSession.start(rig, seat);
        JsonObject error = RawSession.error(session.initialize(seat));
        assertThat(error.get("code").getAsInt()).isEqualTo(STORE_FAILED);
        assertThat(error.get("message").getAsString())
                .as("where and what to do")
                .contains(where.toString(), "META_LOG_HOME");
        assertThat(session.process().isAlive()).isTrue();
    }

    @Test
    void aSecondServeOnTheSameWorkspaceSharesIt() throws Exception {
        Seat seat = rig.seat("ada", EmbeddedBroker.start(rig).url());
        Path file = seat.file("plan.txt", "one workspace, ");
        Driven first = rig.keep(headless().start(seat)).federated();
        first.open(file);
        first.share();
        Driven second = rig.keep(headless().start(seat));
        second.open(file);
        second.insert(0, "two editors: ");
        first.waitForText("two editors: one workspace, ");
        first.insert(first.text().length(), "both live");
        second.waitForText("two editors: one workspace, both live");

        Sidecars.kill(Sidecars.firstOf(seat));
        assertThat(second.event("sidecarEnded", event -> true).get("exitCode").getAsInt())
                .as("the exit code of the one that passed messages on")
                .isEqualTo(3);
        first.insert(0, "1");
        second.insert(0, "2");
        Rig.await("both are back and share it")
                .untilAsserted(() -> assertThat(first.text())
                        .isEqualTo(second.text())
                        .contains("1", "2")
                        .endsWith("two editors: one workspace, both live"));
    }

    /** The first has locked the workspace and not opened its door yet when the next ones come. */
    @Test
    void editorsThatStartAWorkspaceForTheFirstTimeAllAtOnceAreAllServed() throws Exception {
        Seat home = rig.seat("ada", EmbeddedBroker.start(rig).url());
        for (int round = 0; round < 3; round++) {
            Seat seat = home.in(Files.createDirectory(home.workspace().resolve("fresh" + round)));
            List<RawSession> sessions = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                sessions.add(RawSession.start(rig, seat));
            }
            List<CompletableFuture<JsonObject>> replies = new ArrayList<>();
            for (RawSession session : sessions) {
                replies.add(CompletableFuture.supplyAsync(() -> initialized(session, seat)));
            }
            for (CompletableFuture<JsonObject> reply : replies) {
                RawSession.result(Driven.now(reply));
            }
            for (RawSession session : sessions) {
                session.close();
            }
        }
    }

    private static JsonObject initialized(RawSession session, Seat seat) {
        try {
            return session.initialize(seat);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aMalformedMessage() throws Exception {
        Seat seat = rig.seat("ada", EmbeddedBroker.start(rig).url());
        RawSession session = RawSession.initialized(rig, seat);
        session.send("{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": ");
        session.hears("that it is not JSON", Events.errorCode(-32700));
        session.send("{\"jsonrpc\": \"2.0\", \"id\": \"odd\"}");
        session.hears("that it is no request", Events.errorCode(-32600));
        JsonObject unknown = RawSession.error(session.ask("meta-log/noSuchThing", new JsonObject()));
        assertThat(unknown.get("code").getAsInt()).isEqualTo(-32601);
        JsonObject bad = RawSession.error(session.ask("meta-log/share", RawSession.object(Map.of("uri", 5))));
        assertThat(bad.get("code").getAsInt()).isEqualTo(-32602);
        assertThat(bad.get("message").getAsString()).contains("uri");

        JsonObject status = RawSession.result(session.ask("meta-log/status", null));
        assertThat(status.get("peerId").getAsString()).startsWith("peer-");
        assertThat(session.leave()).isZero();
    }

    @Test
    void settingsThatCannotBeUsed() throws Exception {
        Seat seat = rig.seat("ada", "mqtt://127.0.0.1:" + Rig.freePort());
        assertEverythingIsRefused(seat.with("META_LOG_MQTT_BROKER", "no address"), "META_LOG_MQTT_BROKER", "mqtt://");
        assertEverythingIsRefused(seat.with("META_LOG_BROKER_PORT", "abc"), "META_LOG_BROKER_PORT", "65535");
        assertEverythingIsRefused(seat.with("META_LOG_TOPIC_PREFIX", "a/#"), "META_LOG_TOPIC_PREFIX", "unset");
        assertEverythingIsRefused(
                seat.with("META_LOG_PASSPHRASE_FILE", "/nowhere/passphrase"),
                "META_LOG_PASSPHRASE_FILE",
                "/nowhere/passphrase");
        Path identity = Files.createDirectories(seat.home().resolve("identity"));
        Path keystore = Files.writeString(identity.resolve("keystore.json"), "{\"cut\": ");
        Path unlock = Files.writeString(identity.resolve("unlock"), "secret\n");
        Files.setPosixFilePermissions(keystore, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(unlock, PosixFilePermissions.fromString("rw-------"));
        assertEverythingIsRefused(seat, identity.toString(), "backup");
        assertThat(keystore).hasContent("{\"cut\": ");
    }

    /** Each request is told why, and so is the person; the process stays. */
    private void assertEverythingIsRefused(Seat seat, String where, String whatToDo) throws IOException {
        try (RawSession session = RawSession.initialized(rig, seat)) {
            JsonObject error = RawSession.error(session.ask("meta-log/status", null));
            assertThat(error.get("message").getAsString()).contains(where, whatToDo);
            session.hears(
                    "why to the person",
                    message -> message.get("method").getAsString().equals("window/showMessage")
                            && message.toString().contains(where));
            assertThat(session.process().isAlive()).isTrue();
            assertThat(session.leave()).isZero();
        }
    }

    @Test
    void requestsThatCannotBeMet() throws Exception {
        Seat seat = rig.seat("ada", EmbeddedBroker.start(rig).url());
        RawSession session = RawSession.initialized(rig, seat);
        for (String broker : List.of("no address", "mqtt://ada:s3cret@127.0.0.1:1")) {
            JsonObject error = RawSession.error(
                    session.ask("meta-log/federationInit", RawSession.object(Map.of("broker", broker))));
            assertThat(error.get("code").getAsInt()).isEqualTo(-32602);
            assertThat(error.get("message").getAsString()).contains("broker").doesNotContain("s3cret");
        }
        for (String filter : List.of("", "a/#/b", "a+", "a/b#")) {
            JsonObject error =
                    RawSession.error(session.ask("meta-log/mqttSubscribe", RawSession.object(Map.of("topic", filter))));
            assertThat(error.get("code").getAsInt()).isEqualTo(-32602);
        }
        JsonObject needed = RawSession.error(
                session.ask("meta-log/mqttUnsubscribe", RawSession.object(Map.of("topic", "canvasl/peers/announce"))));
        assertThat(needed.get("message").getAsString()).contains("always subscribed");
        assertThat(RawSession.result(session.ask("meta-log/status", null)).toString())
                .doesNotContain("s3cret")
                .doesNotContain("no address");
        assertThat(seat.logged()).doesNotContain("s3cret");
        assertThat(session.leave()).isZero();
    }

    @Test
    void aDocumentWhoseNameProgramsObey() throws Exception {
        String broker = EmbeddedBroker.start(rig).url();
        Driven eve = rig.keep(headless().start(rig.seat("eve", broker))).federated();
        Files.createDirectories(eve.seat().workspace().resolve("src"));
        eve.open(eve.seat().file("src/.dir-locals.el", "((nil . ((eval . (delete-file \"x\")))))"));
        String invitation = eve.share();
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker))).federated();
        EditorRefusal refusal = ada.refusal("join", Map.of("invitation", invitation));
        assertThat(refusal.code()).isEqualTo(-32062);
        assertThat(refusal).hasMessageContaining(".dir-locals.el").hasMessageContaining("another name");
        ada.join(invitation, ada.seat().workspace().resolve("theirs.txt"));
        ada.waitForContains("delete-file");
    }

    @Test
    void aForgedAnnouncement() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker.url()))).federated();
        String topic = "canvasl/peers/announce";
        Subscriber ears = Subscriber.start(rig, broker, topic);
        Driven eve = rig.keep(headless().start(rig.seat("eve", broker.url()))).federated();
        eve.call("announce", Map.of());
        String evesId = eve.peerId();
        JsonObject genuine = JsonParser.parseString(ears.hears(evesId)).getAsJsonObject();

        JsonObject foreignKey = genuine.deepCopy();
        String claimed = "peer-" + "0123456789".repeat(4);
        foreignKey.addProperty("peer_id", claimed);
        broker.publish(topic, foreignKey.toString());
        broker.publish(topic + "/" + claimed, foreignKey.toString(), "-r");
        JsonObject otherTime = genuine.deepCopy();
        otherTime.addProperty("timestamp", "2099-01-01T00:00:00.000Z");
        broker.publish(topic, otherTime.toString());
        for (String junk : List.of("{", "[]", "null", "\u0000", "x".repeat(100_000))) {
            broker.publish(topic, junk.equals("\u0000") ? " " : junk);
        }

        Driven ben = rig.keep(headless().start(rig.seat("ben", broker.url()))).federated();
        String bensId = ben.peerId();
        ada.event("peerDiscovered", Events.about(bensId));
        assertThat(Peers.of(ada)).containsExactlyInAnyOrder(evesId, bensId).doesNotContain(claimed);
        assertThat(Peers.of(ben)).doesNotContain(claimed);
        assertThat(ada.seat().logged())
                .as("what the person can read")
                .contains("An announcement was refused", "foreign-key", "stale", "not-json", "too-large");
    }
}
