package dev.metalog.server.editor;

import dev.metalog.protocol.editor.MetaLogClient;
import dev.metalog.protocol.editor.MetricsMessages;
import java.util.List;
import java.util.function.Consumer;

/**
 * The way back to one editor. Any thread may call it; nothing here blocks, and after the end of the session everything
 * here does nothing.
 *
 * <p>What waits to be written is bounded ({@code Limits.EDITOR_OUTBOX_MESSAGES}, {@code Limits.EDITOR_OUTBOX_CHARS}). An
 * editor that stops reading loses news first, then the session: see {@code Outbox}.
 */
public interface EditorSession {
    /**
     * Asks the editor for one edit ({@code workspace/applyEdit} with one versioned {@code documentChanges} entry).
     *
     * @param version the version of the document in the editor that the edit was computed for
     * @param changes parts that do not overlap, in the order of the text, all in positions of that version
     * @param label what the editor's undo list calls it
     * @param outcome called once, on the session's reader thread; not called when the session ends first
     * @throws IllegalArgumentException for parts that overlap or are out of order; nothing is sent
     */
    void applyEdit(String uri, int version, List<TextChange> changes, String label, Consumer<ApplyOutcome> outcome);

    /**
     * The {@code meta-log/*} notifications. Of {@code connection} (by broker) and {@code documentStatus} (by URI) only the
     * newest is kept while one waits.
     */
    MetaLogClient notifications();

    /** {@code window/showMessage}. */
    void showMessage(Severity severity, String text);

    /** What waits to be written to the editor. */
    MetricsMessages.Queue queue();

    /** Ends the session after what waits has been written; {@code serve} returns the reason. */
    void close(EndReason reason);
}
