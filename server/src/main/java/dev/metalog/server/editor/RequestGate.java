package dev.metalog.server.editor;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.server.editor.frame.Heading;
import java.util.Map;
import org.eclipse.lsp4j.jsonrpc.RemoteEndpoint;
import org.eclipse.lsp4j.jsonrpc.json.JsonRpcMethod;
import org.eclipse.lsp4j.jsonrpc.messages.RequestMessage;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;

/** Lets a request of a served editor through when there is such a request, it is whole, and not too many wait. */
final class RequestGate {
    private final Map<String, JsonRpcMethod> methods;
    private final MessageParser parser;
    private final Replies replies;
    private final RemoteEndpoint endpoint;

    RequestGate(Map<String, JsonRpcMethod> methods, MessageParser parser, Replies replies, RemoteEndpoint endpoint) {
        this.methods = methods;
        this.parser = parser;
        this.replies = replies;
        this.endpoint = endpoint;
    }

    void admit(Heading heading, String body) {
        String method = heading.method();
        String key = Replies.key(heading.id());
        boolean ours = method.startsWith(LspMethods.META_LOG) && methods.containsKey(method);
        if (!ours && !method.equals(LspMethods.EXECUTE_COMMAND)) {
            replies.error(
                    heading.id(),
                    ResponseErrorCode.MethodNotFound.getValue(),
                    "There is no request '" + method + "'. docs/protocol-editor.md lists those there are.");
        } else if (replies.isUnanswered(key)) {
            replies.error(
                    heading.id(),
                    ResponseErrorCode.InvalidRequest.getValue(),
                    method + " uses an id that an unanswered request has. Give every request its own.");
        } else if (replies.isFull()) {
            replies.error(
                    heading.id(),
                    EditorError.LIMIT.code(),
                    Limits.JSONRPC_REQUESTS_IN_FLIGHT + " requests are unanswered, which is the limit. Wait for one.");
        } else {
            admit(heading, body, key, ours);
        }
    }

    private void admit(Heading heading, String body, String key, boolean ours) {
        RequestMessage request;
        try {
            if (ours) {
                RequestParams.check(methods.get(heading.method()), heading.params());
            }
            request = (RequestMessage) parser.parse(body, heading.method());
        } catch (EditorRefusal e) {
            replies.error(heading.id(), e.error().code(), e.getMessage());
            return;
        }
        if (methods.get(heading.method()).getParameterTypes().length == 0) {
            request.setParams(null);
        }
        replies.begin(key);
        endpoint.consume(request);
    }
}
