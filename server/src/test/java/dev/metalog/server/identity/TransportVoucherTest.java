package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A voucher is of one device, for one key, and in one form. */
class TransportVoucherTest {
    private static final byte[] SPKI = "any key".getBytes(StandardCharsets.UTF_8);

    private final PeerIdentity alice = TestData.identity(1);
    private final DeviceKey device = TestData.device(alice, 4);

    @Test
    void tellsWhoseKeyItIs() throws IdentityRefused {
        byte[] voucher = TransportVoucher.issue(device, SPKI);
        assertThat(voucher).hasSize(TransportVoucher.BYTES).hasSize(198);
        assertThat(TransportVoucher.check(voucher, SPKI)).isEqualTo(device.certificate());
    }

    @Test
    void anotherKeyIsRefused() {
        byte[] voucher = TransportVoucher.issue(device, SPKI);
        byte[] other = "other key".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> TransportVoucher.check(voucher, other))
                .isInstanceOfSatisfying(
                        IdentityRefused.class,
                        e -> assertThat(e.reason()).isEqualTo(IdentityRefused.Reason.VOUCHER_MALFORMED))
                .hasMessageContaining("for another key");
    }

    /** Whoever puts their own certificate before another's signature, or theirs behind another's certificate. */
    @Test
    void certificateAndSignatureAreOfOneDevice() {
        DeviceKey mallory = TestData.device(TestData.identity(2), 5);
        byte[] mixed = TransportVoucher.issue(device, SPKI);
        byte[] theirs = TransportVoucher.issue(mallory, SPKI);
        System.arraycopy(theirs, 0, mixed, 0, DeviceCertificate.BYTES);
        assertThatThrownBy(() -> TransportVoucher.check(mixed, SPKI)).isInstanceOf(IdentityRefused.class);
        byte[] swapped = TransportVoucher.issue(device, SPKI);
        System.arraycopy(
                theirs, DeviceCertificate.BYTES, swapped, DeviceCertificate.BYTES, DeviceCertificate.SIGNATURE_BYTES);
        assertThatThrownBy(() -> TransportVoucher.check(swapped, SPKI)).isInstanceOf(IdentityRefused.class);
    }

    @Test
    void otherLengthsAreRefused() {
        byte[] voucher = TransportVoucher.issue(device, SPKI);
        for (int length : new int[] {0, 1, DeviceCertificate.BYTES, voucher.length - 1, voucher.length + 1, 100_000}) {
            assertThatThrownBy(() -> TransportVoucher.check(Arrays.copyOf(voucher, length), SPKI))
                    .isInstanceOf(IdentityRefused.class);
        }
        assertThatThrownBy(() -> TransportVoucher.check(voucher, new byte[0])).isInstanceOf(IdentityRefused.class);
        assertThatThrownBy(() -> TransportVoucher.check(voucher, new byte[TransportVoucher.SPKI_BYTES + 1]))
                .isInstanceOf(IdentityRefused.class);
        assertThatThrownBy(() -> TransportVoucher.issue(device, new byte[TransportVoucher.SPKI_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A flipped bit in the certificate makes it another peer's, whose signature is not there. */
    @Test
    void noFlippedBitIsAccepted() {
        byte[] voucher = TransportVoucher.issue(device, SPKI);
        Random random = new Random(20_261_130);
        for (int i = 0; i < 300; i++) {
            byte[] flipped = voucher.clone();
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> TransportVoucher.check(flipped, SPKI)).isInstanceOf(IdentityRefused.class);
        }
    }
}
