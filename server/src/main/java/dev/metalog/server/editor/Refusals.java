package dev.metalog.server.editor;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;

/** Turns what a handler threw, or put into its future, into the error of a reply. */
final class Refusals implements Function<Throwable, ResponseError> {
    private final SessionLog log;

    Refusals(SessionLog log) {
        this.log = log;
    }

    @Override
    public ResponseError apply(Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        if (cause instanceof EditorRefusal refusal) {
            return new ResponseError(refusal.error().code(), refusal.getMessage(), null);
        }
        log.defect("The sidecar failed on a request.", cause);
        return new ResponseError(
                ResponseErrorCode.InternalError,
                "The sidecar failed on this request, which is a defect in it: " + cause
                        + ". Nothing else is affected; its log on standard error tells more.",
                null);
    }

    /** Futures wrap once, reflection wraps once more, and LSP4J once more than that. */
    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null
                && (cause instanceof CompletionException
                        || cause instanceof InvocationTargetException
                        || cause.getClass() == RuntimeException.class)) {
            cause = cause.getCause();
        }
        return cause;
    }
}
