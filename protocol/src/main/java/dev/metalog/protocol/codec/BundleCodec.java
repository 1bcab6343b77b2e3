package dev.metalog.protocol.codec;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import java.util.ArrayList;
import java.util.List;

/**
 * Bundles as bytes, on the wire and on disk, in the form of docs/format-events.md.
 *
 * <p>There is only one encoding of what was done: events that were typed one after another are joined into runs as far as
 * it goes, and {@link #decode} refuses bytes that {@link #encode} would not have written. So a signature or a hash over the
 * bytes is one over the bundle. What is decoded has its events in their longest form; they are the same units with the same
 * names and parents as before.
 */
public final class BundleCodec {
    private BundleCodec() {}

    /**
     * The bytes of a bundle; more than {@link Limits#BATCH_BYTES} of them are refused ({@link #pack} avoids it).
     *
     * @throws IllegalArgumentException also if a writer's sequence numbers leave a gap, or a parent stands behind its child
     */
    public static byte[] encode(Bundle bundle) {
        return encode(BundleEvents.toRuns(bundle.events()));
    }

    /**
     * @throws IllegalArgumentException for more than {@link Limits#BATCH_BYTES}, {@link Limits#BATCH_EVENTS} or {@link
     *     Limits#BATCH_UNITS}
     */
    public static byte[] encode(EventRuns runs) {
        if (runs.count() == 0) {
            throw new IllegalArgumentException("A bundle holds at least one event.");
        }
        if (runs.events() > Limits.BATCH_EVENTS) {
            throw new IllegalArgumentException(
                    "The bundle holds " + runs.events() + " events; at most " + Limits.BATCH_EVENTS + " are allowed.");
        }
        if (hasTooManyUnits(runs)) {
            throw new IllegalArgumentException(
                    "The bundle holds " + runs.units() + " units; at most " + Limits.BATCH_UNITS + " are allowed.");
        }
        ByteSink out = new ByteSink(48 + 8 * runs.count() + runs.contentLength());
        ColumnWriter.write(runs, out);
        out.utf8(runs.content(), 0, runs.contentLength());
        if (out.size() > Limits.BATCH_BYTES) {
            throw new IllegalArgumentException(
                    "The bundle takes " + out.size() + " bytes; at most " + Limits.BATCH_BYTES + " are allowed.");
        }
        return out.toArray();
    }

    /** The bundle in the bytes, all of it checked. */
    public static Bundle decode(byte[] bytes) throws MalformedBundleException {
        return new Bundle(BundleEvents.toEvents(decodeRuns(bytes, 0, bytes.length)));
    }

    /** The same without an object for each event. */
    public static EventRuns decodeRuns(byte[] bytes) throws MalformedBundleException {
        return decodeRuns(bytes, 0, bytes.length);
    }

    static EventRuns decodeRuns(byte[] bytes, int from, int to) throws MalformedBundleException {
        if (to - from > Limits.BATCH_BYTES) {
            throw new MalformedBundleException(
                    -1, (to - from) + " bytes are more than the allowed " + Limits.BATCH_BYTES + ".", null);
        }
        try {
            ByteSource in = new ByteSource(bytes, from, to);
            ColumnReader columns = ColumnReader.read(in);
            EventRuns runs = columns.with(in.utf8());
            if (runs.events() > Limits.BATCH_EVENTS) {
                throw MalformedColumnsException.of("there are more than " + Limits.BATCH_EVENTS + " events");
            }
            if (hasTooManyUnits(runs)) {
                throw MalformedColumnsException.of("there are more than " + Limits.BATCH_UNITS + " units");
            }
            return runs;
        } catch (MalformedColumnsException e) {
            throw new MalformedBundleException(e.runIndex(), e.getMessage(), e);
        }
    }

    private static boolean hasTooManyUnits(EventRuns runs) {
        boolean deletionAlone = runs.count() == 1 && runs.kind(0) == RunKind.DELETION;
        return runs.units() > Limits.BATCH_UNITS && !deletionAlone;
    }

    /** The columns of this bundle. */
    public static EventRuns toRuns(Bundle bundle) {
        return BundleEvents.toRuns(bundle.events());
    }

    /** The bundle of these columns, an object for each event. */
    public static Bundle toBundle(EventRuns runs) {
        return new Bundle(BundleEvents.toEvents(runs));
    }

    /** The events in bundles that keep to the limits, in the same order. */
    public static List<Bundle> pack(List<Event> events) {
        List<Bundle> bundles = new ArrayList<>();
        EventRunsBuilder builder = new EventRunsBuilder();
        EventId previous = null;
        int from = 0;
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            int more = EventRuns.events(kindNumber(event), event.length()) + stamps(event);
            // A bundle is counted as it was given and as it is written: runs that join are more events before, and
            // a long run is more after.
            boolean full = i - from == Limits.BATCH_EVENTS
                    || builder.events() + more > Limits.BATCH_EVENTS
                    || (long) builder.units() + event.length() > Limits.BATCH_UNITS
                    || builder.bytesAtMost() + bytesAtMost(event, builder) > Limits.BATCH_BYTES;
            if (full && i > from) {
                bundles.add(new Bundle(events.subList(from, i)));
                builder = new EventRunsBuilder();
                previous = null;
                from = i;
            }
            previous = BundleEvents.add(builder, event, previous);
        }
        if (from < events.size()) {
            bundles.add(new Bundle(events.subList(from, events.size())));
        }
        return bundles;
    }

    /** What the event adds to the length of the bundle, or a little more. */
    private static long bytesAtMost(Event event, EventRunsBuilder builder) {
        long bytes = EventRunsBuilder.RUN_BYTES
                + EventRunsBuilder.EXPLICIT_BYTES
                + (long) EventRunsBuilder.STAMP_BYTES * stamps(event);
        bytes += nameBytesAtMost(event.id().replica(), builder);
        for (EventId parent : event.parents()) {
            bytes += EventRunsBuilder.PARENT_BYTES + nameBytesAtMost(parent.replica(), builder);
        }
        return bytes + 3L * event.inserted().length();
    }

    private static int nameBytesAtMost(ReplicaId replica, EventRunsBuilder builder) {
        return builder.mentions(replica) ? 0 : EventRunsBuilder.nameBytesAtMost(replica);
    }

    private static int stamps(Event event) {
        return event.stampMinutes() == Stamp.AS_BEFORE ? 0 : 1;
    }

    private static int kindNumber(Event event) {
        return (event.kind() == Event.Kind.INSERTION ? RunKind.INSERTION : RunKind.DELETION).number();
    }
}
