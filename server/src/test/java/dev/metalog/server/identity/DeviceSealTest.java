package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeviceSealTest {
    private static final PeerIdentity ROOT = TestData.identity(1);
    private static final DeviceKey DEVICE = TestData.device(ROOT, 2);
    private static final byte[] INFO = "what it is for".getBytes(StandardCharsets.UTF_8);
    private static final byte[] SECRET = TestData.random(new Random(3), 32);
    private static final byte[] SEALED =
            DeviceSeal.seal(DEVICE.certificate(), INFO, SECRET, TestData.random(new Random(4), 32));

    @Test
    void theDeviceOpensWhatWasSealedForIt() {
        assertThat(SEALED).hasSize(DeviceSeal.SEALED_BYTES);
        assertThat(DeviceSeal.open(DEVICE, INFO, SEALED))
                .hasValueSatisfying(open -> assertThat(open).isEqualTo(SECRET));
        assertThat(HexFormat.of().formatHex(SEALED))
                .doesNotContain(HexFormat.of().formatHex(SECRET));
        assertThat(DeviceSeal.seal(DEVICE.certificate(), INFO, SECRET, TestData.random(new Random(4), 32)))
                .as("the same bytes in, the same bytes out")
                .isEqualTo(SEALED);
        // Many, because shared secrets that begin with zeros are where implementations differ.
        Random random = new Random(5);
        for (int i = 0; i < 600; i++) {
            byte[] sealed = DeviceSeal.seal(DEVICE.certificate(), INFO, SECRET, TestData.random(random, 32));
            assertThat(DeviceSeal.open(DEVICE, INFO, sealed)).isPresent();
        }
    }

    @Test
    void nobodyElseDoesAndForNothingElse() {
        assertThat(DeviceSeal.open(TestData.device(ROOT, 3), INFO, SEALED)).isEmpty();
        assertThat(DeviceSeal.open(DEVICE, new byte[0], SEALED)).isEmpty();
        for (int i = 0; i < SEALED.length; i++) {
            byte[] changed = SEALED.clone();
            changed[i] ^= 1;
            assertThat(DeviceSeal.open(DEVICE, INFO, changed)).as("byte " + i).isEmpty();
            assertThat(DeviceSeal.open(DEVICE, INFO, Arrays.copyOf(SEALED, i))).isEmpty();
        }
        assertThat(DeviceSeal.open(DEVICE, INFO, Arrays.copyOf(SEALED, 81))).isEmpty();
    }

    @Test
    void aOneTimeKeyThatAgreesOnZeroOpensNothing() {
        for (String key : new String[] {"00".repeat(32), "01" + "00".repeat(31), "ec" + "ff".repeat(30) + "7f"}) {
            byte[] sealed = SEALED.clone();
            System.arraycopy(HexFormat.of().parseHex(key), 0, sealed, 0, 32);
            assertThat(DeviceSeal.open(DEVICE, INFO, sealed)).isEmpty();
        }
    }

    @Test
    void onlySecretsOfOneLengthAreSealed() {
        for (int length : new int[] {0, 31, 33}) {
            assertThatThrownBy(() -> DeviceSeal.seal(DEVICE.certificate(), INFO, new byte[length], new byte[32]))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> DeviceSeal.seal(DEVICE.certificate(), INFO, SECRET, new byte[length]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
