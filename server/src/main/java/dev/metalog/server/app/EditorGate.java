package dev.metalog.server.app;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.MetaLogServer;
import dev.metalog.protocol.editor.PresenceMessages;
import dev.metalog.server.editor.Change;
import dev.metalog.server.editor.EditorListener;
import dev.metalog.server.editor.EditorSession;
import dev.metalog.server.editor.EndReason;
import dev.metalog.server.editor.InitializeAnswer;
import dev.metalog.server.editor.InitializeInfo;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.EditorId;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.RangeChange;
import dev.metalog.server.workspace.TextPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets editors in: the first one decides which workspace this process has; it and those that attach later are then heard
 * by the same loop. Called on the reader threads of the sessions.
 */
final class EditorGate implements EditorListener {
    /** One editor that was let in. */
    private record Guest(EditorId id, InitializeInfo info) {}

    private final WorkspaceDoor door;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<EditorSession, Guest> guests = new ConcurrentHashMap<>();

    EditorGate(WorkspaceDoor door) {
        this.door = door;
    }

    @Override
    public InitializeAnswer initialize(EditorSession session, InitializeInfo info) {
        WorkspaceDoor.Entry entry;
        try {
            entry = door.enter(info, this);
        } catch (StoreRefused e) {
            return new InitializeAnswer.Refuse(EditorError.STORE_FAILED, e.getMessage());
        } catch (IllegalArgumentException e) {
            return new InitializeAnswer.Refuse(EditorError.BAD_PARAMS, e.getMessage());
        }
        if (entry.answer() != null) {
            return entry.answer();
        }
        guests.put(session, new Guest(new EditorId(lastId.incrementAndGet()), info));
        return new InitializeAnswer.Serve(new EditorMessages.Capability(
                EditorMessages.PROTOCOL_VERSION, EditorMessages.PROTOCOL_VERSION, entry.workspaceUri()));
    }

    @Override
    public void initialized(EditorSession session) {
        Guest guest = guests.get(session);
        sidecar().sessions().add(guest.id(), session);
        String name =
                guest.info().editorName() == null ? "an editor" : guest.info().editorName();
        Long process = guest.info().clientProcessId();
        post(new Input.EditorCame(
                guest.id(), guest.info().positionEncoding(), name, process == null || process < 0 ? 0 : process));
        if (guest.info().presence() != null) {
            post(new Input.WantsPresence(guest.id(), guest.info().presence().name()));
        }
    }

    @Override
    public void didOpen(EditorSession session, String uri, int version, String text) {
        post(new Input.Opened(id(session), uri, version, text));
    }

    @Override
    public void didChange(EditorSession session, String uri, int version, List<Change> changes) {
        List<RangeChange> translated = new ArrayList<>();
        for (Change change : changes) {
            translated.add(
                    change.range() == null
                            ? new RangeChange(null, null, change.text())
                            : new RangeChange(
                                    new TextPosition(
                                            change.range().startLine(),
                                            change.range().startCharacter()),
                                    new TextPosition(
                                            change.range().endLine(),
                                            change.range().endCharacter()),
                                    change.text()));
        }
        post(new Input.Changed(id(session), uri, version, translated));
    }

    @Override
    public void changeUnreadable(EditorSession session, String uri, String why) {
        post(new Input.Unreadable(id(session), uri, why));
    }

    @Override
    public void didSave(EditorSession session, String uri) {
        post(new Input.Saved(id(session), uri));
    }

    @Override
    public void didClose(EditorSession session, String uri) {
        post(new Input.Closed(id(session), uri));
    }

    @Override
    public void looked(EditorSession session, PresenceMessages.Look look) {
        post(new Input.Looked(id(session), look));
    }

    @Override
    public MetaLogServer requests(EditorSession session) {
        return new EditorRequests(id(session), sidecar().tickets());
    }

    @Override
    public void ended(EditorSession session, EndReason reason) {
        Guest guest = guests.remove(session);
        if (guest != null) {
            sidecar().sessions().remove(guest.id());
            sidecar().tickets().forget(guest.id());
            post(new Input.EditorWent(guest.id()));
        }
    }

    private EditorId id(EditorSession session) {
        return guests.get(session).id();
    }

    private Sidecar sidecar() {
        return door.sidecar();
    }

    private void post(Input input) {
        sidecar().mailbox().post(input);
    }
}
