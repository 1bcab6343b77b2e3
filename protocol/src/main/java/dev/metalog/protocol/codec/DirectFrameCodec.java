package dev.metalog.protocol.codec;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ProtocolRange;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Frames of direct links as bytes: four bytes of length, the number of the kind in one byte, then what
 * docs/protocol-peers.md says. Kinds from {@value #OPTIONAL} on may be missed without harm; an unknown one below means that
 * an upgrade is needed.
 *
 * <p>A frame has one form: whatever does not encode to itself again is refused. Sizes are looked at before anything is
 * copied.
 */
@SuppressWarnings("ByteBufferBackingArray") // each is made here, around or with an array of its own
public final class DirectFrameCodec {
    /** The length in front of each frame. */
    public static final int PREFIX_BYTES = Integer.BYTES;

    /** The longest hello, and so all that is read of somebody who has not said it. */
    public static final int HELLO_BYTES =
            1 + 2 * Integer.BYTES + Long.BYTES + 1 + Extras.MOST * (Integer.BYTES + Short.BYTES + Extras.MOST_BYTES);

    static final int OPTIONAL = 128;

    static final int HELLO = 1;
    static final int READY = 2;
    static final int WANT = 3;
    static final int UNWANT = 4;
    static final int MESSAGE = 5;
    static final int PING = 6;
    static final int PONG = 7;
    static final int BYE = 8;

    private static final int URGENT = 1;

    private DirectFrameCodec() {}

    /**
     * With its length in front.
     *
     * @throws IllegalArgumentException for a frame that is unknown here: it cannot be said, only heard
     */
    public static byte[] encode(DirectFrame frame) {
        return frame.dispatch(ENCODER);
    }

    private static final DirectFrame.Handler<byte[]> ENCODER = new DirectFrame.Handler<>() {
        @Override
        public byte[] hello(DirectFrame.Hello hello) {
            SortedMap<Integer, byte[]> extras = hello.extras().byNumber();
            int bytes = 2 * Integer.BYTES + Long.BYTES + 1;
            for (byte[] extra : extras.values()) {
                bytes += Integer.BYTES + Short.BYTES + extra.length;
            }
            ByteBuffer out = begin(HELLO, bytes)
                    .putInt(hello.range().min())
                    .putInt(hello.range().max())
                    .putLong(hello.mark())
                    .put((byte) extras.size());
            for (Map.Entry<Integer, byte[]> extra : extras.entrySet()) {
                out.putInt(extra.getKey())
                        .putShort((short) extra.getValue().length)
                        .put(extra.getValue());
            }
            return out.array();
        }

        @Override
        public byte[] ready(DirectFrame.Ready ready) {
            return begin(READY, 0).array();
        }

        @Override
        public byte[] want(DirectFrame.Want want) {
            return text(WANT, want.topic());
        }

        @Override
        public byte[] unwant(DirectFrame.Unwant unwant) {
            return text(UNWANT, unwant.topic());
        }

        @Override
        public byte[] message(DirectFrame.Message message) {
            byte[] topic = message.topic().getBytes(StandardCharsets.UTF_8);
            return begin(MESSAGE, 2 + topic.length + message.payload().length)
                    .put((byte) (message.urgent() ? URGENT : 0))
                    .put((byte) topic.length)
                    .put(topic)
                    .put(message.payload())
                    .array();
        }

        @Override
        public byte[] ping(DirectFrame.Ping ping) {
            return begin(PING, Long.BYTES).putLong(ping.number()).array();
        }

        @Override
        public byte[] pong(DirectFrame.Pong pong) {
            return begin(PONG, Long.BYTES).putLong(pong.number()).array();
        }

        @Override
        public byte[] bye(DirectFrame.Bye bye) {
            byte[] text = bye.text().getBytes(StandardCharsets.UTF_8);
            return begin(BYE, 1 + text.length).put((byte) bye.code()).put(text).array();
        }

        @Override
        public byte[] unknown(DirectFrame.Unknown unknown) {
            throw new IllegalArgumentException("Nobody here knows how to say a frame of kind " + unknown.kind());
        }

        private ByteBuffer begin(int kind, int bodyBytes) {
            return ByteBuffer.allocate(PREFIX_BYTES + 1 + bodyBytes)
                    .putInt(1 + bodyBytes)
                    .put((byte) kind);
        }

        private byte[] text(int kind, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return begin(kind, bytes.length).put(bytes).array();
        }
    };

    /**
     * Judges a length before anything is waited for or set aside.
     *
     * @param length as the four bytes say, which may be below 0
     * @param most what may come here
     * @throws MalformedMessageException when no frame has it
     */
    public static void demandLength(int length, int most) throws MalformedMessageException {
        if (length < 1 || length > most) {
            throw new MalformedMessageException(
                    "A frame of " + Integer.toUnsignedString(length) + " bytes, where one has from 1 to " + most + ".");
        }
    }

    /**
     * @param bytes a frame without its length
     * @throws MalformedMessageException whatever is wrong with the bytes; nothing else escapes
     */
    public static DirectFrame decode(byte[] bytes) throws MalformedMessageException {
        demandLength(bytes.length, Limits.DIRECT_FRAME_BYTES);
        ByteBuffer body = ByteBuffer.wrap(bytes);
        int kind = body.get() & 0xff;
        try {
            DirectFrame frame = read(kind, body);
            if (!(frame instanceof DirectFrame.Unknown)) {
                demand(!body.hasRemaining(), "Bytes follow the frame.");
            }
            return frame;
        } catch (BufferUnderflowException e) {
            throw new MalformedMessageException("A frame of kind " + kind + " ends too soon.");
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage());
        }
    }

    private static DirectFrame read(int kind, ByteBuffer body) throws MalformedMessageException {
        return switch (kind) {
            case HELLO -> hello(body);
            case READY -> new DirectFrame.Ready();
            case WANT -> new DirectFrame.Want(text(body, body.remaining(), Limits.MQTT_TOPIC_BYTES));
            case UNWANT -> new DirectFrame.Unwant(text(body, body.remaining(), Limits.MQTT_TOPIC_BYTES));
            case MESSAGE -> message(body);
            case PING -> new DirectFrame.Ping(body.getLong());
            case PONG -> new DirectFrame.Pong(body.getLong());
            case BYE -> {
                int code = body.get() & 0xff;
                yield new DirectFrame.Bye(code, text(body, body.remaining(), DirectFrame.Bye.TEXT_BYTES));
            }
            default -> {
                if (kind < OPTIONAL) {
                    throw MalformedMessageException.ofNewer(kind);
                }
                yield new DirectFrame.Unknown(kind);
            }
        };
    }

    private static DirectFrame.Hello hello(ByteBuffer body) throws MalformedMessageException {
        ProtocolRange range = new ProtocolRange(body.getInt(), body.getInt());
        long mark = body.getLong();
        int count = body.get() & 0xff;
        demand(count <= Extras.MOST, "A hello has too many added fields.");
        SortedMap<Integer, byte[]> extras = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int number = body.getInt();
            demand(extras.isEmpty() || extras.lastKey() < number, "The added fields are out of order.");
            int length = body.getShort() & 0xffff;
            demand(length <= Extras.MOST_BYTES, "An added field is too long.");
            byte[] extra = new byte[length];
            body.get(extra);
            extras.put(number, extra);
        }
        return new DirectFrame.Hello(range, mark, new Extras(extras));
    }

    private static DirectFrame.Message message(ByteBuffer body) throws MalformedMessageException {
        int flags = body.get();
        demand((flags & ~URGENT) == 0, "A message has flags that are not known.");
        int topicBytes = body.get() & 0xff;
        demand(topicBytes <= body.remaining(), "A message ends within its topic.");
        String topic = text(body, topicBytes, Limits.MQTT_TOPIC_BYTES);
        byte[] payload = Arrays.copyOfRange(body.array(), body.position(), body.limit());
        body.position(body.limit());
        return new DirectFrame.Message(topic, flags == URGENT, payload);
    }

    private static String text(ByteBuffer body, int length, int most) throws MalformedMessageException {
        demand(length <= most, "A text in a frame is longer than " + most + " bytes.");
        String text = new String(body.array(), body.position(), length, StandardCharsets.UTF_8);
        byte[] again = text.getBytes(StandardCharsets.UTF_8);
        demand(
                Arrays.equals(again, 0, again.length, body.array(), body.position(), body.position() + length),
                "A text in a frame is not UTF-8.");
        body.position(body.position() + length);
        return text;
    }

    private static void demand(boolean holds, String complaint) throws MalformedMessageException {
        if (!holds) {
            throw new MalformedMessageException(complaint);
        }
    }
}
