package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two sidecars over brokers that are set up as docs/brokers.md says, word for word. */
final class BrokersPageIT {
    private static final Path PAGE = Product.ROOT.resolve("docs/brokers.md");
    private static final Map<String, String> PASSWORDS = Map.of("ada", "c4nary-of-ada", "ben", "c4nary-of-ben");

    @RegisterExtension
    private final Rig rig = new Rig();

    private Path certificate;
    private Path key;

    @BeforeEach
    void makeCertificate() throws IOException {
        Path folder = rig.folder("certificate");
        certificate = folder.resolve("cert.pem");
        key = folder.resolve("key.pem");
        String openssl = Tools.need("openssl", "Debian: apt-get install openssl");
        run(List.of(
                openssl,
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString()));
    }

    @Test
    void mosquittoWithUsersTlsAndAnAccessList() throws Exception {
        Path log = rig.folder("etc").resolve("mosquitto.log");
        int port = startMosquitto("etc", "");
        Pair pair = typeTogether(port, port);
        // Announcements are public, and the list of access lets them through.
        Rig.await("announcements are passed on")
                .until(() -> Files.readString(log)
                        .lines()
                        .anyMatch(line -> line.contains("Sending PUBLISH") && line.contains("canvasl/peers/announce")));
        assertThat(Files.readString(log)).contains("u'ada'", "u'ben'").doesNotContain("Denied");
        assertNoCanary(pair);
    }

    /** The second person has no password for the broker of the first, so that only the bridge joins them. */
    @Test
    void twoMosquittosWithABridge() throws Exception {
        int there = startMosquitto("there", "");
        String bridge = replaced(block("conf", 1), "there.example:8883", "localhost:" + there);
        bridge = replaced(bridge, "/etc/ssl/certs/ca-certificates.crt", certificate.toString());
        bridge = replaced(bridge, "remote_username here", "remote_username ben");
        int here = startMosquitto("here", replaced(bridge, "SECRET", PASSWORDS.get("ben")));
        Pair pair = typeTogether(here, there);
        assertNoCanary(pair);
        Rig.await("each is seen on the list of the other").untilAsserted(() -> {
            assertThat(Peers.of(pair.first())).contains(pair.second().peerId());
            assertThat(Peers.of(pair.second())).contains(pair.first().peerId());
        });
        assertThat(Files.readString(rig.folder("here").resolve("mosquitto.log")))
                .contains("u'ada'")
                .doesNotContain("Denied");
        assertThat(Files.readString(rig.folder("there").resolve("mosquitto.log")))
                .contains("u'ben'")
                .doesNotContain("u'ada'", "Denied");
    }

