package dev.metalog.server.workspace;

import dev.metalog.protocol.Attention;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.protocol.editor.PresenceMessages;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.server.presence.Carets;
import dev.metalog.server.presence.Person;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says to peers where the person here looks, and shows editors where others do. Nothing of it is kept on disk, and none of it
 * is ever sent while no way is open, or more than one message of a document at a time.
 *
 * <p>An editor that asked for it is told anew when something changes, every {@value #TELL_MILLIS} ms at most. Its own
 * markers carry the carets while text changes; after that it is told their places in the new text every {@value
 * #CORRECT_MILLIS} ms, as it drops what is told of another version than the one it shows.
 */
final class PresenceDesk {
    static final long TELL_MILLIS = 1_000 / Limits.PRESENCE_A_SECOND;
    static final long CORRECT_MILLIS = 200;
    /** Who did nothing for so long is idle. */
    static final long IDLE_MILLIS = 60_000;

    private record Told(int edition, int version, List<PresenceMessages.Person> people, long atMillis) {}

    private final DocumentShelf shelf;
    private final Editors editors;
    private final Ways ways;
    private final Timeline time;
    private final Outbox out;
    private final Map<DocumentId, Attendance> attendances = new LinkedHashMap<>();
    /** Editors that want to be told, with what their person is called. */
    private final Map<EditorId, String> wishes = new HashMap<>();

    private final Map<View, Told> told = new LinkedHashMap<>();
    private long wakeAtMillis = Long.MAX_VALUE;
    private int refused;

    PresenceDesk(DocumentShelf shelf, Editors editors, Ways ways, Timeline time, Outbox out) {
        this.shelf = shelf;
        this.editors = editors;
        this.ways = ways;
        this.time = time;
        this.out = out;
    }

    /** An editor wants to be told where others look. */
    void wishes(Input.WantsPresence input) {
        if (editors.isHere(input.editor())) {
            wishes.put(input.editor(), seemly(input.name()));
        }
    }

    /** A name that could not be shown in one line beside others is none. */
    private String seemly(String name) {
        if (name == null || name.isBlank()) {
            return "";
        }
        try {
            return new MemberName(name.strip()).value();
        } catch (IllegalArgumentException e) {
            out.add(new Effect.Log("Others see an id instead of the person's name: " + e.getMessage()));
            return "";
        }
    }

    void editorWent(EditorId editor) {
        wishes.remove(editor);
    }

    /** An editor says where the person looks. A report of another text than the last one known is out of date. */
    void looked(Input.Looked input) {
        PresenceMessages.Look look = input.look();
        OpenDocument document = editors.find(input.editor(), look.uri());
        View view = document == null ? null : document.view();
        LiveDocument live = view == null ? null : shelf.byUri(look.uri());
        if (live == null) {
            return;
        }
        if (look.selections() == null) {
            view.looks(null);
        } else {
            List<PresenceMessages.Span> most = look.selections()
                    .subList(
                            0,
                            Math.min(Limits.PRESENCE_CARETS, look.selections().size()));
            Carets carets = view.caretsAt(look.version(), most);
            if (carets == null) {
                return;
            }
            view.looks(new Looking(carets, look.focused(), view.looking(), time.millis()));
        }
        attendanceOf(live);
    }

    private Attendance attendanceOf(LiveDocument live) {
        return attendances.computeIfAbsent(live.shared().id(), anew -> new Attendance());
    }

    /** Somebody says where it looks. */
    void heard(LiveDocument live, Speaker speaker, byte[] bytes) {
        Attendance attendance = attendanceOf(live);
        if (!attendance.company.hears(speaker.peer(), time.millis())) {
            return;
        }
        try {
            PeerMessage.Presence said = (PeerMessage.Presence) PeerMessageCodec.decode(bytes);
            boolean isNew = !attendance.company.has(speaker);
            attendance.touched(attendance.company.heard(speaker, said, live.graph(), time.millis()));
            if (isNew && attendance.company.has(speaker)) {
                // Who has just come has not heard of us.
                attendance.speaking.again();
            }
        } catch (MalformedMessageException e) {
            refused++;
            if (Integer.bitCount(refused) == 1) {
                out.add(new Effect.Log("Refused where " + speaker + " says that it looks (" + refused + " so far): "
                        + e.getMessage()));
            }
        }
    }

    /** A peer is gone, or its person is not to be seen here any more. */
    void left(PeerId peer) {
        attendances.values().forEach(attendance -> attendance.touched(attendance.company.left(peer)));
    }

    /** The document is about to be shared here no more. */
    void leaving(LiveDocument live) {
        Attendance attendance = attendances.remove(live.shared().id());
        PeerMessage.Presence farewell = attendance == null ? null : attendance.speaking.farewell();
        if (farewell != null && ways.areOpen()) {
            live.channel().send(null, farewell);
        }
    }

    /** The document is talked about under another key: who still has it is heard anew. */
    void rekeyed(LiveDocument live) {
        Attendance attendance = attendances.get(live.shared().id());
        if (attendance != null) {
            attendance.touched(attendance.company.clear());
            attendance.speaking.anew();
        }
    }

    /** A way opened or closed: what was under way may be lost, and who is there now has heard nothing. */
    void waysChanged() {
        attendances.values().forEach(attendance -> attendance.speaking.anew());
    }

    void settled(long token) {
        for (Attendance attendance : attendances.values()) {
            if (attendance.speaking.settled(token)) {
                return;
            }
        }
    }

    long wakeAtMillis() {
        return wakeAtMillis;
    }

    /** To be called after every input. */
    void settle() {
        wakeAtMillis = Long.MAX_VALUE;
        attendances.keySet().removeIf(id -> shelf.byId(id) == null);
        for (Map.Entry<DocumentId, Attendance> entry : attendances.entrySet()) {
            LiveDocument live = shelf.byId(entry.getKey());
            Attendance attendance = entry.getValue();
            attendance.touched(attendance.company.expire(time.millis()));
            wakeAt(attendance.company.expiresAtMillis());
            if (!attendance.tip.equals(live.graph().tip())) {
                attendance.tip = live.graph().tip();
                attendance.touched(attendance.company.catchUp(live.graph()));
            }
            speak(live, attendance);
            for (View view : live.views()) {
                show(live, attendance, view);
            }
        }
        if (!told.isEmpty()) {
            told.entrySet().removeIf(entry -> isOver(entry.getKey(), entry.getValue()));
        }
    }

    private void wakeAt(long millis) {
        wakeAtMillis = Math.min(wakeAtMillis, millis);
    }

    private void speak(LiveDocument live, Attendance attendance) {
        View view = foremost(live);
        if (!ways.areOpen() || live.channel().isSilent() || (view != null && !view.isDecided())) {
            return;
        }
        Looking looking = view == null ? null : view.looking();
        PeerMessage.Presence saying = attendance.speaking.next(
                attention(looking),
                view == null ? "" : wishes.getOrDefault(view.editor(), ""),
                looking != null && (looking.isNews() || view != attendance.spokenFor),
                view == null ? live.graph().tip() : view.frontier(),
                looking == null ? Carets.NONE : looking.carets(),
                time.millis());
        if (saying != null) {
            attendance.spokenFor = view;
            if (looking != null) {
                looking.tell();
            }
            attendance.speaking.sent(live.channel().send(null, saying));
        }
        wakeAt(attendance.speaking.wakeAtMillis());
        if (attention(looking) == Attention.IN_FRONT) {
            wakeAt(looking.activeAtMillis() + IDLE_MILLIS);
        }
    }

    private Attention attention(Looking looking) {
        if (looking == null) {
            return Attention.GONE;
        }
        if (!looking.isFocused()) {
            return Attention.BEHIND;
        }
        return time.millis() >= looking.activeAtMillis() + IDLE_MILLIS ? Attention.IDLE : Attention.IN_FRONT;
    }

    /** Of several editors that show a document, the one in front, or else the one that was used last; or {@code null}. */
    private static View foremost(LiveDocument live) {
        View foremost = null;
        for (View view : live.views()) {
            Looking looking = view.looking();
            if (looking != null && (foremost == null || isBefore(looking, foremost.looking()))) {
                foremost = view;
            }
        }
        return foremost;
    }

    private static boolean isBefore(Looking one, Looking other) {
        return one.isFocused() != other.isFocused() ? one.isFocused() : one.activeAtMillis() > other.activeAtMillis();
    }

    private void show(LiveDocument live, Attendance attendance, View view) {
        // While an edit is on its way to the editor, what is told of the text before it would come too late.
        if (!wishes.containsKey(view.editor()) || view.isBusy() || view.isPaused() || view.isSuspect()) {
            return;
        }
        Told last = told.get(view);
        boolean isEmpty =
                attendance.company.isEmpty() && (last == null || last.people().isEmpty());
        if (isEmpty || (last != null && last.edition() == attendance.edition && last.version() == view.version())) {
            return;
        }
        if (last != null && time.millis() < last.atMillis() + TELL_MILLIS) {
            wakeAt(last.atMillis() + TELL_MILLIS);
            return;
        }
        List<PresenceMessages.Person> people = people(live, attendance, view);
        boolean isSame = last != null && last.people().equals(people);
        if (isSame && last.version() == view.version()) {
            told.put(view, new Told(attendance.edition, view.version(), people, last.atMillis()));
        } else if (isSame && time.millis() < last.atMillis() + CORRECT_MILLIS) {
            wakeAt(last.atMillis() + CORRECT_MILLIS);
        } else {
            tell(attendance, view, people);
        }
    }

    private void tell(Attendance attendance, View view, List<PresenceMessages.Person> people) {
        told.put(view, new Told(attendance.edition, view.version(), people, time.millis()));
        out.add(new Effect.TellPresence(
                view.editor(), new PresenceMessages.Changed(view.uri(), view.version(), people)));
    }

    private static List<PresenceMessages.Person> people(LiveDocument live, Attendance attendance, View view) {
        PositionMap positions = new PositionMap(view.text(), view.encoding());
        List<PresenceMessages.Person> people = new ArrayList<>();
        for (Person person : attendance.company.seenAt(live.graph(), view.frontier(), view.text())) {
            List<PresenceMessages.Span> spans = new ArrayList<>();
            person.carets()
                    .all()
                    .forEach(caret -> spans.add(new PresenceMessages.Span(
                            place(positions.position(caret.anchor())), place(positions.position(caret.head())))));
            people.add(new PresenceMessages.Person(
                    person.peer().value(),
                    person.name().isEmpty() ? null : person.name(),
                    spans,
                    person.attention() != Attention.BEHIND,
                    person.attention() == Attention.IDLE,
                    person.colour()));
        }
        return people;
    }

    private static PresenceMessages.Place place(TextPosition position) {
        return new PresenceMessages.Place(position.line(), position.character());
    }

    /** Whether a view is no longer of a live document; then nobody is in it any more, and an editor that still has it is told. */
    private boolean isOver(View view, Told last) {
        LiveDocument live = shelf.byUri(view.uri());
        if (live != null && live.views().contains(view)) {
            return false;
        }
        if (!last.people().isEmpty() && editors.find(view.editor(), view.uri()) != null) {
            out.add(new Effect.TellPresence(
                    view.editor(), new PresenceMessages.Changed(view.uri(), view.version(), List.of())));
        }
        return true;
    }
}
