package dev.metalog.server.editor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.metalog.protocol.editor.EditorError;
import org.eclipse.lsp4j.jsonrpc.MessageIssueException;
import org.eclipse.lsp4j.jsonrpc.json.MessageJsonHandler;
import org.eclipse.lsp4j.jsonrpc.messages.Message;

/** LSP4J's parser for messages whose heading was read before. */
final class MessageParser {
    private final MessageJsonHandler json;

    MessageParser(MessageJsonHandler json) {
        this.json = json;
    }

    /**
     * The body is known to be JSON and a message, so whatever goes wrong here, and LSP4J and Gson have half a dozen
     * exceptions for it, is a member of the wrong type.
     *
     * @param what the message, for people
     */
    Message parse(String body, String what) {
        try {
            return json.parseMessage(body);
        } catch (RuntimeException e) {
            throw new EditorRefusal(EditorError.BAD_PARAMS, what + " has another shape: " + reason(e));
        }
    }

    private static String reason(RuntimeException thrown) {
        Throwable cause = thrown;
        if (thrown instanceof MessageIssueException issues
                && issues.getIssues().get(0).getCause() != null) {
            cause = issues.getIssues().get(0).getCause();
        }
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        // Gson adds a second line that leads to its own documentation.
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    /** The document that params of the wrong shape are about, if that much can be read; otherwise null. */
    static String documentUri(String params) {
        JsonElement given = JsonParser.parseString(params);
        JsonElement document = given instanceof JsonObject object ? object.get("textDocument") : null;
        JsonElement uri = document instanceof JsonObject object ? object.get("uri") : null;
        return uri != null && uri.isJsonPrimitive() ? uri.getAsString() : null;
    }
}
