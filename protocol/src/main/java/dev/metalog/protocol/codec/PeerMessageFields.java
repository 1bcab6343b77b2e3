package dev.metalog.protocol.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.metalog.protocol.Attention;
import dev.metalog.protocol.Caret;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.membership.MemberName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The messages that are lists of fields: behind the kind a CBOR array (RFC 8949) of the fields, the last of which is a map
 * of those that newer sidecars added, from their number to a byte string.
 */
final class PeerMessageFields {
    private static final CBORFactory CBOR = new CBORFactory();

    private PeerMessageFields() {}

    private interface Fields {
        void write(CBORGenerator cbor) throws IOException;
    }

    static byte[] encode(PeerMessage.Hello hello) {
        return encode(PeerMessageCodec.HELLO, 6, hello.extras(), cbor -> {
            cbor.writeNumber(hello.range().min());
            cbor.writeNumber(hello.range().max());
            cbor.writeBoolean(hello.asks());
            cbor.writeBinary(hello.frontier().bytes());
            cbor.writeBinary(hello.content().bytes());
        });
    }

    static byte[] encode(PeerMessage.Have have) {
        return encode(PeerMessageCodec.HAVE, 3, have.extras(), cbor -> {
            cbor.writeBinary(have.frontier().bytes());
            writeVector(cbor, have.vector());
        });
    }

    static byte[] encode(PeerMessage.Want want) {
        return encode(PeerMessageCodec.WANT, 3, want.extras(), cbor -> {
            cbor.writeNumber(want.number());
            writeVector(cbor, want.vector());
        });
    }

    static byte[] encode(PeerMessage.Presence presence) {
        return encode(PeerMessageCodec.PRESENCE, 6, presence.extras(), cbor -> {
            cbor.writeNumber(presence.number());
            cbor.writeNumber(presence.attention().number());
            cbor.writeString(presence.name());
            cbor.writeStartArray(null, 2 * presence.version().events().size());
            for (EventId head : presence.version().events()) {
                cbor.writeString(head.replica().value());
                cbor.writeNumber(head.seq());
            }
            cbor.writeEndArray();
            cbor.writeStartArray(null, 2 * presence.carets().size());
            for (Caret caret : presence.carets()) {
                cbor.writeNumber(caret.anchor());
                cbor.writeNumber(caret.head());
            }
            cbor.writeEndArray();
        });
    }

    private static byte[] encode(int kind, int count, Extras extras, Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(kind);
        try (CBORGenerator cbor = CBOR.createGenerator(bytes)) {
            cbor.writeStartArray(null, count);
            fields.write(cbor);
            cbor.writeStartObject(null, extras.byNumber().size());
            for (Map.Entry<Integer, byte[]> extra : extras.byNumber().entrySet()) {
                cbor.writeFieldId(extra.getKey());
                cbor.writeBinary(extra.getValue());
            }
            cbor.writeEndObject();
            cbor.writeEndArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException("Writing to memory does not fail.", impossible);
        }
        return bytes.toByteArray();
    }

    /** Replica, next seq, replica, next seq, … in the order of the replicas. */
    private static void writeVector(CBORGenerator cbor, VersionVector vector) throws IOException {
        SortedMap<ReplicaId, Integer> nextSeqs = vector.nextSeqs();
        cbor.writeStartArray(null, 2 * nextSeqs.size());
        for (Map.Entry<ReplicaId, Integer> next : nextSeqs.entrySet()) {
            cbor.writeString(next.getKey().value());
            cbor.writeNumber(next.getValue().intValue());
        }
        cbor.writeEndArray();
    }

    /** Whether the bytes are in their one form is left to the caller. */
    static PeerMessage decode(int kind, byte[] bytes) throws MalformedMessageException {
        try (JsonParser cbor = CBOR.createParser(bytes, 1, bytes.length - 1)) {
            expect(cbor.nextToken() == JsonToken.START_ARRAY, "Its fields are an array.");
            PeerMessage message = switch (kind) {
                case PeerMessageCodec.HELLO -> hello(cbor);
                case PeerMessageCodec.HAVE -> have(cbor);
                case PeerMessageCodec.PRESENCE -> presence(cbor);
                default -> want(cbor);
            };
            expect(cbor.nextToken() == JsonToken.END_ARRAY, "It ends with its added fields.");
            expect(cbor.nextToken() == null, "Bytes follow it.");
            return message;
        } catch (IOException | IllegalArgumentException e) {
            throw new MalformedMessageException("The message is malformed.");
        }
    }

