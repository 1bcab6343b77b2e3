package dev.metalog.server.link.lan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.server.link.LinkLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What stands in packets of multicast DNS, and what is made of packets that anybody can send. */
class BeaconRecordsTest {
    private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.1", Beacons.PORT);
    private static final InetSocketAddress TO = new InetSocketAddress("224.0.0.251", Beacons.PORT);

    private final Random random = new Random(11);

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    static byte[] encoded(DatagramDnsResponse response) {
        EmbeddedChannel wire = new EmbeddedChannel(new DatagramDnsResponseEncoder());
        wire.writeOutbound(response);
        DatagramPacket packet = wire.readOutbound();
        byte[] bytes = new byte[packet.content().readableBytes()];
        packet.content().readBytes(bytes);
        packet.release();
        wire.finishAndReleaseAll();
        return bytes;
    }

    static List<byte[]> read(byte[] packet) {
        EmbeddedChannel wire = new EmbeddedChannel(new DatagramDnsResponseDecoder());
        try {
            wire.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(packet), TO, FROM));
            DatagramDnsResponse response = wire.readInbound();
            List<byte[]> found = BeaconRecords.read(response);
            response.release();
            return found;
        } catch (DecoderException e) {
            return List.of();
        } finally {
            wire.finishAndReleaseAll();
        }
    }

    @Test
    void everyLengthComesBackAsItWas() {
        for (int length = 1; length <= LinkLimits.LAN_BEACON_BYTES; length++) {
            byte[] beacon = bytes(length);
            byte[] packet = encoded(BeaconRecords.packet(beacon, false, TO));
            assertThat(packet.length).isLessThanOrEqualTo(1_000);
            assertThat(BeaconRecords.isOfInterest(Unpooled.wrappedBuffer(packet)))
                    .isTrue();
            assertThat(read(packet)).hasSize(1).first().isEqualTo(beacon);
        }
    }

    @Test
    void whatIsGoneIsNotTaken() {
        assertThat(read(encoded(BeaconRecords.packet(bytes(100), true, TO)))).isEmpty();
    }

    @Test
    void otherNamesKindsAndClassesAreNotTaken() {
        byte[] text = {3, 'a', '=', 7};
        String name = "x." + BeaconRecords.SERVICE;
        assertThat(read(encoded(with(new DefaultDnsRawRecord(name, DnsRecordType.TXT, 1, 9, wrap(text))))))
                .hasSize(1);
        assertThat(read(encoded(
                        with(new DefaultDnsRawRecord("X._Meta-Log._TCP.Local.", DnsRecordType.TXT, 1, 9, wrap(text))))))
                .as("names are the same in capital letters")
                .hasSize(1);
        assertThat(read(encoded(
                        with(new DefaultDnsRawRecord("x._other._tcp.local.", DnsRecordType.TXT, 1, 9, wrap(text))))))
                .isEmpty();
        assertThat(read(encoded(with(new DefaultDnsRawRecord(name, DnsRecordType.SPF, 1, 9, wrap(text))))))
                .isEmpty();
        assertThat(read(encoded(with(new DefaultDnsRawRecord(name, DnsRecordType.TXT, 3, 9, wrap(text))))))
                .isEmpty();
    }

    @Test
    void aTextHasOneForm() {
        for (byte[] text : List.of(
                new byte[0],
                new byte[] {0},
                new byte[] {2, 'a', '='},
                new byte[] {3, 'b', '=', 7},
                new byte[] {3, 'a', ':', 7},
                new byte[] {4, 'a', '=', 7},
                new byte[] {3, 'a', '=', 7, 0},
                new byte[] {3, 'a', '=', 7, 3, 'b', '=', 8},
                new byte[] {3, 'a', '=', 7, 3, 'a', '=', 8})) {
            String name = "x." + BeaconRecords.SERVICE;
            assertThat(read(encoded(with(new DefaultDnsRawRecord(name, DnsRecordType.TXT, 1, 9, wrap(text))))))
                    .as(Arrays.toString(text))
                    .isEmpty();
        }
    }

    @Test
    void ofManyInAPacketFourAreTaken() {
        DatagramDnsResponse response = new DatagramDnsResponse(null, TO, 0);
        for (int i = 0; i < 20; i++) {
            byte[] text = {3, 'a', '=', (byte) i};
            response.addRecord(
                    DnsSection.ANSWER,
                    new DefaultDnsRawRecord("x." + BeaconRecords.SERVICE, DnsRecordType.TXT, 1, 9, wrap(text)));
        }
        assertThat(read(encoded(response))).hasSize(4);
    }

    /** Whatever is changed in a packet: what comes out is a beacon of the one form, or nothing. */
    @Test
    void changedPacketsHarmNobody() {
        byte[] good = encoded(BeaconRecords.packet(bytes(431), false, TO));
        List<byte[]> found = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            byte[] bad = i % 5 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int k = random.nextInt(8); k >= 0 && bad.length > 0; k--) {
                // The lengths, counts and names are what can lead astray.
                int at = random.nextInt(random.nextBoolean() ? bad.length : Math.min(130, bad.length));
                bad[at] = (byte) (random.nextInt(4) == 0 ? 0xc0 : random.nextInt());
            }
            found.addAll(read(bad));
        }
        assertThat(found).allMatch(beacon -> beacon.length > 0 && beacon.length <= LinkLimits.LAN_BEACON_BYTES);
        for (int i = 0; i < 20_000; i++) {
            read(bytes(random.nextInt(200)));
        }
    }

    @Test
    void otherTrafficIsNotOfInterest() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(BeaconRecords.isOfInterest(Unpooled.wrappedBuffer(bytes(random.nextInt(300)))))
                    .isFalse();
        }
        assertThat(BeaconRecords.isOfInterest(Unpooled.EMPTY_BUFFER)).isFalse();
    }

    private static DatagramDnsResponse with(DnsRecord one) {
        DatagramDnsResponse response = new DatagramDnsResponse(null, TO, 0);
        return response.addRecord(DnsSection.ANSWER, one);
    }

    private static ByteBuf wrap(byte[] bytes) {
        return Unpooled.wrappedBuffer(bytes);
    }
}
