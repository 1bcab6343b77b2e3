package dev.metalog.editorclients.sidecar;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;

/** One {@code didChange} that waits to be sent, and may take in the changes that happen meanwhile. */
final class ChangeReport implements Outbox.Item {
    /** With more changes than this in one report the whole text is sent instead: it is shorter and as good. */
    private static final int MOST_CHANGES = 1_000;

    private final Sidecar sidecar;
    private final String uri;
    private final List<TextDocumentContentChangeEvent> changes;
    private int version;

    ChangeReport(Sidecar sidecar, String uri, int version, List<TextDocumentContentChangeEvent> changes) {
        this.sidecar = sidecar;
        this.uri = uri;
        this.version = version;
        this.changes = new ArrayList<>(changes);
    }

    /** Takes in later changes of the same document; false when it is another document. */
    boolean takeIn(
            String laterUri, int laterVersion, List<TextDocumentContentChangeEvent> later, Supplier<String> whole) {
        if (!uri.equals(laterUri)) {
            return false;
        }
        version = laterVersion;
        changes.addAll(later);
        boolean replacesAll = later.get(0).getRange() == null;
        if (replacesAll || changes.size() > MOST_CHANGES) {
            changes.clear();
            changes.add(new TextDocumentContentChangeEvent(whole.get()));
        }
        return true;
    }

    @Override
    public void send() {
        var document = new VersionedTextDocumentIdentifier(uri, version);
        sidecar.getTextDocumentService().didChange(new DidChangeTextDocumentParams(document, changes));
    }
}
