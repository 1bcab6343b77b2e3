package dev.metalog.server.app;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.server.editor.EditorRefusal;
import dev.metalog.server.workspace.EditorId;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.Request;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Requests whose answers the conductor still owes. The editor shell bounds how many an editor may have. */
final class Tickets {
    private final Mailbox mailbox;
    private final AtomicLong last = new AtomicLong();
    private final Map<Long, CompletableFuture<Object>> open = new ConcurrentHashMap<>();

    Tickets(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    /** @param type of the result the conductor gives to this request */
    <T> CompletableFuture<T> ask(EditorId editor, Request request, Class<T> type) {
        long ticket = last.incrementAndGet();
        CompletableFuture<Object> answer = new CompletableFuture<>();
        open.put(ticket, answer);
        CompletableFuture<T> typed = answer.thenApply(type::cast);
        // A cancelled request is forgotten here; what it did in the conductor stays done.
        typed.whenComplete((result, failure) -> open.remove(ticket));
        if (!mailbox.post(new Input.Asked(editor, ticket, request))) {
            answer.completeExceptionally(new EditorRefusal(EditorError.NOT_READY, "The sidecar is ending."));
        }
        return typed;
    }

    void answer(long ticket, Object result) {
        CompletableFuture<Object> answer = open.remove(ticket);
        if (answer != null) {
            answer.complete(result);
        }
    }

    void refuse(long ticket, EditorError error, String explanation) {
        CompletableFuture<Object> answer = open.remove(ticket);
        if (answer != null) {
            answer.completeExceptionally(new EditorRefusal(error, explanation));
        }
    }
}