    /** The page's, in a folder of this name; gives its port. */
    private int startMosquitto(String name, String more) throws Exception {
        Path folder = rig.folder(name);
        Path passwords = folder.resolve("passwords");
        String tool = Tools.need("mosquitto_passwd", "Debian: apt-get install mosquitto");
        Files.writeString(passwords, "");
        for (Map.Entry<String, String> user : PASSWORDS.entrySet()) {
            run(List.of(tool, "-b", passwords.toString(), user.getKey(), user.getValue()));
        }
        Path acl = Files.writeString(folder.resolve("acl"), block("acl"));
        int port = Rig.freePort();
        String configuration = replaced(block("conf"), "listener 8883", "listener " + port + " 127.0.0.1");
        configuration = replaced(configuration, "/etc/mosquitto/certs/cert.pem", certificate.toString());
        configuration = replaced(configuration, "/etc/mosquitto/certs/key.pem", key.toString());
        configuration = replaced(configuration, "/etc/mosquitto/passwords", passwords.toString());
        configuration = replaced(configuration, "/etc/mosquitto/acl", acl.toString());
        // Started by root it would become a user who cannot read the test's folder.
        Path file = Files.writeString(
                folder.resolve("mosquitto.conf"),
                configuration + "user " + System.getProperty("user.name") + "\nlog_type all\n" + more);
        Path log = folder.resolve("mosquitto.log");
        Process process = new ProcessBuilder(
                        Tools.need("mosquitto", "Debian: apt-get install mosquitto"), "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        keep(process);
        Rig.await("mosquitto is running").until(() -> Files.readString(log).contains("running"));
        return port;
    }

    @Test
    void theBrokerOfMetaLog() throws Exception {
        Path folder = rig.folder("own");
        int port = Rig.freePort();
        List<List<String>> lines = block("sh")
                .lines()
                .filter(line -> line.startsWith("meta-log "))
                .map(line -> Arrays.asList(line.replaceFirst("\\s+#.*", "").split("\\s+")))
                .toList();
        assertThat(lines).hasSize(3);
        for (List<String> user : lines.subList(0, 2)) {
            Process process = start(folder, user.subList(1, user.size()));
            process.getOutputStream().write((PASSWORDS.get(user.get(3)) + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            assertThat(process.waitFor()).as(said(process)).isZero();
        }
        assertThat(Files.readString(folder.resolve("users")))
                .contains("ada:$7$", "ben:$7$")
                .doesNotContain("c4nary");
        Files.copy(certificate, folder.resolve("cert.pem"));
        Files.copy(key, folder.resolve("key.pem"));
        List<String> serving =
                new ArrayList<>(lines.get(2).subList(1, lines.get(2).size()));
        serving.replaceAll(word -> word.equals("8883") ? Integer.toString(port) : word);
        Process broker = start(folder, serving);
        // As a service manager starts it: with nothing to read.
        broker.getOutputStream().close();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(broker.getInputStream(), StandardCharsets.UTF_8));
        assertThat(output.readLine()).isEqualTo("ready " + port);

        assertNoCanary(typeTogether(port, port));
        assertThat(broker.isAlive()).isTrue();
    }

    @Test
    void withoutUsersAndTlsTheBrokerOfMetaLogDoesNotListenToOthers() throws Exception {
        for (List<String> options : List.of(
                List.of("--listen", "0.0.0.0"),
                List.of("--listen", "0.0.0.0", "--cert", certificate.toString(), "--key", key.toString()))) {
            List<String> words = new ArrayList<>(List.of("broker", "--port", "0"));
            words.addAll(options);
            Process process = start(rig.folder("refused"), words);
            String said = said(process);
            assertThat(process.waitFor()).isEqualTo(2);
            assertThat(said)
                    .contains("listens on 0.0.0.0, where others can reach it, needs --users, --cert and --key.")
                    .doesNotContain("ready");
        }
    }

    private Pair typeTogether(int adasPort, int bensPort) throws Exception {
        Pair pair = Pair.start(
                seat("ada", adasPort),
                seat("ben", bensPort),
                seat -> rig.keep(headless().start(seat)));
        pair.share("plan.txt", "begun\n");
        pair.first().insert(0, "one, ");
        pair.second().insert(0, "two, ");
        pair.meet();
        Driven.assertConverged(pair.first(), pair.second());
        assertThat(pair.first().text()).contains("one, ", "two, ", "begun\n");
        return pair;
    }

    /** Without direct links, so that the broker carries everything. */
    private Seat seat(String name, int port) throws IOException {
        Path password = Files.writeString(rig.folder("secrets").resolve(name), PASSWORDS.get(name) + "\n");
        return rig.seat(name, "mqtts://" + name + "@localhost:" + port)
                .with("META_LOG_MQTT_PASSWORD_FILE", password.toString())
                .with("META_LOG_MQTT_CA_FILE", certificate.toString())
                .with("META_LOG_DIRECT", "off");
    }

    /** No password in a log, in what a sidecar keeps, or among the words any process was started with. */
    private static void assertNoCanary(Pair pair) throws IOException {
        for (Driven editor : List.of(pair.first(), pair.second())) {
            assertThat(editor.seat().logged()).doesNotContain("c4nary");
            try (Stream<Path> files = Files.walk(editor.seat().home())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .as(file.toString())
                            .doesNotContain("c4nary");
                }
            }
        }
        assertThat(ProcessHandle.allProcesses()
                        .flatMap(process -> process.info().arguments().stream())
                        .flatMap(Arrays::stream))
                .isNotEmpty()
                .noneMatch(word -> word.contains("c4nary"));
    }

    /** The first block of the page in this language. */
    private static String block(String language) throws IOException {
        return block(language, 0);
    }

    private static String block(String language, int number) throws IOException {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        for (int i = 0; i <= number; i++) {
            assertThat(block.find())
                    .as("block %d of %s in %s", i, language, PAGE)
                    .isTrue();
        }
        return block.group(1);
    }

    private static String replaced(String text, String what, String by) {
        assertThat(text).contains(what);
        return text.replace(what, by);
    }

    private Process start(Path folder, List<String> words) throws IOException {
        List<String> command =
                Product.command(words.get(0), words.subList(1, words.size()).toArray(String[]::new));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        keep(process);
        return process;
    }

    private void keep(Process process) {
        AutoCloseable end = () -> process.destroyForcibly().onExit().join();
        rig.keep(end);
    }

    private static String said(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void run(List<String> command) throws IOException {
        Run.successfully(rig, rig.folder("run"), Map.of(), Duration.ofSeconds(30), command);
    }
}
