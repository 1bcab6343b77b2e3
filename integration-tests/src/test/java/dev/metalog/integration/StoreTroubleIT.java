package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens to the folder in which everything is kept: typing goes on, the person is told, nothing is thrown away. */
final class StoreTroubleIT {
    private static final String FILE = "plan.txt";
    private static final String BEGUN = "begun\n";

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void aDiskThatIsFullForAWhile() throws Exception {
        String prlimit = Tools.need("prlimit", "Debian: apt-get install util-linux");
        Pair pair = Pair.start(rig, Mosquitto.open(rig).url(), headless(), headless());
        pair.share(FILE, BEGUN);
        Driven ada = pair.first();
        Driven ben = pair.second();
        long sidecar = Sidecars.firstOf(ada.seat()).pid();
        long kept = Files.size(segment(ada.seat()));
        limitFileBytes(prlimit, sidecar, Long.toString(kept + 10));

        ada.insert(0, "while the disk is full: ");
        JsonObject told = ada.event("message", says("takes nothing"));
        assertThat(told.get("message").getAsString()).as("what to do").contains("Free some space", "META_LOG_HOME");
        ben.insert(0, "from ben: ");
        ada.insert(0, "still typing: ");
        assertThat(ada.text()).endsWith("while the disk is full: " + BEGUN);
        assertThat(ben.text()).as("what is not kept is not shared").isEqualTo("from ben: " + BEGUN);

        limitFileBytes(prlimit, sidecar, "unlimited");
        ada.insert(0, "free again: ");
        Driven.assertConverged(ada, ben);
        assertThat(ben.text()).contains("while the disk is full", "still typing", "free again", "from ben");
        Sidecars.kill(Sidecars.firstOf(ada.seat()));
        ada.insert(0, "and after a kill: ");
        ben.waitForContains("and after a kill: ");
        Driven.assertConverged(ada, ben);
    }

    @Test
    void aLogThatWasDamagedIsMendedFromTheOtherPeerAndKeptAside() throws Exception {
        Pair pair = sharedAndEnded();
        Seat seat = pair.first().seat();
        Path segment = segment(seat);
        byte[] bytes = Files.readAllBytes(segment);
        int damaged = bytes.length / 2;
        bytes[damaged] ^= 0x20;
        Files.write(segment, bytes);

        Driven again = rig.keep(headless().start(seat)).federated();
        again.open(seat.workspace().resolve(FILE));
        assertThat(again.event("message", says(FILE)).get("message").getAsString())
                .as("what happened")
                .contains("kept");
        pair.second().insert(0, "healed: ");
        again.waitForText(pair.second().text());
        assertThat(allFiles(seat).values())
                .as("the damaged bytes are still there")
                .anyMatch(content -> contains(content, bytes, damaged - 8, damaged + 8));
    }

