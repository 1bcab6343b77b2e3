package dev.metalog.server.link;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Hands the bytes a broker sends to Paho packet by packet, each one checked first, because Paho's reading thread dies
 * silently of what it does not expect: the link would look alive, and deaf, until a ping is missed.
 *
 * <p>A packet above the limit, or one that no broker may send, ends the connection. A message whose topic Paho cannot
 * read (see {@link Topics#isReadable}) or that is longer than ours may be passes with every byte of the topic replaced by
 * {@code '+'}, which no real topic contains: so Paho still acknowledges it, and the link then drops it. Otherwise
 * anybody could deafen everyone for good with one retained message.
 */
final class InboundPackets extends InputStream {
    /** What stands in every place of a topic that was taken away. */
    static final char TAKEN_AWAY = '+';

    private static final int CONNACK = 2;
    private static final int PUBLISH = 3;
    private static final int PUBACK = 4;
    private static final int SUBACK = 9;
    private static final int UNSUBACK = 11;
    private static final int PINGRESP = 13;
    private static final int FIRST_BUFFER_BYTES = 4_096;

    private final InputStream in;

    /** One packet, from its type byte on. */
    private byte[] packet = new byte[FIRST_BUFFER_BYTES];

    /** Bytes of the packet that were read, bytes it has (0 while its length is not known), bytes handed over. */
    private int filled;

    private int whole;
    private int served;
    private int headerBytes;
    private PacketWalk walk = new PacketWalk(LinkLimits.PACKET_BYTES);

    InboundPackets(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Like any read, but a time-out in the middle of a packet keeps what has come; the next call goes on. */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (served == whole && !fill()) {
            return -1;
        }
        int count = Math.min(length, whole - served);
        System.arraycopy(packet, served, target, offset, count);
        served += count;
        return count;
    }

    @Override
    public int available() throws IOException {
        return whole > served ? whole - served : in.available();
    }

    /** Reads one packet to its end; false at the end of the stream. */
    private boolean fill() throws IOException {
        if (whole > 0) {
            whole = 0;
            served = 0;
            filled = 0;
            walk = new PacketWalk(LinkLimits.PACKET_BYTES);
        }
        while (filled == 0 || walk.inHeader()) {
            int value = in.read();
            if (value < 0) {
                return false;
            }
            packet[filled++] = (byte) value;
            if (!walk.step(value)) {
                throw new IOException("the broker sent a packet above " + LinkLimits.PACKET_BYTES + " bytes");
            }
        }
        int end = filled + walk.bodyLeft();
        if (headerBytes == 0) {
            headerBytes = filled;
        }
        if (packet.length < end) {
            packet = Arrays.copyOf(packet, end);
        }
        while (filled < end) {
            int count = in.read(packet, filled, end - filled);
            if (count < 0) {
                return false;
            }
            filled += count;
            walk.skipBody(count);
        }
        check(headerBytes, end - headerBytes);
        headerBytes = 0;
        whole = end;
        return true;
    }

    /** MQTT 3.1.1, sections 3.2 to 3.13: the lengths of what a broker sends. */
    private void check(int bodyStart, int bodyBytes) throws IOException {
        int type = (packet[0] & 0xff) >> 4;
        boolean sound = switch (type) {
            case CONNACK, PUBACK, UNSUBACK -> bodyBytes == 2;
            case SUBACK -> bodyBytes > 2;
            case PINGRESP -> bodyBytes == 0;
            case PUBLISH -> checkPublish(bodyStart, bodyBytes);
            default -> false;
        };
        if (!sound) {
            throw new IOException("the broker sent a packet (type " + type + ") that breaks the MQTT 3.1.1 protocol");
        }
    }

    private boolean checkPublish(int bodyStart, int bodyBytes) {
        int qos = (packet[0] >> 1) & 3;
        if (bodyBytes < 2 || qos == 3) {
            return false;
        }
        int topicBytes = (packet[bodyStart] & 0xff) << 8 | (packet[bodyStart + 1] & 0xff);
        if (2 + topicBytes + (qos > 0 ? 2 : 0) > bodyBytes) {
            return false;
        }
        if (topicBytes > LinkLimits.TOPIC_BYTES || !isReadable(bodyStart + 2, topicBytes)) {
            Arrays.fill(packet, bodyStart + 2, bodyStart + 2 + topicBytes, (byte) TAKEN_AWAY);
        }
        return true;
    }

    private boolean isReadable(int start, int bytes) {
        try {
            String topic = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(packet, start, bytes))
                    .toString();
            return Topics.isReadable(topic);
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
