package dev.metalog.server.link.lan;

import dev.metalog.protocol.Base32;
import dev.metalog.server.link.LinkLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DefaultDnsPtrRecord;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A beacon as records of DNS-SD (RFC 6763), so that whoever looks after a network sees what this is, and a reflector carries it on: a
 * PTR record that names an instance of {@value #SERVICE}, called after nothing but the beacon, and its TXT record, with the beacon in
 * strings {@code a=…}, {@code b=…}. There is no SRV record: where to connect is in the beacon, for those who can open it.
 */
final class BeaconRecords {
    static final String SERVICE = "_meta-log._tcp.local.";

    private static final byte[] MARK = "\u0009_meta-log".getBytes(StandardCharsets.US_ASCII);
    private static final int CLASS_IN = 1;
    /** Nobody else has records of that name. */
    private static final int FLUSHES = 0x8000;

    private static final int SECONDS = 120;
    private static final int NAME_BYTES = 10;
    private static final int STRING_BYTES = 255;
    private static final int KEY_BYTES = 2;
    private static final int MOST_IN_A_PACKET = 4;

    private BeaconRecords() {}

    /** Tells without reading it whether a packet may be about beacons; a network has many others. */
    static boolean isOfInterest(ByteBuf packet) {
        int last = packet.writerIndex() - MARK.length;
        for (int at = packet.readerIndex(); at <= last; at++) {
            if (matches(packet, at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(ByteBuf packet, int at) {
        for (int i = 0; i < MARK.length; i++) {
            byte there = packet.getByte(at + i);
            if (there != MARK[i] && !(there >= 'A' && there <= 'Z' && there + ('a' - 'A') == MARK[i])) {
                return false;
            }
        }
        return true;
    }

    /** @param gone whether to say that it is there no more */
    static DatagramDnsResponse packet(byte[] beacon, boolean gone, InetSocketAddress to) {
        String instance =
                Base32.encode(Arrays.copyOf(hash(beacon), NAME_BYTES)).toLowerCase(Locale.ROOT) + "." + SERVICE;
        int seconds = gone ? 0 : SECONDS;
        DatagramDnsResponse response = new DatagramDnsResponse(null, to, 0);
        response.setAuthoritativeAnswer(true);
        response.addRecord(DnsSection.ANSWER, new DefaultDnsPtrRecord(SERVICE, CLASS_IN, seconds, instance));
        ByteBuf text = Unpooled.wrappedBuffer(strings(beacon));
        response.addRecord(
                DnsSection.ANSWER,
                new DefaultDnsRawRecord(instance, DnsRecordType.TXT, CLASS_IN | FLUSHES, seconds, text));
        return response;
    }

    private static byte[] strings(byte[] beacon) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        char name = 'a';
        for (int from = 0; from < beacon.length; from += STRING_BYTES - KEY_BYTES) {
            int count = Math.min(STRING_BYTES - KEY_BYTES, beacon.length - from);
            out.write(KEY_BYTES + count);
            out.write(name++);
            out.write('=');
            out.write(beacon, from, count);
        }
        return out.toByteArray();
    }

    /** The beacons that stand in a packet, {@value #MOST_IN_A_PACKET} at most. */
    static List<byte[]> read(DatagramDnsResponse response) {
        List<byte[]> beacons = new ArrayList<>();
        for (DnsSection section : List.of(DnsSection.ANSWER, DnsSection.ADDITIONAL)) {
            for (int i = 0; i < response.count(section) && beacons.size() < MOST_IN_A_PACKET; i++) {
                DnsRecord one = response.recordAt(section, i);
                byte[] beacon = read(one);
                if (beacon != null) {
                    beacons.add(beacon);
                }
            }
        }
        return beacons;
    }

    private static byte[] read(DnsRecord one) {
        boolean isOurs = one instanceof DnsRawRecord
                && one.type().equals(DnsRecordType.TXT)
                && (one.dnsClass() & ~FLUSHES) == CLASS_IN
                && one.timeToLive() > 0
                && one.name().toLowerCase(Locale.ROOT).endsWith("." + SERVICE);
        return isOurs ? joined(((DnsRawRecord) one).content().duplicate()) : null;
    }

    /** {@code null} for what is not in the one form. */
    private static byte[] joined(ByteBuf text) {
        if (text.readableBytes() > LinkLimits.LAN_BEACON_BYTES + STRING_BYTES) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] all = new byte[text.readableBytes()];
        text.readBytes(all);
        char name = 'a';
        for (int at = 0; at < all.length; ) {
            int length = all[at++] & 0xff;
            if (length <= KEY_BYTES || length > all.length - at || all[at] != name++ || all[at + 1] != '=') {
                return null;
            }
            out.write(all, at + KEY_BYTES, length - KEY_BYTES);
            at += length;
        }
        byte[] beacon = out.toByteArray();
        boolean isOfOneForm = beacon.length > 0
                && beacon.length <= LinkLimits.LAN_BEACON_BYTES
                && Arrays.equals(strings(beacon), all);
        return isOfOneForm ? beacon : null;
    }

    private static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }
}
