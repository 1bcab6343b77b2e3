package dev.metalog.protocol.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Peer messages as bytes: the number of the kind in one byte, then
 *
 * <ul>
 *   <li>1, hello: CBOR (RFC 8949) array of the protocol version, whether an answer is wanted, and the version vector as
 *       replica, next seq, replica, next seq, … in the order of the replicas;
 *   <li>2, events: one bundle, see {@link BundleCodec}.
 * </ul>
 *
 * A message has one form: whatever does not encode to itself again is refused.
 */
public final class PeerMessageCodec {
    /** The version of what peers say to each other. */
    public static final int PROTOCOL_VERSION = 1;

    private static final int HELLO = 1;
    private static final int EVENTS = 2;
    private static final CBORFactory CBOR = new CBORFactory();

    private PeerMessageCodec() {}

    public static byte[] encode(PeerMessage message) {
        return message.dispatch(new PeerMessage.Handler<byte[]>() {
            @Override
            public byte[] hello(PeerMessage.Hello hello) {
                return encodeHello(hello);
            }

            @Override
            public byte[] events(PeerMessage.Events events) {
                byte[] bundle = BundleCodec.encode(events.bundle());
                byte[] bytes = new byte[1 + bundle.length];
                bytes[0] = EVENTS;
                System.arraycopy(bundle, 0, bytes, 1, bundle.length);
                return bytes;
            }
        });
    }

    /** @throws MalformedMessageException whatever is wrong with the bytes; nothing else escapes */
    public static PeerMessage decode(byte[] bytes) throws MalformedMessageException {
        if (bytes.length == 0) {
            throw new MalformedMessageException("A message has at least one byte.");
        }
        if (bytes[0] == EVENTS) {
            try {
                return new PeerMessage.Events(BundleCodec.toBundle(BundleCodec.decodeRuns(bytes, 1, bytes.length)));
            } catch (MalformedBundleException e) {
                throw new MalformedMessageException("The bundle is malformed: " + e.getMessage());
            }
        }
        if (bytes[0] == HELLO) {
            PeerMessage.Hello hello = decodeHello(bytes);
            if (!Arrays.equals(bytes, encodeHello(hello))) {
                throw new MalformedMessageException("The hello is not in its one form.");
            }
            return hello;
        }
        throw new MalformedMessageException("Unknown kind of message: " + bytes[0]
                + ". A newer meta-log wrote it; upgrade this one if it keeps coming.");
    }

    private static byte[] encodeHello(PeerMessage.Hello hello) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(HELLO);
        SortedMap<ReplicaId, Integer> nextSeqs = hello.vector().nextSeqs();
        try (CBORGenerator cbor = CBOR.createGenerator(bytes)) {
            cbor.writeStartArray(null, 2 + 2 * nextSeqs.size());
            cbor.writeNumber(PROTOCOL_VERSION);
            cbor.writeBoolean(hello.asks());
            for (Map.Entry<ReplicaId, Integer> next : nextSeqs.entrySet()) {
                cbor.writeString(next.getKey().value());
                cbor.writeNumber(next.getValue().intValue());
            }
            cbor.writeEndArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException("Writing to memory does not fail.", impossible);
        }
        return bytes.toByteArray();
    }

    private static PeerMessage.Hello decodeHello(byte[] bytes) throws MalformedMessageException {
        try (JsonParser cbor = CBOR.createParser(bytes, 1, bytes.length - 1)) {
            expect(cbor.nextToken() == JsonToken.START_ARRAY, "A hello is an array.");
            expect(cbor.nextToken() == JsonToken.VALUE_NUMBER_INT, "A hello begins with the protocol version.");
            int version = cbor.getIntValue();
            if (version != PROTOCOL_VERSION) {
                throw new MalformedMessageException("The peer speaks protocol " + version + " and we speak "
                        + PROTOCOL_VERSION + ": the older of the two needs an upgrade.");
            }
            JsonToken asks = cbor.nextToken();
            expect(asks == JsonToken.VALUE_TRUE || asks == JsonToken.VALUE_FALSE, "A hello asks or does not.");
            SortedMap<ReplicaId, Integer> nextSeqs = new TreeMap<>();
            while (cbor.nextToken() == JsonToken.VALUE_STRING) {
                expect(nextSeqs.size() < Limits.VECTOR_REPLICAS, "A version vector has too many replicas.");
                ReplicaId replica = new ReplicaId(cbor.getText());
                expect(cbor.nextToken() == JsonToken.VALUE_NUMBER_INT, "A replica is followed by its next seq.");
                expect(cbor.getIntValue() > 0, "A next seq is at least 1.");
                nextSeqs.put(replica, cbor.getIntValue());
            }
            expect(cbor.currentToken() == JsonToken.END_ARRAY, "A hello ends with its version vector.");
            expect(cbor.nextToken() == null, "Bytes follow the hello.");
            return new PeerMessage.Hello(new VersionVector(nextSeqs), asks == JsonToken.VALUE_TRUE);
        } catch (IOException | IllegalArgumentException e) {
            throw new MalformedMessageException("The hello is malformed.");
        }
    }

    private static void expect(boolean holds, String otherwise) throws MalformedMessageException {
        if (!holds) {
            throw new MalformedMessageException(otherwise);
        }
    }
}
