package dev.metalog.server.link;

/**
 * Follows the packet boundaries in a stream of MQTT bytes (a type byte, a length of one to four bytes, that many bytes;
 * MQTT 3.1.1, section 2.2) to notice a packet above a bound as soon as its length is announced. Not thread-safe.
 */
public final class PacketWalk {
    private static final int LONGEST_LENGTH = 4;

    private final int maxPacketBytes;
    private boolean inLength;
    private int length;
    private int lengthBytes;
    private int bodyLeft;

    /** A walk that starts at a packet's first byte. */
    public PacketWalk(int maxPacketBytes) {
        this.maxPacketBytes = maxPacketBytes;
    }

    /** Whether the next byte is the first of a packet. */
    public boolean atStart() {
        return !inLength && bodyLeft == 0;
    }

    /** Whether a packet has begun whose length is not known yet. */
    public boolean inHeader() {
        return inLength;
    }

    /** Bytes of the current packet's body that are still to come. */
    public int bodyLeft() {
        return bodyLeft;
    }

    /** How many of the next bytes, at most {@code available}, belong to a packet's body; passes over them. */
    public int skipBody(int available) {
        int step = Math.min(bodyLeft, available);
        bodyLeft -= step;
        return step;
    }

    /** Passes over one byte outside a body; false when the packet it announces is too long or malformed. */
    public boolean step(int value) {
        if (!inLength) {
            inLength = true;
            length = 0;
            lengthBytes = 0;
            return true;
        }
        length |= (value & 0x7f) << (7 * lengthBytes);
        lengthBytes++;
        if (1 + lengthBytes + length > maxPacketBytes) {
            return false;
        }
        if (value >= 0x80) {
            return lengthBytes < LONGEST_LENGTH;
        }
        inLength = false;
        bodyLeft = length;
        return true;
    }
}
