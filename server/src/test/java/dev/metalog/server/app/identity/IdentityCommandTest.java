package dev.metalog.server.app.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.metalog.protocol.DeviceId;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.Keystore;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.WorkspaceClaim;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.store.file.Machine;
import dev.metalog.server.store.file.StoreRefused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class IdentityCommandTest {
    private static final String WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-30T10:20:30Z"), ZoneOffset.UTC);

    @TempDir
    private Path folder;

    private final Random random = new Random(5);
    private final Deque<String> typed = new ArrayDeque<>();
    private final Map<String, String> variables = new HashMap<>();
    private String home = "home";

    private record Outcome(int code, String out, String err) {
        String line() {
            return out.strip();
        }
    }

    /** What a person at a terminal does, who types what is in the queue. */
    private final class Typing implements Secrets {
        private final Secrets files = new TerminalSecrets(new ByteArrayInputStream(
                typed.isEmpty() ? new byte[0] : typed.peek().getBytes(StandardCharsets.UTF_8)));

        @Override
        public String ask(String prompt) throws Refused {
            if (typed.isEmpty()) {
                throw new Refused("There is no terminal to ask on for: " + prompt);
            }
            return typed.poll();
        }

        @Override
        public String firstLine(String file) throws StoreRefused {
            return files.firstLine(file);
        }

        @Override
        public String text(String file) throws StoreRefused {
            return files.text(file);
        }
    }

    private Outcome run(String... arguments) {
        variables.put("META_LOG_HOME", folder.resolve(home).toString());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        IdentityCommand command = new IdentityCommand(
                variables,
                count -> {
                    byte[] bytes = new byte[count];
                    random.nextBytes(bytes);
                    return bytes;
                },
                new Typing(),
                CLOCK);
        int code = new CommandLine(command)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }

    private Outcome good(String... arguments) {
        Outcome outcome = run(arguments);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome;
    }

    private Outcome refused(String... arguments) throws IOException {
        Map<Path, String> before = kept();
        Outcome outcome = run(arguments);
        assertThat(outcome.code()).as(outcome.out()).isNotZero();
        assertThat(outcome.out()).isEmpty();
        assertThat(kept()).as("what is kept").isEqualTo(before);
        return outcome;
    }

    private Path secret(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private Path identity() {
        return folder.resolve(home).resolve("identity");
    }

    private Map<Path, String> kept() throws IOException {
        Map<Path, String> found = new HashMap<>();
        if (Files.exists(identity())) {
            try (Stream<Path> files = Files.walk(identity())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    found.put(file, Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
        }
        return found;
    }

    private JsonNode shown() throws IOException {
        return new JsonMapper().readTree(good("show", "--json").out());
    }

    @Test
    void itIsMadeShownAndBroughtBackElsewhereByItsWords() throws Exception {
        assertThat(refused("show").err()).contains("meta-log identity new", "restore");
        String peer = good("new").line();
        assertThat(peer).matches("peer-[0-9a-f]{40}");
        JsonNode shown = shown();
        assertThat(shown.get("peerId").asText()).isEqualTo(peer);
        assertThat(shown.get("passphrase").asBoolean()).isFalse();
        assertThat(shown.get("words").asBoolean()).isTrue();
        assertThat(good("show").out()).contains(peer, shown.get("publicKey").asText());
        String words = good("export", "--words").line();
        assertThat(words.split(" ")).hasSize(24);

        home = "other";
        typed.add("  " + words.toUpperCase(Locale.ROOT) + " ");
        assertThat(good("restore").line()).isEqualTo(peer);
        assertThat(shown().get("publicKey")).isEqualTo(shown.get("publicKey"));
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 15, 18, 21, 24})
    void itHasAsManyWordsAsOneWants(int words) {
        good("new", "--words", Integer.toString(words));
        assertThat(good("export", "--words").line().split(" ")).hasSize(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "11", "13", "27", "-12", "many"})
    void otherNumbersOfWordsAreRefused(String words) throws Exception {
        assertThat(refused("new", "--words", words).err()).contains("--words");
    }

    /** The words come on standard input too, so a script needs no file for them. */
    @Test
    void theDeviceIsShownOnceThereIsOneAndStaysWhereItIs() throws Exception {
        good("restore", "--words-file", secret("words", WORDS).toString());
        assertThat(shown().get("fingerprint").isNull()).isTrue();
        assertThat(good("show").out()).contains("made at the first start");
        PeerIdentity root = PeerIdentity.fromMnemonic(Mnemonic.parse(WORDS), "");
        DeviceKey device = DeviceKey.create(root, new byte[DeviceKey.RANDOM_BYTES], 1);
        Path file = identity().resolve("device-" + root.addressDigits());
        Files.write(file, device.seal(root, new byte[DeviceKey.NONCE_BYTES]));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        DeviceId id = device.certificate().device();
        assertThat(good("show").out()).contains(id.fingerprint());
        assertThat(shown().get("device").asText()).isEqualTo(id.value());
        assertThat(shown().get("fingerprint").asText()).isEqualTo(id.fingerprint());
        typed.addAll(List.of("correct horse", "correct horse"));
        good("passphrase");
        typed.add("correct horse");
        assertThat(shown().get("device").asText()).as("under a passphrase").isEqualTo(id.value());

        good("restore", "--replace", "--words-file", secret("words", WORDS).toString());
        assertThat(file).doesNotExist();
        assertThat(identity().resolve("replaced-20261130-102030").resolve(file.getFileName()))
                .exists();
    }

    @Test
    void theWordsMayComeFromAFileOrFromStandardInput() throws Exception {
        String peer = good(
                        "restore", "--words-file", secret("words", WORDS + "\n").toString())
                .line();
        home = "other";
        typed.add(WORDS);
        assertThat(good("restore", "--words-file", "-").line()).isEqualTo(peer);
        home = "third";
        String withExtra = good(
                        "restore",
                        "--words-file",
                        "-",
                        "--extra-file",
                        secret("extra", "TREZOR").toString())
                .line();
        assertThat(withExtra).as("the extra word makes another identity").isNotEqualTo(peer);
    }

    @Test
    void anIdentityThatIsThereIsLeftUnlessOneAsksForAnotherAndThenItIsSetAside() throws Exception {
        String first = good("new").line();
        Map<Path, String> before = kept();
        assertThat(refused("new").err()).contains("--replace");
        typed.add(WORDS);
        assertThat(refused("restore").err()).contains("--replace");
        typed.clear();
        typed.add(WORDS);
        Outcome restored = good("restore", "--replace");
        assertThat(restored.line())
                .isNotEqualTo(first)
                .isEqualTo(shown().get("peerId").asText());
        Path aside = identity().resolve("replaced-20261130-102030");
        assertThat(restored.err()).contains(aside.toString());
        for (String file : List.of("keystore.json", "unlock")) {
            assertThat(aside.resolve(file)).hasContent(before.get(identity().resolve(file)));
            assertThat(Machine.mode(aside.resolve(file))).isEqualTo("rw-------");
        }
        assertThat(refused("new", "--replace").err())
                .as("a second one in the same second")
                .contains(aside.toString());
    }

    @Test
    void aPassphraseProtectsItIsChangedAndIsDoneWithout() throws Exception {
        String peer = good("new").line();
        typed.addAll(List.of("correct horse", "correct horse"));
        good("passphrase");
        assertThat(identity().resolve("unlock")).doesNotExist();
        assertThat(refused("show").err()).contains("passphrase");
        typed.add("wrong");
        assertThat(refused("show").err()).contains("passphrase").doesNotContain("wrong horse");
        typed.add("correct horse");
        assertThat(good("show").out()).contains(peer, "your passphrase");

        variables.put(
                "META_LOG_PASSPHRASE_FILE", secret("old", "correct horse\n").toString());
        good("passphrase", "--new-file", secret("new", "battery staple\n").toString());
        assertThat(refused("show").err()).contains("passphrase");
        variables.put("META_LOG_PASSPHRASE_FILE", folder.resolve("new").toString());
        assertThat(shown().get("peerId").asText()).isEqualTo(peer);

        good("passphrase", "--remove");
        variables.remove("META_LOG_PASSPHRASE_FILE");
        assertThat(shown().get("peerId").asText()).isEqualTo(peer);
        assertThat(shown().get("passphrase").asBoolean()).isFalse();
    }

    @Test
    void twoPassphrasesThatDifferOrAnEmptyOneChangeNothing() throws Exception {
        good("new");
        typed.addAll(List.of("one", "other"));
        assertThat(refused("passphrase").err()).contains("not the same");
        typed.add("");
        assertThat(refused("passphrase").err()).contains("empty");
        assertThat(refused("passphrase", "--new-file", secret("empty", "\n").toString())
                        .err())
                .contains("empty");
        assertThat(refused("passphrase", "--new-file", "/nowhere/x").err()).contains("/nowhere/x");
        Path open = secret("open", "secret\n");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(refused("passphrase", "--new-file", open.toString()).err()).contains("chmod 600");
    }

    @Test
    void anExportedKeystoreBringsTheIdentityBack() throws Exception {
        String peer = good("new").line();
        Path backup = folder.resolve("backup.json");
        typed.addAll(List.of("correct horse", "correct horse"));
        good("export", backup.toString());
        assertThat(Machine.mode(backup)).isEqualTo("rw-------");
        JsonNode file = new JsonMapper().readTree(backup.toFile());
        assertThat(file.get("version").asInt()).isEqualTo(3);
        assertThat("peer-" + file.get("address").asText()).isEqualTo(peer);
        typed.addAll(List.of("correct horse", "correct horse"));
        byte[] before = Files.readAllBytes(backup);
        assertThat(run("export", backup.toString()).err()).contains("left as it is");
        assertThat(backup).hasBinaryContent(before);
        String words = good("export", "--words").line();

        home = "other";
        typed.clear();
        typed.add("wrong");
        assertThat(refused("restore", "--keystore", backup.toString()).err()).contains("passphrase");
        typed.add("correct horse");
        assertThat(good("restore", "--keystore", backup.toString()).line()).isEqualTo(peer);
        assertThat(good("export", "--words").line()).isEqualTo(words);
    }

    /** A wallet's own keystore has a key and no words. */
    @Test
    void aKeystoreOfAWalletIsRestoredWithoutWords() throws Exception {
        JsonNode vector = new JsonMapper()
                .readTree(Keystore.class.getResourceAsStream("keystores-v3.json"))
                .get("geth-account-aaa");
        Path keystore = secret("wallet.json", vector.get("keystore").toString());
        String address = "0x" + vector.get("keystore").get("address").asText();
        typed.add(vector.get("password").asText());
        assertThat(good("restore", "--keystore", keystore.toString()).line()).isEqualTo("peer-" + address.substring(2));
        assertThat(shown().get("words").asBoolean()).isFalse();
        assertThat(refused("export", "--words").err()).contains("without words");
        typed.addAll(List.of("other", "other"));
        good("passphrase");
        typed.add("other");
        assertThat(good("show").out()).contains(address, "without words");
    }

    @Test
    void whatCannotBeRestoredChangesNothingEvenWithReplace() throws Exception {
        good("new");
        for (String words :
                List.of("", "legal winner", WORDS.replace("yellow", "yelow"), WORDS + " zoo", "x".repeat(5_000))) {
            assertThat(refused(
                                    "restore",
                                    "--replace",
                                    "--words-file",
                                    secret("words", words).toString())
                            .err())
                    .doesNotContain("yelow");
        }
        Path junk = secret("junk", "{\"version\": 3}");
        typed.add("any");
        assertThat(refused("restore", "--replace", "--keystore", junk.toString())
                        .err())
                .contains("keystore");
    }

    /** Secrets as arguments would be in the list of processes and in the shell's history. */
    @Test
    void noOptionTakesASecretItself() {
        CommandLine line =
                new CommandLine(new IdentityCommand(Map.of(), count -> new byte[count], new Typing(), CLOCK));
        line.getSubcommands().values().forEach(sub -> {
            List<String> options = sub.getCommandSpec().options().stream()
                    .filter(option -> option.arity().max() > 0)
                    .flatMap(option -> Arrays.stream(option.names()))
                    .toList();
            assertThat(options)
                    .allMatch(name -> name.endsWith("-file") || name.equals("--words") || name.equals("--keystore"));
        });
    }

    @Test
    void aDeviceIsSetAsideWholeAndTheNextStartMakesAnother() throws Exception {
        good("new");
        assertThat(refused("new-device").err()).contains("no device of this identity yet");
        byte[] sealed = makeDevice();

        Outcome outcome = good("new-device");
        Path kept = Path.of(outcome.line());
        assertThat(kept).hasBinaryContent(sealed);
        assertThat(kept.getParent()).hasFileName("replaced-device-20261130-102030");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
        assertThat(outcome.err()).contains("invited again", "move the file back");
        assertThat(shown().get("device").isNull()).isTrue();

        makeDevice();
        assertThat(refused("new-device").err()).as("within the same second").contains("there already");
        assertThat(kept).as("what was kept first").hasBinaryContent(sealed);
    }

    @Test
    void noDeviceIsSetAsideWhileASidecarRuns() throws Exception {
        good("new");
        makeDevice();
        HomeFolder there = HomeFolder.open(folder.resolve(home));
        WorkspaceClaim claim = WorkspaceFolder.claim(there, folder.resolve("w").toString());
        WorkspaceFolder held = ((WorkspaceClaim.Held) claim).folder();
        try (held) {
            assertThat(refused("new-device").err()).contains("runs in", "End the editors", "Nothing was changed");
        }
        good("new-device");
        WorkspaceClaim again = WorkspaceFolder.claim(there, folder.resolve("w").toString());
        assertThat(again).as("it lets go of what it held").isInstanceOf(WorkspaceClaim.Held.class);
        ((WorkspaceClaim.Held) again).folder().close();
    }

    private byte[] makeDevice() throws Exception {
        Path keystore = folder.resolve("device-maker.json");
        Files.deleteIfExists(keystore);
        good(
                "export",
                keystore.toString(),
                "--passphrase-file",
                secret("maker", "maker").toString());
        PeerIdentity root = Keystore.open(Files.readAllBytes(keystore), "maker").identity();
        byte[] sealed =
                DeviceKey.create(root, new byte[DeviceKey.RANDOM_BYTES], 1).seal(root, new byte[DeviceKey.NONCE_BYTES]);
        Path file = identity().resolve("device-" + root.addressDigits());
        Files.write(file, sealed);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return sealed;
    }
}
