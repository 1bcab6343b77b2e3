package dev.metalog.server.app;

import dev.metalog.protocol.editor.MetaLogClient;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.editor.ApplyOutcome;
import dev.metalog.server.editor.EditorSession;
import dev.metalog.server.editor.Severity;
import dev.metalog.server.editor.TextChange;
import dev.metalog.server.editor.TextRange;
import dev.metalog.server.workspace.EditOutcome;
import dev.metalog.server.workspace.EditorId;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.RangeEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The editors that are connected, by the id the conductor knows them by. Sessions never block whoever tells them something. */
final class EditorSessions {
    private static final String LABEL = "meta-log: edits of others";

    private final Map<EditorId, EditorSession> sessions = new ConcurrentHashMap<>();

    void add(EditorId editor, EditorSession session) {
        sessions.put(editor, session);
    }

    void remove(EditorId editor) {
        sessions.remove(editor);
    }

    boolean isEmpty() {
        return sessions.isEmpty();
    }

    /** Asks an editor for an edit; its answer goes into the mailbox. */
    void offer(Effect.Offer offer, Mailbox mailbox) {
        EditorSession session = sessions.get(offer.editor());
        if (session == null) {
            return;
        }
        List<TextChange> changes = new ArrayList<>();
        for (RangeEdit edit : offer.edits()) {
            TextRange range = new TextRange(
                    edit.start().line(),
                    edit.start().character(),
                    edit.end().line(),
                    edit.end().character());
            changes.add(new TextChange(range, edit.text()));
        }
        session.applyEdit(offer.uri(), offer.version(), changes, LABEL, outcome -> {
            EditOutcome answer =
                    outcome.kind() == ApplyOutcome.Kind.APPLIED ? EditOutcome.APPLIED : EditOutcome.REFUSED;
            mailbox.post(new Input.Answered(offer.editor(), offer.uri(), offer.editId(), answer));
        });
    }

    void tell(EditorId editor, Consumer<MetaLogClient> news) {
        EditorSession session = sessions.get(editor);
        if (session != null) {
            news.accept(session.notifications());
        }
    }

    void tellAll(Consumer<MetaLogClient> news) {
        sessions.values().forEach(session -> news.accept(session.notifications()));
    }

    /** What waits for each of them. */
    List<MetricsMessages.Queue> queues() {
        return sessions.values().stream().map(EditorSession::queue).toList();
    }

    void show(EditorId editor, String text) {
        EditorSession session = sessions.get(editor);
        if (session != null) {
            session.showMessage(Severity.ERROR, text);
        }
    }

    void showAll(String text) {
        sessions.values().forEach(session -> session.showMessage(Severity.ERROR, text));
    }
}
