package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.server.eventgraph.Admission.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * What somebody has typed, as events that follow one another and continue the writer's numbers in the log.
 *
 * <p>An event joins {@link Limits#EVENT_PARENTS} branches at most, and somebody hostile can make more with a single message.
 * So that this stops nobody from typing, as many as an event may join are joined first, by a character that comes and goes.
 */
final class TypedEvents {
    private static final String COMES_AND_GOES = " ";

    private TypedEvents() {}

    /**
     * @param edits sequential, the first of them of the text at the version {@code parents}
     * @throws EditRefusedException if one lies outside of any text that there was
     */
    static List<Event> of(
            EventLog log, ReplicaId writer, List<EventId> parents, List<TextEdit> edits, int stampMinutes) {
        List<Event> events = new ArrayList<>();
        int seq = log.nextSeq(writer);
        List<EventId> follow = new ArrayList<>(parents);
        boolean changesNothing = edits.stream()
                .allMatch(edit -> edit.deleted() == 0 && edit.inserted().isEmpty());
        while (follow.size() > Limits.EVENT_PARENTS && !changesNothing) {
            List<EventId> joined = follow.subList(0, Limits.EVENT_PARENTS);
            Event comes = Event.insertion(new EventId(writer, seq), joined, 0, COMES_AND_GOES);
            Event goes = Event.deletion(new EventId(writer, seq + 1), List.of(comes.id()), 0, 1);
            events.add(comes);
            events.add(goes);
            seq += 2;
            joined.clear();
            follow.add(goes.id());
        }
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
