package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A beacon tells nothing to whoever has not its key, and cannot be changed by them. */
class BeaconKeyTest {
    private final Random random = new Random(1);
    private final BeaconKey key = new BeaconKey(bytes(BeaconKey.BYTES));
    private final byte[] statement = bytes(250);

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void whoHasTheKeyOpensIt() {
        byte[] beacon = key.seal(bytes(BeaconKey.NONCE_BYTES), 7, statement);
        assertThat(key.open(beacon).statement()).isEqualTo(statement);
        assertThat(key.open(beacon).atMillis()).isEqualTo(7);
        assertThat(new BeaconKey(bytes(BeaconKey.BYTES)).open(beacon)).isNull();
    }

    @Test
    void allAreOfOneLengthAndNoTwoAreAlike() {
        byte[] one = key.seal(bytes(BeaconKey.NONCE_BYTES), 7, statement);
        byte[] again = key.seal(bytes(BeaconKey.NONCE_BYTES), 7, statement);
        byte[] longest = key.seal(bytes(BeaconKey.NONCE_BYTES), 7, bytes(Whereabouts.MOST_BYTES));
        assertThat(one).hasSameSizeAs(longest).hasSameSizeAs(again).isNotEqualTo(again);
        int same = 0;
        for (int i = 1; i < one.length; i++) {
            same += one[i] == again[i] ? 1 : 0;
        }
        assertThat(same).as("bytes that happen to be alike").isLessThan(20);
    }

    @Test
    void noByteCanBeChangedOrLeftOutOrAdded() {
        byte[] beacon = key.seal(bytes(BeaconKey.NONCE_BYTES), 7, statement);
        for (int i = 0; i < beacon.length; i++) {
            byte[] bad = beacon.clone();
            bad[i] ^= 1;
            assertThat(key.open(bad)).isNull();
            assertThat(key.open(Arrays.copyOf(beacon, i))).isNull();
        }
        assertThat(key.open(Arrays.copyOf(beacon, beacon.length + 1))).isNull();
    }

    @Test
    void nothingElseIsAKey() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BeaconKey(new byte[BeaconKey.BYTES - 1]));
        assertThat(key.toString()).isEqualTo("BeaconKey");
    }
}
