package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.PositionEncoding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The editors that are here, and what each of them has open. */
final class Editors {
    /** Open documents of one editor; one more is not followed, and the person is told. */
    static final int MOST_OPEN = 10_000;

    private static final class Session {
        final PositionEncoding encoding;
        final long process;
        final Map<String, OpenDocument> open = new LinkedHashMap<>();

        Session(PositionEncoding encoding, long process) {
            this.encoding = encoding;
            this.process = process;
        }
    }

    private final Map<EditorId, Session> sessions = new LinkedHashMap<>();

    void came(EditorId editor, PositionEncoding encoding, long process) {
        sessions.put(editor, new Session(encoding, process));
    }

    /** Returns what it had open. */
    Collection<OpenDocument> went(EditorId editor) {
        Session session = sessions.remove(editor);
        return session == null ? List.of() : session.open.values();
    }

    boolean isHere(EditorId editor) {
        return sessions.containsKey(editor);
    }

    /** The editor's process; 0 when it is not known. */
    long processOf(EditorId editor) {
        Session session = sessions.get(editor);
        return session == null ? 0 : session.process;
    }

    /** Returns {@code null} when there is no such editor any more, or it has too much open. */
    OpenDocument opened(EditorId editor, String uri, Buffer buffer) {
        Session session = sessions.get(editor);
        if (session == null || session.open.size() >= MOST_OPEN) {
            return null;
        }
        OpenDocument document = new OpenDocument(editor, uri, session.encoding, buffer);
        session.open.put(uri, document);
        return document;
    }

    /** Returns {@code null} when the editor does not have it open. */
    OpenDocument find(EditorId editor, String uri) {
        Session session = sessions.get(editor);
        return session == null ? null : session.open.get(uri);
    }

    OpenDocument closed(EditorId editor, String uri) {
        Session session = sessions.get(editor);
        return session == null ? null : session.open.remove(uri);
    }

    /** The same document in every editor that has it open. */
    List<OpenDocument> showing(String uri) {
        List<OpenDocument> found = new ArrayList<>();
        String key = DocumentUris.key(uri);
        for (Session session : sessions.values()) {
            for (OpenDocument document : session.open.values()) {
                if (DocumentUris.key(document.uri()).equals(key)) {
                    found.add(document);
                }
            }
        }
        return found;
    }
}
