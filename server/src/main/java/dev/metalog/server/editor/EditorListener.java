package dev.metalog.server.editor;

import dev.metalog.protocol.editor.MetaLogServer;
import dev.metalog.protocol.editor.PresenceMessages;
import java.util.List;

/**
 * What one or more editors say. The calls of one session come one at a time, in the order of its messages, on the
 * session's reader thread, so a handler only checks and enqueues: while it blocks, that editor is not read. A handler
 * that throws costs one error reply or log line, never the process.
 */
public interface EditorListener {
    /**
     * Decides whether to serve the editor. The only call that may take its time; nothing else was said before it, and
     * nothing may be sent to the session before {@link #initialized}.
     */
    InitializeAnswer initialize(EditorSession session, InitializeInfo info);

    /** The editor is ready to be asked and told things. Called at most once. */
    void initialized(EditorSession session);

    void didOpen(EditorSession session, String uri, int version, String text);

    /** @param changes each on the text that the ones before it made; may be empty, and then only the version moved */
    void didChange(EditorSession session, String uri, int version, List<Change> changes);

    /**
     * The editor reported a change that could not be read, so the document's text is no longer known.
     *
     * @param why for people: what was wrong with the message
     */
    void changeUnreadable(EditorSession session, String uri, String why);

    void didSave(EditorSession session, String uri);

    void didClose(EditorSession session, String uri);

    /** Where the person looks; positions may be of another version, or outside of the text. */
    void looked(EditorSession session, PresenceMessages.Look look);

    /**
     * The {@code meta-log/*} requests of this session, asked for once, after {@code initialize}. Parameters were checked:
     * what the protocol requires is there and has the right type. A future fails with {@link EditorRefusal} for a
     * documented error; it is cancelled when the editor cancels the request.
     */
    MetaLogServer requests(EditorSession session);

    /**
     * The session is over. Called exactly once for every session that was answered with {@code Serve}, and the last call
     * of that session; only a handler that has been blocking for a while may still be at work.
     */
    void ended(EditorSession session, EndReason reason);
}
