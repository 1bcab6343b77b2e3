package dev.metalog.protocol;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Bundles as bytes, on the wire and on disk: one bundle, one byte string (CBOR, RFC 8949, all lengths definite).
 *
 * <pre>
 * bundle  = [1, [replica name, ...], [event, ...]]
 * event   = [author, seq, parents, position, content]
 * author  = index into the replica names, which stand in the order in which the events first mention them
 * parents = null: the last unit of the event before, alone; otherwise [author, seq, author, seq, ...], sorted
 * content = text: what was inserted; or an integer: how many code units were deleted
 * </pre>
 *
 * <p>There is only one encoding of a bundle: {@link #decode} refuses bytes that {@link #encode} would not have written,
 * so a signature or a hash over the bytes is one over the bundle.
 */
public final class BundleCodec {
    private static final int FORMAT = 1;
    private static final CBORFactory CBOR = new CBORFactory();

    private BundleCodec() {}

    /** The bytes of a bundle; more than {@link Limits#BATCH_BYTES} of them are refused ({@link #pack} avoids it). */
    public static byte[] encode(Bundle bundle) {
        byte[] bytes = write(bundle);
        if (bytes.length > Limits.BATCH_BYTES) {
            throw new IllegalArgumentException(
                    "The bundle takes " + bytes.length + " bytes; at most " + Limits.BATCH_BYTES + " are allowed.");
        }
        return bytes;
    }

    /** The bundle in the bytes, all of it checked. */
    public static Bundle decode(byte[] bytes) throws MalformedBundleException {
        if (bytes.length > Limits.BATCH_BYTES) {
            throw new MalformedBundleException(
                    -1, bytes.length + " bytes are more than the allowed " + Limits.BATCH_BYTES + ".", null);
        }
        Bundle bundle = new Reader(bytes).read();
        if (!Arrays.equals(bytes, write(bundle))) {
            throw new MalformedBundleException(-1, "the bytes are not the one encoding of what they say.", null);
        }
        return bundle;
    }

    /** The events in bundles that keep to the limits, in the same order. */
    public static List<Bundle> pack(List<Event> events) {
        List<Bundle> bundles = new ArrayList<>();
        Set<ReplicaId> named = new HashSet<>();
        int from = 0;
        int bytes = HEADER_BYTES;
        for (int i = 0; i < events.size(); i++) {
            int more = bytesAtMost(events.get(i), named);
            if (i > from && (i - from == Limits.BATCH_EVENTS || bytes + more > Limits.BATCH_BYTES)) {
                bundles.add(new Bundle(events.subList(from, i)));
                named.clear();
                from = i;
                bytes = HEADER_BYTES;
                more = bytesAtMost(events.get(i), named);
            }
            bytes += more;
        }
        if (from < events.size()) {
            bundles.add(new Bundle(events.subList(from, events.size())));
        }
        return bundles;
    }

    private static final int HEADER_BYTES = 16;

    /** What the event adds to the length of a bundle that names these replicas, or a little more; adds its own. */
    private static int bytesAtMost(Event event, Set<ReplicaId> named) {
        // The opening of the event, of its parents and of its text.
        int bytes = 1 + 3 + 5;
        bytes +=
                nameBytes(event.id().replica(), named) + integerBytes(event.id().seq());
        for (EventId parent : event.parents()) {
            bytes += nameBytes(parent.replica(), named) + integerBytes(parent.seq());
        }
        return bytes + integerBytes(event.position()) + Utf16.utf8Length(event.inserted());
    }

    private static int nameBytes(ReplicaId replica, Set<ReplicaId> named) {
        int index = 3;
        return named.add(replica) ? index + 2 + replica.value().length() : index;
    }

    private static int integerBytes(int value) {
        return value < 24 ? 1 : value < 256 ? 2 : value < 65_536 ? 3 : 5;
    }

    private static byte[] write(Bundle bundle) {
        Map<ReplicaId, Integer> replicas = new LinkedHashMap<>();
        EventId previous = null;
        for (Event event : bundle.events()) {
            replicas.putIfAbsent(event.id().replica(), replicas.size());
            if (!follows(event, previous)) {
                event.parents().forEach(parent -> replicas.putIfAbsent(parent.replica(), replicas.size()));
            }
            previous = event.lastId();
        }
        ByteArrayOutputStream out =
                new ByteArrayOutputStream(64 + 16 * bundle.events().size());
        try (CBORGenerator cbor = CBOR.createGenerator(out)) {
            cbor.writeStartArray(null, 3);
            cbor.writeNumber(FORMAT);
            cbor.writeStartArray(null, replicas.size());
            for (ReplicaId replica : replicas.keySet()) {
                cbor.writeString(replica.value());
            }
            cbor.writeEndArray();
            cbor.writeStartArray(null, bundle.events().size());
            previous = null;
            for (Event event : bundle.events()) {
                writeEvent(cbor, event, previous, replicas);
                previous = event.lastId();
            }
            cbor.writeEndArray();
            cbor.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed.", e);
        }
        return out.toByteArray();
    }

    private static boolean follows(Event event, EventId previous) {
        return event.parents().size() == 1 && event.parents().get(0).equals(previous);
    }

    private static void writeEvent(CBORGenerator cbor, Event event, EventId previous, Map<ReplicaId, Integer> replicas)
            throws IOException {
        cbor.writeStartArray(null, 5);
        cbor.writeNumber(replicas.get(event.id().replica()));
        cbor.writeNumber(event.id().seq());
        if (follows(event, previous)) {
            cbor.writeNull();
        } else {
            cbor.writeStartArray(null, 2 * event.parents().size());
            for (EventId parent : event.parents()) {
                cbor.writeNumber(replicas.get(parent.replica()));
                cbor.writeNumber(parent.seq());
            }
            cbor.writeEndArray();
        }
        cbor.writeNumber(event.position());
        switch (event.kind()) {
            case INSERTION -> {
                // As bytes, because the generator cuts long strings into chunks of indefinite length.
                byte[] utf8 = event.inserted().getBytes(StandardCharsets.UTF_8);
                cbor.writeUTF8String(utf8, 0, utf8.length);
            }
            case DELETION -> cbor.writeNumber(event.length());
        }
        cbor.writeEndArray();
    }

    /** Reads one bundle from the start of its bytes to the end, and knows at which event it is. */
    private static final class Reader {
        private final byte[] bytes;
        private final List<ReplicaId> replicas = new ArrayList<>();
        private int eventIndex = -1;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        Bundle read() throws MalformedBundleException {
            try (CBORParser cbor = CBOR.createParser(bytes)) {
                expect(cbor, JsonToken.START_ARRAY, "a list of three");
                int format = integer(cbor);
                if (format != FORMAT) {
                    throw malformed("format " + format + " is not known here; this program reads format 1.");
                }
                readReplicas(cbor);
                List<Event> events = readEvents(cbor);
                eventIndex = -1;
                expect(cbor, JsonToken.END_ARRAY, "the end of the bundle");
                if (cbor.nextToken() != null) {
                    throw malformed("something follows the bundle.");
                }
                return new Bundle(events);
            } catch (InputCoercionException e) {
                throw new MalformedBundleException(eventIndex, "a number is too large.", e);
            } catch (IOException e) {
                throw new MalformedBundleException(eventIndex, "the bytes are not whole CBOR.", e);
            } catch (IllegalArgumentException e) {
                throw new MalformedBundleException(eventIndex, e.getMessage(), e);
            }
        }

        private void readReplicas(CBORParser cbor) throws IOException, MalformedBundleException {
            expect(cbor, JsonToken.START_ARRAY, "the list of replica names");
            while (cbor.nextToken() == JsonToken.VALUE_STRING) {
                replicas.add(new ReplicaId(cbor.getText()));
            }
            found(cbor, JsonToken.END_ARRAY, "a replica name or the end of their list");
        }

        private List<Event> readEvents(CBORParser cbor) throws IOException, MalformedBundleException {
            expect(cbor, JsonToken.START_ARRAY, "the list of events");
            List<Event> events = new ArrayList<>();
            while (cbor.nextToken() == JsonToken.START_ARRAY) {
                eventIndex = events.size();
                if (events.size() == Limits.BATCH_EVENTS) {
                    throw malformed("there are more than " + Limits.BATCH_EVENTS + " events.");
                }
                events.add(readEvent(cbor, events));
            }
            found(cbor, JsonToken.END_ARRAY, "an event or the end of their list");
            return events;
        }

        private Event readEvent(CBORParser cbor, List<Event> before) throws IOException, MalformedBundleException {
            EventId id = eventId(integer(cbor), integer(cbor));
            List<EventId> parents = readParents(cbor, before);
            int position = integer(cbor);
            Event event;
            if (cbor.nextToken() == JsonToken.VALUE_STRING) {
                event = Event.insertion(id, parents, position, cbor.getText());
            } else {
                found(cbor, JsonToken.VALUE_NUMBER_INT, "the inserted text or the deleted length");
                event = Event.deletion(id, parents, position, cbor.getIntValue());
            }
            expect(cbor, JsonToken.END_ARRAY, "the end of the event");
            return event;
        }

        private List<EventId> readParents(CBORParser cbor, List<Event> before)
                throws IOException, MalformedBundleException {
            if (cbor.nextToken() == JsonToken.VALUE_NULL) {
                if (before.isEmpty()) {
                    throw malformed("the first event cannot follow the event before it.");
                }
                return List.of(before.get(before.size() - 1).lastId());
            }
            found(cbor, JsonToken.START_ARRAY, "the parents");
            List<EventId> parents = new ArrayList<>();
            while (cbor.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                if (parents.size() == Limits.EVENT_PARENTS) {
                    throw malformed("there are more than " + Limits.EVENT_PARENTS + " parents.");
                }
                parents.add(eventId(cbor.getIntValue(), integer(cbor)));
            }
            found(cbor, JsonToken.END_ARRAY, "a parent or the end of their list");
            return parents;
        }

        private EventId eventId(int author, int seq) throws MalformedBundleException {
            if (author < 0 || author >= replicas.size()) {
                throw malformed("author " + author + " is not one of the " + replicas.size() + " named replicas.");
            }
            return new EventId(replicas.get(author), seq);
        }

        private int integer(CBORParser cbor) throws IOException, MalformedBundleException {
            expect(cbor, JsonToken.VALUE_NUMBER_INT, "an integer");
            return cbor.getIntValue();
        }

        private void expect(CBORParser cbor, JsonToken token, String what)
                throws IOException, MalformedBundleException {
            cbor.nextToken();
            found(cbor, token, what);
        }

        private void found(CBORParser cbor, JsonToken token, String what) throws MalformedBundleException {
            if (cbor.currentToken() != token) {
                throw malformed("expected " + what + ", found " + cbor.currentToken() + ".");
            }
        }

        private MalformedBundleException malformed(String why) {
            return new MalformedBundleException(eventIndex, why, null);
        }
    }
}
