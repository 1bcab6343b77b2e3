package dev.metalog.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.server.store.file.Machine;
import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityFilesTest {
    private static final byte[] KEYSTORE = "{\"version\":3}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path temporary;

    private HomeFolder home;
    private IdentityFiles files;

    @BeforeEach
    void open() throws StoreRefused {
        home = HomeFolder.open(temporary.resolve("home"));
        files = new IdentityFiles(home);
    }

    @Test
    void aFirstRunMakesBothFilesAndTheNextReadsThem() throws Exception {
        Machine.needModes(temporary);
        assertThat(files.keystore()).isEmpty();
        String secret = files.passphrase(Map.of());
        assertThat(secret).matches("[0-9a-f]{64}");
        assertThat(files.createKeystore(KEYSTORE)).isTrue();

        IdentityFiles nextRun = new IdentityFiles(home);
        assertThat(nextRun.passphrase(Map.of())).isEqualTo(secret);
        assertThat(nextRun.keystore())
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(KEYSTORE));
        assertThat(Machine.mode(identity("keystore.json"))).isEqualTo("rw-------");
        assertThat(Machine.mode(identity("unlock"))).isEqualTo("rw-------");
        assertThat(new IdentityFiles(HomeFolder.open(temporary.resolve("other"))).passphrase(Map.of()))
                .isNotEqualTo(secret);
    }

    @Test
    void aKeystoreIsNeverOverwritten() throws Exception {
        files.createKeystore(KEYSTORE);
        assertThat(files.createKeystore("other".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(identity("keystore.json")).hasBinaryContent(KEYSTORE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwxrwxrwx", "rw-----w-"})
    void aSecretThatOthersCanReachIsRefused(String mode) throws Exception {
        Machine.needModes(temporary);
        files.passphrase(Map.of());
        files.createKeystore(KEYSTORE);
        Machine.chmod(identity("keystore.json"), mode);
        StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> files.keystore());
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.OPEN_TO_OTHERS);
        assertThat(refused).hasMessageContaining("chmod 600").hasMessageContaining(mode);

        Machine.chmod(identity("unlock"), mode);
        assertThat(reason(Map.of())).isEqualTo(StoreRefused.Reason.OPEN_TO_OTHERS);
    }

    @Test
    void aKeystoreWithoutItsUnlockFileGetsNoNewOne() throws Exception {
        files.passphrase(Map.of());
        files.createKeystore(KEYSTORE);
        Files.delete(identity("unlock"));
        StoreRefused refused = catchThrowableOfType(StoreRefused.class, () -> files.passphrase(Map.of()));
        assertThat(refused.reason()).isEqualTo(StoreRefused.Reason.MISSING);
        assertThat(refused).hasMessageContaining("META_LOG_PASSPHRASE_FILE").hasMessageContaining("mnemonic");
        assertThat(identity("unlock")).doesNotExist();
    }

    @Test
    void thePersonsOwnPassphraseIsTheFirstLineOfTheirFile() throws Exception {
        Machine.needModes(temporary);
        Path own = Files.writeString(temporary.resolve("own"), "gr\u00fcn \ud83d\ude00 \r\nsecond line\n");
        Machine.chmod(own, "rw-------");
        Map<String, String> environment = Map.of("META_LOG_PASSPHRASE_FILE", own.toString());
        assertThat(files.passphrase(environment)).isEqualTo("gr\u00fcn \ud83d\ude00 ");
        assertThat(identity("unlock")).doesNotExist();

        Machine.chmod(own, "rw-r--r--");
        assertThat(reason(environment)).isEqualTo(StoreRefused.Reason.OPEN_TO_OTHERS);
    }

    @Test
    void anOddPassphraseFileIsSaid() throws Exception {
        Machine.needModes(temporary);
        Path own = temporary.resolve("own");
        Map<String, String> environment = Map.of("META_LOG_PASSPHRASE_FILE", own.toString());
        assertThat(reason(environment)).isEqualTo(StoreRefused.Reason.MISSING);
        for (String content : new String[] {"", "\n", "\nsecond line"}) {
            Files.writeString(own, content);
            Machine.chmod(own, "rw-------");
            assertThat(reason(environment)).as(content).isEqualTo(StoreRefused.Reason.DAMAGED);
        }
        Files.writeString(own, "x".repeat(1_025));
        assertThat(reason(environment)).isEqualTo(StoreRefused.Reason.TOO_LARGE);
        Files.writeString(own, "x".repeat(1_024));
        assertThat(files.passphrase(environment)).hasSize(1_024);
    }

    @Test
    void aDevicesKeyIsKeptForEachIdentityAndNeverOverwritten() throws Exception {
        Machine.needModes(temporary);
        byte[] key = {1, 2, 3};
        assertThat(files.device("ab12")).isEmpty();
        assertThat(files.createDevice("ab12", key)).isTrue();
        assertThat(files.createDevice("ab12", new byte[9])).isFalse();
        assertThat(files.device("ab12"))
                .hasValueSatisfying(kept -> assertThat(kept).isEqualTo(key));
        assertThat(files.device("cd34")).isEmpty();
        assertThat(Machine.mode(identity("device-ab12"))).isEqualTo("rw-------");

        Machine.chmod(identity("device-ab12"), "rw-r-----");
        assertThat(catchThrowableOfType(StoreRefused.class, () -> files.device("ab12"))
                        .reason())
                .isEqualTo(StoreRefused.Reason.OPEN_TO_OTHERS);
    }

    @Test
    void anIdentityIsSetAsideWithItsDevice() throws Exception {
        files.passphrase(Map.of());
        files.createKeystore(KEYSTORE);
        files.createDevice("ab12", KEYSTORE);
        Path aside = files.setAside("before");
        assertThat(aside.resolve("device-ab12")).hasBinaryContent(KEYSTORE);
        assertThat(aside.resolve("keystore.json")).exists();
        assertThat(files.device("ab12")).isEmpty();
    }

    @Test
    void anOddKeystoreFileIsSaid() throws Exception {
        Machine.needModes(temporary);
        OwnerOnly.createNew(RealFiles.INSTANCE, identity("keystore.json"), new byte[16_385]);
        assertThat(catchThrowableOfType(StoreRefused.class, () -> files.keystore())
                        .reason())
                .isEqualTo(StoreRefused.Reason.TOO_LARGE);
        Files.delete(identity("keystore.json"));
        Files.createDirectory(identity("keystore.json"));
        Machine.chmod(identity("keystore.json"), "rwx------");
        assertThat(catchThrowableOfType(StoreRefused.class, () -> files.keystore()))
                .isNotNull();
    }

    private StoreRefused.Reason reason(Map<String, String> environment) {
        return catchThrowableOfType(StoreRefused.class, () -> files.passphrase(environment))
                .reason();
    }

    private Path identity(String name) {
        return home.path().resolve("identity").resolve(name);
    }
}
