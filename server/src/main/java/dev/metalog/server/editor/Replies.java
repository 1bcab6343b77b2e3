package dev.metalog.server.editor;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.metalog.protocol.Limits;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.lsp4j.jsonrpc.MessageConsumer;
import org.eclipse.lsp4j.jsonrpc.json.MessageJsonHandler;
import org.eclipse.lsp4j.jsonrpc.messages.Message;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseMessage;

/** What goes to the editor as a message of JSON-RPC's own: replies, errors and requests. Knows what is unanswered. */
final class Replies implements MessageConsumer {
    private final MessageJsonHandler json;
    private final Outbox outbox;
    private final SessionLog log;
    private final Set<String> unanswered = ConcurrentHashMap.newKeySet();

    Replies(MessageJsonHandler json, Outbox outbox, SessionLog log) {
        this.json = json;
        this.outbox = outbox;
        this.log = log;
    }

    boolean isUnanswered(String key) {
        return unanswered.contains(key);
    }

    boolean isFull() {
        return unanswered.size() >= Limits.JSONRPC_REQUESTS_IN_FLIGHT;
    }

    void begin(String key) {
        unanswered.add(key);
    }

    /** Takes the messages of LSP4J's endpoint, on any thread. */
    @Override
    public void consume(Message message) {
        String text;
        try {
            text = json.serialize(message);
        } catch (JsonParseException | IllegalArgumentException | UnsupportedOperationException e) {
            log.defect("The sidecar made a message that cannot be written as JSON.", e);
            if (message instanceof ResponseMessage response) {
                unanswered.remove(response.getId());
                error(
                        json.getGson().toJson(response.getRawId().get()),
                        ResponseErrorCode.InternalError.getValue(),
                        "The sidecar could not write its answer, which is a defect in it.");
            }
            return;
        }
        if (message instanceof ResponseMessage response) {
            unanswered.remove(response.getId());
        }
        outbox.send(text);
    }

    /** @param id JSON text */
    void result(String id, Object result) {
        outbox.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":"
                + json.getGson().toJson(result) + "}");
    }

    /** @param id JSON text; {@code null} in letters when the message at fault has none */
    void error(String id, int code, String message) {
        outbox.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":{\"code\":" + code + ",\"message\":"
                + new JsonPrimitive(message) + "}}");
    }

    /** The id as LSP4J keeps it: it makes no difference between 1 and "1", and so neither do we. */
    static String key(String id) {
        JsonElement parsed = JsonParser.parseString(id);
        return parsed.isJsonPrimitive() ? parsed.getAsString() : id;
    }
}