    @Test
    void aLogOfANewerProgramIsLeftAloneAndTheFileIsEditedAsAnyOther() throws Exception {
        Pair pair = sharedAndEnded();
        Seat seat = pair.first().seat();
        Path segment = segment(seat);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment));
        bytes.putShort(8, (short) (bytes.getShort(8) + 1));
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, 36);
        bytes.putInt(36, (int) crc.getValue());
        Files.write(segment, bytes.array());
        Map<Path, byte[]> before = filesOfLog(seat);

        Driven again = rig.keep(headless().start(seat));
        again.open(seat.workspace().resolve(FILE));
        JsonObject told = again.event("message", says("newer"));
        assertThat(told.get("message").getAsString())
                .as("where, why, what to do")
                .contains(FILE, segment.toString(), "untouched", "Start that newer version");
        assertThat(again.refusal("share", Map.of())).hasMessageContaining("newer");
        again.insert(0, "typed all the same: ");
        assertThat(again.text()).startsWith("typed all the same: ");
        again.call("quit", Map.of());
        assertThat(filesOfLog(seat)).as("the log").containsExactlyInAnyOrderEntriesOf(before);
    }

    @Test
    void aLogThatMayNotBeWritten() throws Exception {
        Pair pair = sharedAndEnded();
        Seat seat = pair.first().seat();
        Path folder = segment(seat).getParent();
        AutoCloseable writable = readOnly(folder);
        try {
            Driven again = rig.keep(headless().start(seat));
            again.open(seat.workspace().resolve(FILE));
            JsonObject told = again.event("message", says(FILE));
            assertThat(told.get("message").getAsString()).contains(folder.toString());
            again.insert(0, "typed all the same: ");
            assertThat(again.text()).startsWith("typed all the same: ");
            again.call("quit", Map.of());
        } finally {
            writable.close();
        }
        // The person has given the permission back; what was in the buffer was not saved, so it is not expected here.
        Driven later = rig.keep(headless().start(seat)).federated();
        later.open(seat.workspace().resolve(FILE));
        pair.second().insert(0, "back: ");
        later.waitForText(pair.second().text());
    }

    @Test
    void twoClonesOfOneStoreWriteAtOnceAndNothingForks() throws Exception {
        Pair pair = sharedAndEnded();
        Seat seat = pair.first().seat();
        Path otherHome = rig.folder("clone").resolve("home");
        copy(seat.home(), otherHome);
        Seat clone = new Seat(
                "clone",
                otherHome,
                seat.workspace(),
                seat.with("META_LOG_HOME", otherHome.toString()).environment(),
                rig.folder("clone").resolve("clone.log"));

        Driven original = rig.keep(headless().start(seat)).federated();
        original.open(seat.workspace().resolve(FILE));
        Driven copied = rig.keep(headless().start(clone)).federated();
        copied.open(clone.workspace().resolve(FILE));
        Driven ben = pair.second();
        for (int i = 0; i < 20; i++) {
            original.insert(0, "o" + i + ";");
            copied.insert(0, "c" + i + ";");
            ben.insert(0, "b" + i + ";");
        }
        for (String writer : List.of("o", "c", "b")) {
            for (Driven reader : List.of(original, copied, ben)) {
                reader.waitForContains(writer + "19;");
            }
        }
        Driven.assertConverged(original, ben);
        Driven.assertConverged(copied, ben);
        String text = ben.text();
        for (String writer : List.of("o", "c", "b")) {
            for (int i = 0; i < 20; i++) {
                String key = writer + i + ";";
                assertThat(text.split(key, -1)).as(key + " is there once").hasSize(2);
            }
        }
        assertThat(original.events("message")).as("alarms").isEmpty();
        assertThat(copied.events("message")).as("alarms").isEmpty();
    }

    /** Two share and write; then the first one's editor and sidecar end in good order. */
    private Pair sharedAndEnded() throws Exception {
        Pair pair = Pair.start(rig, Mosquitto.open(rig).url(), headless(), headless());
        pair.share(FILE, BEGUN);
        for (int i = 0; i < 50; i++) {
            pair.first().insert(0, "a");
            pair.second().insert(0, "b");
        }
        pair.meet();
        pair.first().call("save", Map.of());
        ProcessHandle sidecar = Sidecars.firstOf(pair.first().seat());
        pair.first().call("quit", Map.of());
        Rig.await("the end of the sidecar").until(() -> !sidecar.isAlive());
        return pair;
    }

    private static Predicate<JsonObject> says(String part) {
        return event -> event.get("message").getAsString().contains(part);
    }

    private static void limitFileBytes(String prlimit, long pid, String most) throws Exception {
        int code = new ProcessBuilder(prlimit, "--pid", Long.toString(pid), "--fsize=" + most + ":")
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    /** Permissions do not bind root, but what is mounted read-only binds everybody. */
    private static AutoCloseable readOnly(Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-x------"));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
            }
        }
        boolean bound = !Files.isWritable(folder);
        if (!bound) {
            Tools.need(
                    run("mount", "--bind", folder.toString(), folder.toString()) == 0
                            && run("mount", "-o", "remount,ro,bind", folder.toString()) == 0,
                    "a user other than root, or the right to mount");
        }
        return () -> {
            if (!bound) {
                assertThat(run("umount", folder.toString())).isZero();
            }
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            try (Stream<Path> closed = Files.list(folder)) {
                for (Path file : closed.toList()) {
                    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                }
            }
        };
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** The first segment of the document's log. */
    private static Path segment(Seat seat) throws IOException {
        try (Stream<Path> files = Files.walk(seat.home().resolve("workspaces"))) {
            Path index = files.filter(file -> file.endsWith("documents.json"))
                    .findAny()
                    .orElseThrow();
            for (JsonElement entry : JsonParser.parseString(Files.readString(index))
                    .getAsJsonObject()
                    .getAsJsonArray("documents")) {
                JsonObject document = entry.getAsJsonObject();
                if (document.get("uri").getAsString().endsWith(FILE)) {
                    return index.resolveSibling(document.get("documentId").getAsString())
                            .resolve("00000001.segment");
                }
            }
        }
        throw new AssertionError(FILE + " is not in the list of documents");
    }

    private static Map<Path, byte[]> filesOfLog(Seat seat) throws IOException {
        Path folder = segment(seat).getParent();
        Map<Path, byte[]> found = new HashMap<>(allFiles(seat));
        found.keySet().removeIf(file -> !file.startsWith(folder));
        return found;
    }

    private static Map<Path, byte[]> allFiles(Seat seat) throws IOException {
        Map<Path, byte[]> found = new HashMap<>();
        try (Stream<Path> files = Files.walk(seat.home())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                found.put(file, Files.readAllBytes(file));
            }
        }
        return found;
    }

    private static boolean contains(byte[] content, byte[] of, int from, int to) {
        for (int at = 0; at + to - from <= content.length; at++) {
            if (Arrays.equals(content, at, at + to - from, of, from, to)) {
                return true;
            }
        }
        return false;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (!Files.isSymbolicLink(file) && !isSocket(file)) {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static boolean isSocket(Path file) throws IOException {
        return !Files.isRegularFile(file) && !Files.isDirectory(file);
    }
}
