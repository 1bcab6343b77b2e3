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
    private record Owed(EditorId editor, CompletableFuture<Object> answer) {}

    private final Mailbox mailbox;
    private final AtomicLong last = new AtomicLong();
    private final Map<Long, Owed> open = new ConcurrentHashMap<>();

    Tickets(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    /** @param type of the result the conductor gives to this request */
    <T> CompletableFuture<T> ask(EditorId editor, Request request, Class<T> type) {
        long ticket = last.incrementAndGet();
        CompletableFuture<Object> answer = new CompletableFuture<>();
        open.put(ticket, new Owed(editor, answer));
        if (!mailbox.post(new Input.Asked(editor, ticket, request))) {
            answer.completeExceptionally(new EditorRefusal(EditorError.NOT_READY, "The sidecar is ending."));
        }
        CompletableFuture<T> told = answer.thenApply(type::cast);
        var unused = told.whenComplete((result, failure) -> {
            if (told.isCancelled() && open.remove(ticket) != null) {
                mailbox.post(new Input.Cancelled(editor, ticket));
            }
        });
        return told;
    }

    void answer(long ticket, Object result) {
        Owed owed = open.remove(ticket);
        if (owed != null) {
            owed.answer().complete(result);
        }
    }

    void refuse(long ticket, EditorError error, String explanation) {
        Owed owed = open.remove(ticket);
        if (owed != null) {
            owed.answer().completeExceptionally(new EditorRefusal(error, explanation));
        }
    }

    /** An editor that is gone is owed nothing. */
    void forget(EditorId editor) {
        open.values().removeIf(owed -> owed.editor().equals(editor));
    }
}
