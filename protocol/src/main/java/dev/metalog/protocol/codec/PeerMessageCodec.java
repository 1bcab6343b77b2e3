package dev.metalog.protocol.codec;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Peer messages as bytes: the number of the kind in one byte, then what docs/protocol-peers.md says. Kinds from {@value
 * #OPTIONAL} on may be missed without harm; an unknown one below means that an upgrade is needed.
 *
 * <p>A message has one form: whatever does not encode to itself again is refused. A chunk is passed on as it is, and
 * checked by whom it is for.
 */
public final class PeerMessageCodec {
    static final int OPTIONAL = 128;

    static final int HELLO = 1;
    static final int EVENTS = 2;
    static final int HAVE = 3;
    static final int WANT = 4;
    static final int PART = 5;
    static final int REACHABLE = 128;
    static final int TESTIMONIES = 130;
    static final int CONTRADICTION = 131;
    static final int PRESENCE = 129;
    static final int HEARS = 132;
    static final int PROBE = 140;

    private static final int PART_HEADER_BYTES = 1 + Integer.BYTES + 1;
    private static final int PEER_BYTES = 20;
    private static final String PEER = "peer-";
    private static final int PROBE_BYTES = 1 + Long.BYTES + 1;
    private static final int LAST = 1;
    private static final int MORE = 2;

    private PeerMessageCodec() {}

    /** @throws IllegalArgumentException for a message that is unknown here: it cannot be said, only heard */
    public static byte[] encode(PeerMessage message) {
        return message.dispatch(ENCODER);
    }

    private static final PeerMessage.Handler<byte[]> ENCODER = new PeerMessage.Handler<>() {
        @Override
        public byte[] hello(PeerMessage.Hello hello) {
            return PeerMessageFields.encode(hello);
        }

        @Override
        public byte[] events(PeerMessage.Events events) {
            byte[] chunk = events.chunk().bytes();
            byte[] bytes = new byte[1 + chunk.length];
            bytes[0] = EVENTS;
            System.arraycopy(chunk, 0, bytes, 1, chunk.length);
            return bytes;
        }

        @Override
        public byte[] have(PeerMessage.Have have) {
            return PeerMessageFields.encode(have);
        }

        @Override
        public byte[] want(PeerMessage.Want want) {
            return PeerMessageFields.encode(want);
        }

        @Override
        public byte[] part(PeerMessage.Part part) {
            byte[] chunk = part.chunk().bytes();
            byte[] bytes = new byte[PART_HEADER_BYTES + chunk.length];
            int number = part.number();
            bytes[0] = PART;
            for (int i = 0; i < Integer.BYTES; i++) {
                bytes[1 + i] = (byte) (number >>> (24 - 8 * i));
            }
            bytes[PART_HEADER_BYTES - 1] = (byte) ((part.last() ? LAST : 0) | (part.more() ? MORE : 0));
            System.arraycopy(chunk, 0, bytes, PART_HEADER_BYTES, chunk.length);
            return bytes;
        }

        @Override
        public byte[] reachable(PeerMessage.Reachable reachable) {
            byte[] bytes = new byte[1 + reachable.statement().length];
            bytes[0] = (byte) REACHABLE;
            System.arraycopy(reachable.statement(), 0, bytes, 1, reachable.statement().length);
            return bytes;
        }

        @Override
        public byte[] probe(PeerMessage.Probe probe) {
            return ByteBuffer.allocate(PROBE_BYTES)
                    .put((byte) PROBE)
                    .putLong(probe.number())
                    .put((byte) (probe.isAnswer() ? 1 : 0))
                    .array();
        }

        @Override
        public byte[] hears(PeerMessage.Hears hears) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(1 + PEER_BYTES * hears.peers().size()).put((byte) HEARS);
            for (PeerId peer : hears.peers()) {
                bytes.put(HexFormat.of()
                        .parseHex(peer.value(), PEER.length(), peer.value().length()));
            }
            return bytes.array();
        }

        @Override
        public byte[] presence(PeerMessage.Presence presence) {
            return PeerMessageFields.encode(presence);
        }

        @Override
        public byte[] testimonies(PeerMessage.Testimonies testimonies) {
            ByteSink out = new ByteSink(1_024);
            out.put(TESTIMONIES);
            TestimonyCodec.write(testimonies.writers(), out);
            return out.toArray();
        }

        @Override
        public byte[] contradiction(PeerMessage.Contradiction contradiction) {
            ByteSink out = new ByteSink(1_024);
            out.put(CONTRADICTION);
            out.put(contradiction.asks() ? 1 : 0);
            TestimonyCodec.write(contradiction.proof(), out);
            return out.toArray();
        }

        @Override
        public byte[] unknown(PeerMessage.Unknown unknown) {
            throw new IllegalArgumentException("Nobody here knows how to say a message of kind " + unknown.kind());
        }
    };

    /** Whether these bytes are meant to be about the way, and not about what is shared. */
    public static boolean isAboutTheWay(byte[] bytes) {
        int kind = bytes.length == 0 ? 0 : bytes[0] & 0xFF;
        return kind == REACHABLE || kind == PROBE || kind == HEARS;
    }

    /** Whether these bytes are meant to be a {@link PeerMessage.Presence}. */
    public static boolean isPresence(byte[] bytes) {
        return bytes.length > 0 && (bytes[0] & 0xFF) == PRESENCE;
    }

    /** @throws MalformedMessageException whatever is wrong with the bytes; nothing else escapes */
    public static PeerMessage decode(byte[] bytes) throws MalformedMessageException {
        if (bytes.length == 0) {
            throw new MalformedMessageException("A message has at least one byte.");
        }
        int kind = bytes[0] & 0xFF;
        return switch (kind) {
            case EVENTS -> events(bytes);
            case PART -> part(bytes);
            case HELLO, HAVE, WANT, PRESENCE -> {
                if (kind == PRESENCE && bytes.length > Limits.PRESENCE_BYTES) {
                    throw new MalformedMessageException("Where somebody looks is said in less bytes.");
                }
                PeerMessage message = PeerMessageFields.decode(kind, bytes);
                if (!Arrays.equals(bytes, encode(message))) {
                    throw new MalformedMessageException("The message is not in its one form.");
                }
                yield message;
            }
            case REACHABLE -> reachable(bytes);
            case TESTIMONIES -> testimonies(bytes);
            case CONTRADICTION -> contradiction(bytes);
            case PROBE -> probe(bytes);
            case HEARS -> hears(bytes);
            default -> {
                if (kind < OPTIONAL) {
                    throw MalformedMessageException.ofNewer(kind);
                }
                yield new PeerMessage.Unknown(kind);
            }
        };
    }

    private static PeerMessage events(byte[] bytes) throws MalformedMessageException {
        if (bytes.length == 1) {
            throw new MalformedMessageException("There are no events in it.");
        }
        return new PeerMessage.Events(chunk(bytes, 1));
    }

    private static PeerMessage reachable(byte[] bytes) throws MalformedMessageException {
        try {
            return new PeerMessage.Reachable(Arrays.copyOfRange(bytes, 1, bytes.length));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage());
        }
    }

    private static PeerMessage probe(byte[] bytes) throws MalformedMessageException {
        if (bytes.length != PROBE_BYTES || bytes[1] < 0 || (bytes[PROBE_BYTES - 1] & ~1) != 0) {
            throw new MalformedMessageException("A probe is a number and whether it is an answer.");
        }
        return new PeerMessage.Probe(ByteBuffer.wrap(bytes).getLong(1), bytes[PROBE_BYTES - 1] == 1);
    }

    private static PeerMessage hears(byte[] bytes) throws MalformedMessageException {
        if ((bytes.length - 1) % PEER_BYTES != 0 || bytes.length > 1 + PEER_BYTES * Limits.HEARD_PEERS) {
            throw new MalformedMessageException("Whom somebody hears is a list of peers.");
        }
        List<PeerId> peers = new ArrayList<>();
        for (int at = 1; at < bytes.length; at += PEER_BYTES) {
            peers.add(new PeerId(PEER + HexFormat.of().formatHex(bytes, at, at + PEER_BYTES)));
        }
        try {
            return new PeerMessage.Hears(peers);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage());
        }
    }

    private static PeerMessage testimonies(byte[] bytes) throws MalformedMessageException {
        try {
            return new PeerMessage.Testimonies(TestimonyCodec.readAll(new ByteSource(bytes, 1, bytes.length)));
        } catch (MalformedColumnsException | IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage());
        }
    }

    private static PeerMessage contradiction(byte[] bytes) throws MalformedMessageException {
        if (bytes.length < 2 || (bytes[1] & ~1) != 0) {
            throw new MalformedMessageException("What proves two histories has no such flags.");
        }
        try {
            return new PeerMessage.Contradiction(bytes[1] == 1, TestimonyCodec.read(bytes, 2));
        } catch (MalformedColumnsException | IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage());
        }
    }

    private static PeerMessage part(byte[] bytes) throws MalformedMessageException {
        if (bytes.length < PART_HEADER_BYTES) {
            throw new MalformedMessageException("A part of an answer ends before its chunk begins.");
        }
        int number = 0;
        for (int i = 1; i <= Integer.BYTES; i++) {
            number = number << 8 | (bytes[i] & 0xFF);
        }
        int flags = bytes[PART_HEADER_BYTES - 1];
        boolean last = (flags & LAST) != 0;
        boolean more = (flags & MORE) != 0;
        boolean empty = bytes.length == PART_HEADER_BYTES;
        if (number < 1 || (flags & ~(LAST | MORE)) != 0 || (more && !last) || (empty && !last)) {
            throw new MalformedMessageException("A part of an answer has an impossible number, or impossible flags.");
        }
        return new PeerMessage.Part(number, last, more, chunk(bytes, PART_HEADER_BYTES));
    }

    private static Chunk chunk(byte[] bytes, int from) throws MalformedMessageException {
        try {
            return new Chunk(Arrays.copyOfRange(bytes, from, bytes.length));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage());
        }
    }
}