    private static PeerMessage hello(JsonParser cbor) throws IOException, MalformedMessageException {
        ProtocolRange range = new ProtocolRange(number(cbor), number(cbor));
        JsonToken asks = cbor.nextToken();
        expect(asks == JsonToken.VALUE_TRUE || asks == JsonToken.VALUE_FALSE, "A hello asks or does not.");
        return new PeerMessage.Hello(range, digest(cbor), digest(cbor), asks == JsonToken.VALUE_TRUE, extras(cbor));
    }

    private static PeerMessage have(JsonParser cbor) throws IOException, MalformedMessageException {
        return new PeerMessage.Have(digest(cbor), vector(cbor), extras(cbor));
    }

    private static PeerMessage want(JsonParser cbor) throws IOException, MalformedMessageException {
        int number = number(cbor);
        expect(number >= 1, "A wish has a number from 1 on.");
        return new PeerMessage.Want(number, vector(cbor), extras(cbor));
    }

    private static PeerMessage presence(JsonParser cbor) throws IOException, MalformedMessageException {
        expect(cbor.nextToken() == JsonToken.VALUE_NUMBER_INT, "A number stands here.");
        long number = cbor.getLongValue();
        Attention attention = Attention.of(number(cbor));
        expect(cbor.nextToken() == JsonToken.VALUE_STRING, "A name stands here.");
        String name = cbor.getText();
        expect(name.isEmpty() || name.equals(new MemberName(name).value()), "Nobody is called like this.");
        return new PeerMessage.Presence(number, attention, name, version(cbor), carets(cbor), extras(cbor));
    }

    private static Version version(JsonParser cbor) throws IOException, MalformedMessageException {
        expect(cbor.nextToken() == JsonToken.START_ARRAY, "A version is an array.");
        List<EventId> heads = new ArrayList<>();
        while (cbor.nextToken() == JsonToken.VALUE_STRING) {
            expect(heads.size() < Limits.PRESENCE_HEADS, "The version has too many heads.");
            heads.add(new EventId(new ReplicaId(cbor.getText()), number(cbor)));
        }
        expect(cbor.currentToken() == JsonToken.END_ARRAY, "A version ends with a seq.");
        return new Version(heads);
    }

    private static List<Caret> carets(JsonParser cbor) throws IOException, MalformedMessageException {
        expect(cbor.nextToken() == JsonToken.START_ARRAY, "The carets are an array.");
        List<Caret> carets = new ArrayList<>();
        while (cbor.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            expect(carets.size() < Limits.PRESENCE_CARETS, "There are too many carets.");
            int anchor = cbor.getIntValue();
            carets.add(new Caret(anchor, number(cbor)));
        }
        expect(cbor.currentToken() == JsonToken.END_ARRAY, "The carets end.");
        return carets;
    }

    private static int number(JsonParser cbor) throws IOException, MalformedMessageException {
        expect(cbor.nextToken() == JsonToken.VALUE_NUMBER_INT, "A number stands here.");
        return cbor.getIntValue();
    }

    private static Digest digest(JsonParser cbor) throws IOException, MalformedMessageException {
        return new Digest(bytes(cbor));
    }

    private static byte[] bytes(JsonParser cbor) throws IOException, MalformedMessageException {
        expect(cbor.nextToken() == JsonToken.VALUE_EMBEDDED_OBJECT, "A byte string stands here.");
        return cbor.getBinaryValue();
    }

    private static VersionVector vector(JsonParser cbor) throws IOException, MalformedMessageException {
        expect(cbor.nextToken() == JsonToken.START_ARRAY, "A version vector is an array.");
        SortedMap<ReplicaId, Integer> nextSeqs = new TreeMap<>();
        while (cbor.nextToken() == JsonToken.VALUE_STRING) {
            expect(nextSeqs.size() < Limits.VECTOR_REPLICAS, "A version vector has too many replicas.");
            ReplicaId replica = new ReplicaId(cbor.getText());
            nextSeqs.put(replica, number(cbor));
        }
        expect(cbor.currentToken() == JsonToken.END_ARRAY, "A version vector ends with a replica's next seq.");
        return new VersionVector(nextSeqs);
    }

    private static Extras extras(JsonParser cbor) throws IOException, MalformedMessageException {
        expect(cbor.nextToken() == JsonToken.START_OBJECT, "The added fields are a map.");
        SortedMap<Integer, byte[]> byNumber = new TreeMap<>();
        while (cbor.nextToken() == JsonToken.FIELD_NAME) {
            expect(byNumber.size() < Extras.MOST, "There are too many added fields.");
            int number = Integer.parseInt(cbor.currentName());
            byNumber.put(number, bytes(cbor));
        }
        expect(cbor.currentToken() == JsonToken.END_OBJECT, "The added fields end.");
        return new Extras(byNumber);
    }

    private static void expect(boolean holds, String otherwise) throws MalformedMessageException {
        if (!holds) {
            throw new MalformedMessageException(otherwise);
        }
    }
}
