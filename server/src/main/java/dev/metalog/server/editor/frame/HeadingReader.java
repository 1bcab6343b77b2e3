package dev.metalog.server.editor.frame;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.EditorError;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;

/**
 * Reads the heading of a message and, on the way, proves the whole body to be JSON (RFC 8259, to the letter) that nests
 * no deeper than {@link Limits#JSON_NESTING}.
 *
 * <p>The JSON library behind this is lenient, recursive, and forgets the id when it fails; a client deserves an error that
 * names its request. Whatever passes here, the library can read.
 */
public final class HeadingReader {
    private static final Set<String> MEMBERS = Set.of("jsonrpc", "id", "method", "params", "result", "error");
    private static final String NO_ID = "null";
    private static final int ID_CHARS = 256;
    private static final int METHOD_CHARS = 256;

    private final JsonScanner json;
    private final Map<String, String> members = new HashMap<>();
    private boolean repeated;

    private HeadingReader(String body) {
        this.json = new JsonScanner(body);
    }

    /** @throws BadMessage with the code to answer, and the id as far as there is a usable one */
    public static Heading read(String body) throws BadMessage {
        return new HeadingReader(body).read();
    }

    private Heading read() throws BadMessage {
        boolean isObject;
        try {
            isObject = json.startsObject();
            if (isObject) {
                json.object(this::member);
            } else {
                json.value();
            }
            json.end();
        } catch (JsonScanner.NotJson e) {
            throw new BadMessage(
                    ResponseErrorCode.ParseError.getValue(), NO_ID, "A message is not JSON: " + e.getMessage());
        }
        if (!isObject) {
            throw invalid(NO_ID, "it is not an object; batches are not part of LSP");
        }
        String id = id();
        if (json.deepest() > Limits.JSON_NESTING) {
            throw new BadMessage(
                    EditorError.LIMIT.code(),
                    id,
                    "A message nests " + json.deepest() + " deep; the limit is " + Limits.JSON_NESTING + ".");
        }
        if (repeated) {
            throw invalid(id, "it has a member twice");
        }
        if (!"\"2.0\"".equals(members.get("jsonrpc"))) {
            throw invalid(id, "its member 'jsonrpc' is not \"2.0\"");
        }
        return members.containsKey("method") ? call(id) : response(id);
    }

    private void member(String name, String value) {
        if (MEMBERS.contains(name) && members.put(name, value) != null) {
            repeated = true;
        }
    }

    private Heading call(String id) throws BadMessage {
        if (members.containsKey("result") || members.containsKey("error")) {
            throw invalid(id, "it is a call and a response at once");
        }
        String method = members.get("method");
        if (!method.startsWith("\"")) {
            throw invalid(id, "its method is not a string");
        }
        if (method.length() > METHOD_CHARS) {
            throw invalid(id, "its method is longer than " + METHOD_CHARS + " characters");
        }
        String params = members.get("params");
        if (NO_ID.equals(params)) {
            params = null;
        }
        if (params != null && !params.startsWith("{") && !params.startsWith("[")) {
            throw invalid(id, "its params are neither an object nor an array");
        }
        boolean request = members.containsKey("id");
        if (request && !usable(id)) {
            throw invalid(
                    id, "its id is not a string of up to " + ID_CHARS + " characters or a whole number of 32 bits");
        }
        return new Heading(
                request ? Heading.Kind.REQUEST : Heading.Kind.NOTIFICATION, id, JsonScanner.unquote(method), params);
    }

    private Heading response(String id) throws BadMessage {
        if (!members.containsKey("result") && !members.containsKey("error")) {
            throw invalid(id, "it has neither a method nor a result nor an error");
        }
        return new Heading(Heading.Kind.RESPONSE, id, null, null);
    }

    /** The id as it stands in the message, to name the message in an error even when it is no usable id. */
    private String id() {
        String id = members.getOrDefault("id", NO_ID);
        boolean stringOrNumber = "\"-0123456789".indexOf(id.charAt(0)) >= 0;
        return stringOrNumber && id.length() <= ID_CHARS ? id : NO_ID;
    }

    private static boolean usable(String id) {
        if (id.startsWith("\"")) {
            return true;
        }
        try {
            Integer.parseInt(id);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static BadMessage invalid(String id, String why) {
        return new BadMessage(
                ResponseErrorCode.InvalidRequest.getValue(),
                id,
                "A message is not a JSON-RPC 2.0 request, response or notification: " + why + ".");
    }
}
