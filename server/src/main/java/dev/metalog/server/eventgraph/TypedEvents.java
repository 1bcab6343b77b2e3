package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.server.eventgraph.Admission.Reason;
import java.util.ArrayList;
import java.util.List;

/** What somebody has typed, as events that follow one another and continue the writer's numbers in the log. */
final class TypedEvents {
    private TypedEvents() {}

    /**
     * @param edits sequential, the first of them of the text at the version {@code parents}
     * @throws EditRefusedException if one lies outside of any text that there was
     */
    static List<Event> of(
            EventLog log, ReplicaId writer, List<EventId> parents, List<TextEdit> edits, int stampMinutes) {
        List<Event> events = new ArrayList<>();
        int seq = log.nextSeq(writer);
        List<EventId> follow = parents;
        // No version's text is longer than all that was ever inserted, here and by these edits.
        long longest = log.units();
        for (TextEdit edit : edits) {
            if ((long) edit.position() + edit.deleted() > longest) {
                throw new EditRefusedException(
                        Reason.OUT_OF_RANGE,
                        "An edit at " + edit.position() + " that deletes " + edit.deleted()
                                + " code units lies outside of any text this document had.");
            }
            longest += edit.inserted().length();
            if (edit.deleted() > 0) {
                Event event = Event.deletion(new EventId(writer, seq), follow, edit.position(), edit.deleted());
                events.add(event);
                seq += edit.deleted();
                follow = List.of(event.lastId());
            }
            String text = edit.inserted();
            for (int from = 0; from < text.length(); ) {
                int to = Pieces.end(text, from);
                Event event = Event.insertion(
                        new EventId(writer, seq), follow, edit.position() + from, text.substring(from, to));
                events.add(event);
                seq += to - from;
                from = to;
                follow = List.of(event.lastId());
            }
        }
        if (!events.isEmpty()) {
            events.set(0, events.get(0).stamped(stampMinutes));
        }
        return events;
    }
}
