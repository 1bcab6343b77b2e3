package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An identity is backed up, brought back on another machine and protected, by the commands people run. */
final class IdentityIT {
    private static final int LOCKED = -32063;
    private static final String PASSPHRASE = "a canary that sings in the cage";

    @RegisterExtension
    private final Rig rig = new Rig();

    private String identity(Seat seat, String... arguments) throws IOException {
        return Run.successfully(
                        rig, seat.workspace(), seat.environment(), Duration.ofSeconds(30), Product.identity(arguments))
                .strip();
    }

    private String fingerprint(Seat seat) throws IOException {
        String shown = identity(seat, "show", "--json");
        return JsonParser.parseString(shown)
                .getAsJsonObject()
                .get("fingerprint")
                .getAsString();
    }

    private Path secret(String name, String text) throws IOException {
        Path file = Files.writeString(rig.folder("secrets").resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void whoRestoresItElsewhereIsTheSamePeerAndNoSecretIsAnywhereElse() throws Exception {
        String broker = EmbeddedBroker.start(rig).url();
        Seat laptop = rig.seat("laptop", broker);
        Driven first = rig.keep(headless().start(laptop)).federated();
        String peer = first.peerId();
        first.call("quit", Map.of());
        assertThat(JsonParser.parseString(identity(laptop, "show", "--json"))
                        .getAsJsonObject()
                        .get("peerId")
                        .getAsString())
                .isEqualTo(peer);
        Path words = rig.folder("secrets").resolve("words");
        identity(laptop, "export", "--words", words.toString());

        Seat desktop = rig.seat("desktop", broker);
        assertThat(identity(desktop, "restore", "--words-file", words.toString()))
                .startsWith(peer);
        Path passphrase = secret("passphrase", PASSPHRASE + "\n");
        identity(desktop, "passphrase", "--new-file", passphrase.toString());

        unlockByHand(desktop, peer);

        Seat unlocked = desktop.with("META_LOG_PASSPHRASE_FILE", passphrase.toString());
        Driven again = rig.keep(headless().start(unlocked)).federated();
        assertThat(again.peerId()).isEqualTo(peer);
        assertThat(fingerprint(unlocked)).as("each machine is a device").isNotEqualTo(fingerprint(laptop));
        again.open(unlocked.file("plan.txt", "begun"));
        again.share();
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            assertThat(argumentsAndEnvironment(process))
                    .as("process " + process.pid())
                    .doesNotContain(PASSPHRASE);
        }
        again.call("quit", Map.of());

        List<String> secrets = List.of(PASSPHRASE, Files.readString(words).strip());
        assertNowhere(secrets, laptop.home().getParent());
        assertNowhere(secrets, desktop.home().getParent());
        assertNowhere(secrets, rig.folder("run"));
    }

    /** What the editor shows before the passphrase comes is live afterwards. */
    private void unlockByHand(Seat seat, String peer) throws IOException {
        RawSession session = RawSession.initialized(rig, seat);
        session.hears(
                "that it is locked", heard -> heard.get("method").getAsString().equals("meta-log/locked"));
        String uri = seat.workspace().resolve("early.txt").toUri().toString();
        session.tell(
                "textDocument/didOpen",
                RawSession.object(Map.of(
                        "textDocument", Map.of("uri", uri, "languageId", "text", "version", 1, "text", "early"))));
        JsonObject refused = RawSession.error(session.ask("meta-log/status", null));
        assertThat(refused.get("code").getAsInt()).isEqualTo(LOCKED);
        assertThat(refused.get("message").getAsString()).contains("META_LOG_PASSPHRASE_FILE", "keystore.json");
        JsonObject wrong =
                RawSession.error(session.ask("meta-log/unlock", RawSession.object(Map.of("passphrase", "wr0ng"))));
        assertThat(wrong.get("code").getAsInt()).isEqualTo(LOCKED);
        assertThat(wrong.get("message").getAsString()).doesNotContain("wr0ng");
        RawSession.result(session.ask("meta-log/unlock", RawSession.object(Map.of("passphrase", PASSPHRASE))));
        assertThat(RawSession.result(session.ask("meta-log/identity", null))
                        .get("peerId")
                        .getAsString())
                .isEqualTo(peer);
        assertThat(RawSession.result(session.ask("meta-log/share", RawSession.object(Map.of("uri", uri))))
                        .get("path")
                        .getAsString())
                .isEqualTo("early.txt");
        assertThat(session.leave()).isZero();
    }

    private static String argumentsAndEnvironment(ProcessHandle process) {
        Path about = Path.of("/proc", Long.toString(process.pid()));
        return read(about.resolve("cmdline")) + read(about.resolve("environ"));
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // The process has ended, or it is somebody else's.
            return "";
        }
    }

    private static void assertNowhere(List<String> secrets, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
                for (String secret : secrets) {
                    assertThat(content).as(file.toString()).doesNotContain(secret);
                    String lastWords = secret.substring(secret.indexOf(' ', secret.length() / 2));
                    assertThat(content).as(file.toString()).doesNotContain(lastWords);
                }
            }
        }
    }
}
