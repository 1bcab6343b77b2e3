package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerMessage;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a device listens is what that device says, and nothing else. */
class WhereaboutsTest {
    private final PeerIdentity alice = TestData.identity(1);
    private final DeviceKey device = TestData.device(alice, 2);
    private final List<NetAddress> addresses =
            List.of(new NetAddress("192.0.2.7", 4_711), new NetAddress("2001:db8:0:0:0:0:0:7", 65_535));

    private final BeaconKey key = new BeaconKey(new byte[BeaconKey.BYTES]);

    @Test
    void itIsReadAsItWasSigned() throws IdentityRefused {
        Whereabouts read = Whereabouts.read(Whereabouts.sign(device, 7, 1_800_000_000_000L, null, addresses));
        assertThat(read.device()).isEqualTo(device.certificate());
        assertThat(read.place()).isEqualTo(7);
        assertThat(read.sinceMillis()).isEqualTo(1_800_000_000_000L);
        assertThat(read.addresses()).isEqualTo(addresses);
        assertThat(read.beaconKey()).isNull();
        Whereabouts withBeacon = Whereabouts.read(Whereabouts.sign(device, 7, 8, key, addresses));
        assertThat(withBeacon.beaconKey()).isEqualTo(key);
        assertThat(withBeacon.addresses()).isEqualTo(addresses);
        assertThat(withBeacon.place()).isEqualTo(7);
    }

    @Test
    void noByteCanBeChangedOrLeftOutOrAdded() {
        byte[] good = Whereabouts.sign(device, 7, 8, key, addresses);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 3;
            assertThatExceptionOfType(IdentityRefused.class).isThrownBy(() -> Whereabouts.read(bad));
            byte[] cut = Arrays.copyOf(good, i);
            assertThatExceptionOfType(IdentityRefused.class).isThrownBy(() -> Whereabouts.read(cut));
        }
        assertThatExceptionOfType(IdentityRefused.class)
                .isThrownBy(() -> Whereabouts.read(Arrays.copyOf(good, good.length + 1)));
    }

    @Test
    void nobodySaysItForAnother() {
        byte[] good = Whereabouts.sign(device, 7, 8, key, addresses);
        byte[] other = Whereabouts.sign(TestData.device(TestData.identity(3), 4), 7, 8, key, addresses);
        System.arraycopy(other, 1, good, 1, DeviceCertificate.BYTES);
        assertThatExceptionOfType(IdentityRefused.class).isThrownBy(() -> Whereabouts.read(good));
    }

    @Test
    void theLargestFitsItsMessage() throws IdentityRefused {
        NetAddress address = new NetAddress("2001:db8:0:0:0:0:0:7", 4_711);
        byte[] statement =
                Whereabouts.sign(device, 7, 8, key, Collections.nCopies(Whereabouts.MOST_ADDRESSES, address));
        assertThat(statement).hasSize(Whereabouts.MOST_BYTES);
        assertThat(statement.length).isLessThanOrEqualTo(PeerMessage.Reachable.MOST_BYTES);
        assertThat(Whereabouts.read(statement).addresses()).hasSize(Whereabouts.MOST_ADDRESSES);
        List<NetAddress> tooMany = Collections.nCopies(Whereabouts.MOST_ADDRESSES + 1, address);
        assertThatIllegalArgumentException().isThrownBy(() -> Whereabouts.sign(device, 7, 8, key, tooMany));
    }

    @Test
    void aPlaceIsTheSameInEachRunAndAnotherInEachWorkspaceAndDevice() {
        long place = Whereabouts.placeOf(device, new byte[] {1});
        assertThat(Whereabouts.placeOf(device, new byte[] {1})).isEqualTo(place);
        assertThat(Whereabouts.placeOf(device, new byte[] {2})).isNotEqualTo(place);
        assertThat(Whereabouts.placeOf(TestData.device(alice, 3), new byte[] {1}))
                .isNotEqualTo(place);
    }
}
