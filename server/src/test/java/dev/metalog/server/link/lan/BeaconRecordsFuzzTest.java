package dev.metalog.server.link.lan;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.metalog.server.link.LinkLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.List;

/** Any packet on a local network has a few beacons of the one form in it, or none; each is read again from a packet of ours. */
final class BeaconRecordsFuzzTest {
    private static final InetSocketAddress GROUP = new InetSocketAddress("224.0.0.251", Beacons.PORT);

    @FuzzTest(maxDuration = "10m")
    void read(byte[] packet) {
        ByteBuf bytes = Unpooled.wrappedBuffer(packet);
        var unused = BeaconRecords.isOfInterest(bytes);
        assertThat(bytes.readerIndex()).isZero();
        List<byte[]> found = BeaconRecordsTest.read(packet);
        assertThat(found).hasSizeLessThanOrEqualTo(4);
        for (byte[] beacon : found) {
            assertThat(beacon.length).isBetween(1, LinkLimits.LAN_BEACON_BYTES);
            byte[] ours = BeaconRecordsTest.encoded(BeaconRecords.packet(beacon, false, GROUP));
            assertThat(BeaconRecordsTest.read(ours)).hasSize(1).first().isEqualTo(beacon);
        }
    }
}
