package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.DeviceId;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.Keystore;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.IdentityFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityLoaderTest {
    private static final Mnemonic WORDS = Mnemonic.fromEntropy(new byte[Mnemonic.ENTROPY_BYTES]);
    private static final PeerIdentity IDENTITY = PeerIdentity.fromMnemonic(WORDS, "");

    @TempDir
    private Path folder;

    private static IdentityLoader.Loaded load(HomeFolder home) throws Exception {
        return IdentityLoader.load(home, Map.of(), Sidecar.randomBytes());
    }

    private static DeviceId device(IdentityLoader.Loaded loaded) {
        assertThat(loaded.device().certificate().peer())
                .isEqualTo(loaded.identity().peerId());
        return loaded.device().certificate().device();
    }

    /** A home as an earlier build, or {@code identity restore}, leaves it. */
    private HomeFolder restored(String name) throws Exception {
        HomeFolder home = HomeFolder.open(folder.resolve(name));
        IdentityFiles files = new IdentityFiles(home);
        String passphrase = files.passphrase(Map.of());
        files.createKeystore(Keystore.encrypt(IDENTITY, WORDS, passphrase, new byte[Keystore.RANDOM_BYTES]));
        return home;
    }

    @Test
    void theFirstRunMakesBothAndTheNextHasTheSame() throws Exception {
        HomeFolder home = HomeFolder.open(folder.resolve("home"));
        IdentityLoader.Loaded first = load(home);
        assertThat(first.created()).isTrue();
        IdentityLoader.Loaded next = load(home);
        assertThat(next.created()).isFalse();
        assertThat(next.identity().peerId()).isEqualTo(first.identity().peerId());
        assertThat(device(next)).isEqualTo(device(first));
    }

    @Test
    void anIdentityWithoutADeviceGetsOneAndAnotherMachineAnother() throws Exception {
        IdentityLoader.Loaded here = load(restored("here"));
        assertThat(here.created()).isFalse();
        IdentityLoader.Loaded there = load(restored("there"));
        assertThat(here.identity().peerId()).isEqualTo(there.identity().peerId());
        assertThat(device(here)).isNotEqualTo(device(there));
    }

    @Test
    void twoSidecarsThatStartTogetherHaveOneDevice() throws Exception {
        HomeFolder home = restored("home");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Callable<DeviceId> start = () -> device(load(home));
            List<Future<DeviceId>> both = threads.invokeAll(List.of(start, start));
            assertThat(both.get(0).get()).isEqualTo(both.get(1).get()).isEqualTo(device(load(home)));
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aDamagedDeviceIsSaidAndLeftAsItIs() throws Exception {
        HomeFolder home = restored("home");
        load(home);
        Path file = home.path().resolve("identity").resolve("device-" + IDENTITY.addressDigits());
        byte[] bytes = Files.readAllBytes(file);
        bytes[40] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> load(home)).isInstanceOf(IdentityRefused.class).hasMessageContaining("move it away");
        assertThat(file).hasBinaryContent(bytes);
    }
}
