package dev.metalog.server.editor;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages.Shared;
import dev.metalog.protocol.editor.MetaLogServer;
import dev.metalog.protocol.editor.PresenceMessages;
import dev.metalog.server.editor.LspMessages.ContentChange;
import dev.metalog.server.editor.LspMessages.DidChangeParams;
import dev.metalog.server.editor.LspMessages.DidOpenParams;
import dev.metalog.server.editor.LspMessages.DocumentParams;
import dev.metalog.server.editor.LspMessages.ExecuteCommandParams;
import dev.metalog.server.editor.LspMessages.Position;
import dev.metalog.server.editor.LspMessages.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.jsonrpc.Endpoint;
import org.eclipse.lsp4j.jsonrpc.services.ServiceEndpoints;

/** Hands parsed messages to the listener, after looking whether what must be there is there. Reader thread only. */
final class ListenerEndpoint implements Endpoint {
    private final EditorListener listener;
    private final SessionLog log;
    private EditorSession session;
    private MetaLogServer requests;
    private Endpoint requestsByName;
    private boolean initialized;

    ListenerEndpoint(EditorListener listener, SessionLog log) {
        this.listener = listener;
        this.log = log;
    }

    /** From now on the session is served. */
    void open(EditorSession servedSession) {
        session = servedSession;
        requests = listener.requests(servedSession);
    }

    @Override
    public CompletableFuture<?> request(String method, Object params) {
        CompletableFuture<?> answer;
        if (method.equals(LspMethods.EXECUTE_COMMAND)) {
            answer = Commands.run(requests, (ExecuteCommandParams) params).thenApply(this::shown);
        } else {
            if (requestsByName == null) {
                requestsByName = ServiceEndpoints.toEndpoint(requests);
            }
            answer = requestsByName.request(method, params);
        }
        if (answer == null) {
            throw new IllegalStateException("The handler of " + method + " gave no future.");
        }
        return answer;
    }

    /** Stock clients show nobody what a command gives, so the person is shown what has to be handed on. */
    private Object shown(Object result) {
        if (result instanceof Shared shared) {
            session.showMessage(
                    Severity.INFO,
                    shared.path() + " is shared. Whoever has this invitation can read and write it: "
                            + shared.invitation());
        }
        return result;
    }

    @Override
    public void notify(String method, Object params) {
        try {
            dispatch(method, params);
        } catch (EditorRefusal e) {
            log.warn("A notification was ignored: " + e.getMessage());
        } catch (RuntimeException e) {
            log.defect("The sidecar failed on " + method + ".", e);
            session.showMessage(Severity.ERROR, "meta-log failed on " + method + " (" + e + "). Its log tells more.");
        }
    }

    private void dispatch(String method, Object params) {
        switch (method) {
            case LspMethods.INITIALIZED -> {
                if (!initialized) {
                    initialized = true;
                    listener.initialized(session);
                }
            }
            case LspMethods.DID_OPEN -> didOpen((DidOpenParams) params);
            case LspMethods.DID_CHANGE -> didChange((DidChangeParams) params);
            case LspMethods.DID_SAVE -> listener.didSave(session, uri(method, (DocumentParams) params));
            case LspMethods.DID_CLOSE -> listener.didClose(session, uri(method, (DocumentParams) params));
            case LspMethods.PRESENCE -> looked((PresenceMessages.Look) params);
            default -> log.warn("An unknown notification was ignored: " + method);
        }
    }

    private void didOpen(DidOpenParams params) {
        boolean complete = params != null
                && params.textDocument() != null
                && params.textDocument().uri() != null
                && params.textDocument().version() != null
                && params.textDocument().text() != null;
        if (!complete) {
            throw badParams(LspMethods.DID_OPEN + " needs textDocument with uri, version and text");
        }
        listener.didOpen(
                session,
                params.textDocument().uri(),
                params.textDocument().version(),
                params.textDocument().text());
    }

    private void didChange(DidChangeParams params) {
        if (params == null
                || params.textDocument() == null
                || params.textDocument().uri() == null) {
            throw badParams(LspMethods.DID_CHANGE + " needs textDocument with uri");
        }
        String uri = params.textDocument().uri();
        List<Change> changes;
        try {
            if (params.textDocument().version() == null) {
                throw badParams("The version is missing.");
            }
            changes = changes(params.contentChanges());
        } catch (EditorRefusal e) {
            listener.changeUnreadable(session, uri, e.getMessage());
            return;
        }
        listener.didChange(session, uri, params.textDocument().version(), changes);
    }

    private void looked(PresenceMessages.Look look) {
        boolean complete = look != null
                && look.uri() != null
                && (look.selections() == null || look.selections().stream().allMatch(ListenerEndpoint::isComplete));
        if (!complete) {
            throw badParams(LspMethods.PRESENCE + " needs uri, version and selections with anchor and head");
        }
        listener.looked(session, look);
    }

    private static boolean isComplete(PresenceMessages.Span span) {
        return span != null && span.anchor() != null && span.head() != null;
    }

    private static List<Change> changes(List<ContentChange> reported) {
        if (reported == null) {
            throw badParams("contentChanges is missing.");
        }
        List<Change> changes = new ArrayList<>(reported.size());
        for (ContentChange change : reported) {
            if (change == null || change.text() == null) {
                throw badParams("A change has no text.");
            }
            changes.add(new Change(change.range() == null ? null : range(change.range()), change.text()));
        }
        return changes;
    }

    private static TextRange range(Range range) {
        Position start = range.start();
        Position end = range.end();
        boolean complete = start != null
                && end != null
                && start.line() != null
                && start.character() != null
                && end.line() != null
                && end.character() != null;
        if (!complete) {
            throw badParams("A range is not complete.");
        }
        try {
            return new TextRange(start.line(), start.character(), end.line(), end.character());
        } catch (IllegalArgumentException e) {
            throw badParams(e.getMessage());
        }
    }

    private static String uri(String method, DocumentParams params) {
        if (params == null
                || params.textDocument() == null
                || params.textDocument().uri() == null) {
            throw badParams(method + " needs textDocument with uri");
        }
        return params.textDocument().uri();
    }

    private static EditorRefusal badParams(String message) {
        return new EditorRefusal(EditorError.BAD_PARAMS, message);
    }
}
