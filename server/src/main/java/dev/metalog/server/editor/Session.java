package dev.metalog.server.editor;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorMessages.Connection;
import dev.metalog.protocol.editor.EditorMessages.DocumentStatus;
import dev.metalog.protocol.editor.EditorMessages.Locked;
import dev.metalog.protocol.editor.EditorMessages.MessageReceived;
import dev.metalog.protocol.editor.EditorMessages.Peer;
import dev.metalog.protocol.editor.EditorMessages.PeerLeft;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.editor.MetaLogClient;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.protocol.editor.PresenceMessages;
import dev.metalog.server.editor.LspMessages.ApplyEditParams;
import dev.metalog.server.editor.LspMessages.ApplyEditResult;
import dev.metalog.server.editor.LspMessages.DocumentEdit;
import dev.metalog.server.editor.LspMessages.Edit;
import dev.metalog.server.editor.LspMessages.Position;
import dev.metalog.server.editor.LspMessages.Range;
import dev.metalog.server.editor.LspMessages.ShowMessageParams;
import dev.metalog.server.editor.LspMessages.VersionedDocument;
import dev.metalog.server.editor.LspMessages.WorkspaceEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.lsp4j.jsonrpc.Endpoint;
import org.eclipse.lsp4j.jsonrpc.json.MessageJsonHandler;
import org.eclipse.lsp4j.jsonrpc.messages.NotificationMessage;

/** The outgoing half of a conversation: turns calls into messages in the outbox. */
final class Session implements EditorSession, MetaLogClient {
    /** One edit per document is under way at a time. */
    private static final int UNANSWERED_EDITS = Limits.WORKSPACE_DOCUMENTS;

    private final Supplier<? extends Endpoint> editor;
    private final MessageJsonHandler json;
    private final Outbox outbox;
    private final Consumer<EndReason> end;
    private final SessionLog log;
    private final AtomicInteger unansweredEdits = new AtomicInteger();

    /** @param editor turns requests into messages and matches the answers; there once the session is served */
    Session(
            Supplier<? extends Endpoint> editor,
            MessageJsonHandler json,
            Outbox outbox,
            Consumer<EndReason> end,
            SessionLog log) {
        this.editor = editor;
        this.json = json;
        this.outbox = outbox;
        this.end = end;
        this.log = log;
    }

    @Override
    public void applyEdit(
            String uri, int version, List<TextChange> changes, String label, Consumer<ApplyOutcome> outcome) {
        ApplyEditParams params = new ApplyEditParams(
                label,
                new WorkspaceEdit(
                        List.of(new DocumentEdit(new VersionedDocument(uri, version), inTextOrder(changes)))));
        if (unansweredEdits.incrementAndGet() > UNANSWERED_EDITS) {
            unansweredEdits.decrementAndGet();
            tell(
                    outcome,
                    new ApplyOutcome(
                            ApplyOutcome.Kind.FAILED, "the editor has not answered " + UNANSWERED_EDITS + " edits"));
            return;
        }
        var unused = editor.get().request(LspMethods.APPLY_EDIT, params).whenComplete((result, error) -> {
            unansweredEdits.decrementAndGet();
            tell(outcome, outcome(result, error));
        });
    }

    private static List<Edit> inTextOrder(List<TextChange> changes) {
        List<Edit> edits = new ArrayList<>(changes.size());
        TextRange before = null;
        for (TextChange change : changes) {
            TextRange range = change.range();
            if (before != null && !before.endsBefore(range)) {
                throw new IllegalArgumentException("The parts of an edit overlap or are out of order: " + before
                        + " and " + range + ". They all refer to the text before the edit.");
            }
            before = range;
            edits.add(new Edit(
                    new Range(
                            new Position(range.startLine(), range.startCharacter()),
                            new Position(range.endLine(), range.endCharacter())),
                    change.newText()));
        }
        return edits;
    }

    private static ApplyOutcome outcome(Object result, Throwable error) {
        if (error != null) {
            return new ApplyOutcome(
                    ApplyOutcome.Kind.FAILED, "the editor answered with an error: " + error.getMessage());
        }
        if (!(result instanceof ApplyEditResult answer) || answer.applied() == null) {
            return new ApplyOutcome(ApplyOutcome.Kind.FAILED, "the editor did not say whether it applied the edit");
        }
        if (answer.applied()) {
            return new ApplyOutcome(ApplyOutcome.Kind.APPLIED, null);
        }
        String reason = answer.failureReason();
        return new ApplyOutcome(ApplyOutcome.Kind.REFUSED, reason == null ? "the editor gave no reason" : reason);
    }

    /** A future would keep an exception to itself. */
    private void tell(Consumer<ApplyOutcome> handler, ApplyOutcome outcome) {
        try {
            handler.accept(outcome);
        } catch (RuntimeException e) {
            log.defect("The sidecar failed on the outcome of an edit.", e);
        }
    }

    @Override
    public MetaLogClient notifications() {
        return this;
    }

    @Override
    public void locked(Locked params) {
        outbox.sendState("locked", notification("meta-log/locked", params));
    }

    @Override
    public void connection(Connection params) {
        outbox.sendState("connection " + params.broker(), notification("meta-log/connection", params));
    }

    @Override
    public void documentStatus(DocumentStatus params) {
        outbox.sendState("documentStatus " + params.uri(), notification("meta-log/documentStatus", params));
    }

    @Override
    public void peerDiscovered(Peer params) {
        outbox.sendNews(notification("meta-log/peerDiscovered", params));
    }

    @Override
    public void peerLeft(PeerLeft params) {
        outbox.sendNews(notification("meta-log/peerLeft", params));
    }

    @Override
    public void memberAsks(MemberMessages.Asks params) {
        outbox.sendState("memberAsks " + params.request(), notification("meta-log/memberAsks", params));
    }

    @Override
    public void peerStatus(PeerMessages.StatusChanged params) {
        outbox.sendState("peerStatus " + params.peerId(), notification("meta-log/peerStatus", params));
    }

    @Override
    public void messageReceived(MessageReceived params) {
        outbox.sendNews(notification("meta-log/messageReceived", params));
    }

    @Override
    public void fileReceived(FederationMessages.FileReceived params) {
        outbox.sendNews(notification("meta-log/fileReceived", params));
    }

    @Override
    public void peerMessage(FederationMessages.PeerMessage params) {
        outbox.sendNews(notification("meta-log/peerMessage", params));
    }

    @Override
    public void blackboardChanged(BlackboardMessages.Changed params) {
        outbox.sendNews(notification("meta-log/blackboardChanged", params));
    }

    @Override
    public void presenceChanged(PresenceMessages.Changed params) {
        outbox.sendState("presence " + params.uri(), notification("meta-log/presenceChanged", params));
    }

    @Override
    public void showMessage(Severity severity, String text) {
        outbox.sendNews(notification("window/showMessage", new ShowMessageParams(severity.lspType(), text)));
    }

    @Override
    public MetricsMessages.Queue queue() {
        return outbox.queue();
    }

    @Override
    public void close(EndReason reason) {
        end.accept(reason);
    }

    private String notification(String method, Object params) {
        NotificationMessage message = new NotificationMessage();
        message.setMethod(method);
        message.setParams(params);
        return json.serialize(message);
    }
}
