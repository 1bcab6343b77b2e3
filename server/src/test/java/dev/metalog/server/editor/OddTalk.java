package dev.metalog.server.editor;

import static dev.metalog.server.editor.EndReason.EXIT_WITHOUT_SHUTDOWN;
import static dev.metalog.server.editor.EndReason.SHUTDOWN_AND_EXIT;

import java.util.stream.Stream;

/** Good messages at the wrong time, with the wrong content, or that nobody knows. */
final class OddTalk {
    private OddTalk() {}

    static Stream<Odd> all() {
        return Stream.of(beforeTheGreeting(), lifecycle(), methods(), params(), documents(), handlers(), responses())
                .flatMap(cases -> cases);
    }

    private static String call(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"" + method + "\",\"params\":" + params + "}";
    }

    private static String tell(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":" + params + "}";
    }

    private static Stream<Odd> beforeTheGreeting() {
        return Stream.of(
                Odd.early("a request before initialize", call("meta-log/peers", "{}"))
                        .replies("error -32002 5"),
                Odd.early("an unknown request before initialize", call("hello", "{}"))
                        .replies("error -32002 5"),
                Odd.early("shutdown before initialize", call("shutdown", "null"))
                        .replies("error -32002 5"),
                Odd.early("a notification before initialize", tell("initialized", "{}")),
                Odd.early("a response before initialize", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1}"),
                Odd.early("exit before initialize", tell("exit", "null")).ends(EXIT_WITHOUT_SHUTDOWN),
                Odd.early("initialize without params", "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"initialize\"}")
                        .replies("error -32602 5"),
                Odd.early("initialize as a notification", tell("initialize", "{}")),
                Odd.early("initialize with a process id in words", call("initialize", "{\"processId\":\"me\"}"))
                        .replies("error -32602 5"),
                Odd.early("initialize with a workspace that is a number", call("initialize", "{\"rootUri\":{}}"))
                        .replies("error -32602 5"),
                Odd.early(
                                "initialize with encodings that are no list",
                                call("initialize", "{\"capabilities\":{\"general\":{\"positionEncodings\":{}}}}"))
                        .replies("error -32602 5"),
                Odd.early(
                                "initialize with protocol version 0",
                                call("initialize", "{\"initializationOptions\":{\"protocolVersion\":0}}"))
                        .replies("error -32602 5"),
                Odd.early(
                                "initialize with an editor name that is a list",
                                call("initialize", "{\"initializationOptions\":{\"editorName\":[]}}"))
                        .replies("error -32602 5"));
    }

    private static Stream<Odd> lifecycle() {
        String shutdown = "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"shutdown\"}";
        return Stream.of(
                Odd.message("a second initialize", call("initialize", "{}")).replies("error -32600 5"),
                Odd.message("initialized a second time", tell("initialized", "{}")),
                Odd.message("shutdown as a notification", tell("shutdown", "null")),
                Odd.message("exit as a request", call("exit", "null")).replies("error -32601 5"),
                Odd.message("exit without shutdown", tell("exit", "null")).ends(EXIT_WITHOUT_SHUTDOWN),
                Odd.message("a request after shutdown", shutdown)
                        .then(call("meta-log/peers", "{}"))
                        .then(tell("exit", "null"))
                        .replies("result 5", "error -32002 5")
                        .ends(SHUTDOWN_AND_EXIT),
                Odd.message("a change after shutdown", shutdown)
                        .then(tell("textDocument/didSave", "{\"textDocument\":{\"uri\":\"u\"}}"))
                        .then(tell("exit", "null"))
                        .replies("result 5")
                        .ends(SHUTDOWN_AND_EXIT),
                Odd.message("shutdown twice and initialize", shutdown)
                        .then(shutdown)
                        .then(call("initialize", "{}"))
                        .then(tell("exit", "{}"))
                        .replies("result 5", "error -32002 5", "error -32002 5")
                        .ends(SHUTDOWN_AND_EXIT),
                Odd.message("more behind exit", tell("exit", "null"))
                        .then(call("meta-log/peers", "{}"))
                        .ends(EXIT_WITHOUT_SHUTDOWN));
    }

    private static Stream<Odd> methods() {
        return Stream.of(
                Odd.message("an unknown request", call("textDocument/hover", "{}"))
                        .replies("error -32601 5"),
                Odd.message("an unknown request of our own", call("meta-log/hello", "{}"))
                        .replies("error -32601 5"),
                Odd.message("an unknown optional request", call("$/hello", "{}"))
                        .replies("error -32601 5"),
                Odd.message("a request without a name", call("", "{}")).replies("error -32601 5"),
                Odd.message("a notification as a request", call("textDocument/didOpen", "{}"))
                        .replies("error -32601 5"),
                Odd.message("a request of ours from the editor", call("workspace/applyEdit", "{}"))
                        .replies("error -32601 5"),
                Odd.message("an unknown notification", tell("workspace/didChangeConfiguration", "{}")),
                Odd.message("an unknown optional notification", tell("$/setTrace", "{\"value\":\"off\"}")),
                Odd.message("a request as a notification", tell("meta-log/peers", "{}")),
                Odd.message("a cancellation of nothing", tell("$/cancelRequest", "{\"id\":99}")),
                Odd.message("a cancellation without params", "{\"jsonrpc\":\"2.0\",\"method\":\"$/cancelRequest\"}"),
                Odd.message("a cancellation of a list", tell("$/cancelRequest", "{\"id\":[1]}")),
                Odd.message("a cancellation as a request", call("$/cancelRequest", "{\"id\":1}"))
                        .replies("error -32601 5"));
    }

    private static Stream<Odd> params() {
        return Stream.of(
                        Odd.message(
                                "no params where some are needed",
                                "{\"jsonrpc\":\"2.0\",\"id\":5," + "\"method\":\"meta-log/share\"}"),
                        Odd.message("params by position", call("meta-log/share", "[\"file:///a\"]")),
                        Odd.message("params in a list", call("meta-log/share", "[{\"uri\":\"file:///a\"}]")),
                        Odd.message("a member missing", call("meta-log/share", "{}")),
                        Odd.message("a member that is null", call("meta-log/share", "{\"uri\":null}")),
                        Odd.message("a number for a string", call("meta-log/share", "{\"uri\":1}")),
                        Odd.message("an object for a string", call("meta-log/sign", "{\"message\":{}}")),
                        Odd.message(
                                "an optional member of the wrong kind",
                                call("meta-log/federationInit", "{\"broker\":1}")),
                        Odd.message("a version missing", call("meta-log/digest", "{\"uri\":\"u\",\"sha256\":\"0\"}")),
                        Odd.message("a version in quotes", call("meta-log/digest", digest("\"1\""))),
                        Odd.message("a version with a fraction", call("meta-log/digest", digest("1.5"))),
                        Odd.message("a version beyond 32 bits", call("meta-log/digest", digest("4294967296"))),
                        Odd.message(
                                "a version with an exponent beyond reason",
                                call("meta-log/digest", digest("1e999999999"))),
                        Odd.message("0 for false", call("meta-log/mqttPublish", publish("0"))),
                        Odd.message("false in quotes", call("meta-log/mqttPublish", publish("\"false\""))),
                        Odd.message("an unknown command", call("workspace/executeCommand", "{\"command\":\"rm\"}")),
                        Odd.message("no command", call("workspace/executeCommand", "{}")),
                        Odd.message("params of a command that are null", call("workspace/executeCommand", "null")),
                        Odd.message(
                                "a command without its argument",
                                call("workspace/executeCommand", "{\"command\":\"meta-log.share\"}")),
                        Odd.message(
                                "a command with an argument of the wrong kind",
                                call(
                                        "workspace/executeCommand",
                                        "{\"command\":\"meta-log.share\",\"arguments\":[{}]}")),
                        Odd.message(
                                "arguments that are no list",
                                call(
                                        "workspace/executeCommand",
                                        "{\"command\":\"meta-log.share\",\"arguments\":\"u\"}")))
                .map(odd -> odd.replies("error -32602 5"));
    }

    private static String digest(String version) {
        return "{\"uri\":\"u\",\"sha256\":\"0\",\"version\":" + version + "}";
    }

    private static String publish(String retain) {
        return "{\"topic\":\"t\",\"message\":\"m\",\"qos\":0,\"retain\":" + retain + "}";
    }

    private static Stream<Odd> documents() {
        String range = "{\"start\":{\"line\":%s,\"character\":0},\"end\":{\"line\":%s,\"character\":%s}}";
        return Stream.of(
                Odd.message("a document without a version", open("{\"uri\":\"u\",\"text\":\"\"}")),
                Odd.message("a document without a text", open("{\"uri\":\"u\",\"version\":1}")),
                Odd.message("a document that is null", open("null")),
                Odd.message("a document that is a list", open("[]")),
                Odd.message("a version that is no number", open("{\"uri\":\"u\",\"text\":\"\",\"version\":[]}")),
                Odd.message("saved without a document", tell("textDocument/didSave", "{}")),
                Odd.message("closed without params", tell("textDocument/didClose", "null")),
                Odd.message("half a surrogate pair", open("{\"uri\":\"u\",\"version\":1,\"text\":\"\\ud83d\"}"))
                        .heard("didOpen u 1 \ud83d"),
                Odd.message("a NUL in a text", open("{\"uri\":\"u\",\"version\":1,\"text\":\"a\\u0000b\"}"))
                        .heard("didOpen u 1 a\0b"),
                Odd.message("no changes, only a version", change("{\"uri\":\"u\",\"version\":4}", "[]"))
                        .heard("didChange u 4 []"),
                Odd.message("a change of no document", change("null", "[]")),
                Odd.message("a change without a version", change("{\"uri\":\"u\"}", "[]"))
                        .heard("changeUnreadable u"),
                Odd.message("a change with a version in words", change("{\"uri\":\"u\",\"version\":\"new\"}", "[]"))
                        .heard("changeUnreadable u"),
                Odd.message("changes missing", change("{\"uri\":\"u\",\"version\":1}", "null"))
                        .heard("changeUnreadable u"),
                Odd.message("changes that are no list", change("{\"uri\":\"u\",\"version\":1}", "{}"))
                        .heard("changeUnreadable u"),
                Odd.message("a change that is null", change("{\"uri\":\"u\",\"version\":1}", "[null]"))
                        .heard("changeUnreadable u"),
                Odd.message("a change without a text", change("{\"uri\":\"u\",\"version\":1}", "[{}]"))
                        .heard("changeUnreadable u"),
                Odd.message("half a range", changeAt("{\"start\":{\"line\":0,\"character\":0}}"))
                        .heard("changeUnreadable u"),
                Odd.message("a position without a character", changeAt("{\"start\":{\"line\":0},\"end\":{\"line\":0}}"))
                        .heard("changeUnreadable u"),
                Odd.message("a negative line", changeAt(range.formatted("-1", "0", "0")))
                        .heard("changeUnreadable u"),
                Odd.message("a line with a fraction", changeAt(range.formatted("0.5", "1", "0")))
                        .heard("changeUnreadable u"),
                Odd.message("a line beyond 32 bits", changeAt(range.formatted("0", "4294967296", "0")))
                        .heard("changeUnreadable u"),
                Odd.message("a range that ends before it starts", changeAt(range.formatted("2", "1", "0")))
                        .heard("changeUnreadable u"),
                Odd.message("a character far behind the line", changeAt(range.formatted("0", "0", "2147483647")))
                        .heard("didChange u 1"));
    }

    private static String open(String document) {
        return tell("textDocument/didOpen", "{\"textDocument\":" + document + "}");
    }

    private static String change(String document, String changes) {
        return tell("textDocument/didChange", "{\"textDocument\":" + document + ",\"contentChanges\":" + changes + "}");
    }

    private static String changeAt(String range) {
        return change("{\"uri\":\"u\",\"version\":1}", "[{\"range\":" + range + ",\"text\":\"x\"}]");
    }

    private static Stream<Odd> handlers() {
        return Stream.of(
                Odd.message("a handler that throws", call("meta-log/mqttSubscribe", "{\"topic\":\"t\"}"))
                        .replies("error -32603 5"),
                Odd.message("a handler that gives no future", call("meta-log/mqttUnsubscribe", "{\"topic\":\"t\"}"))
                        .replies("error -32603 5"),
                Odd.message(
                                "a future that fails",
                                call("meta-log/verify", "{\"peerId\":\"p\",\"signature\":\"s\",\"message\":\"m\"}"))
                        .replies("error -32603 5"),
                Odd.message("a handler that refuses", call("meta-log/leave", "{\"uri\":\"u\"}"))
                        .replies("error -32050 5"),
                Odd.message(
                                "a notification's handler that throws",
                                open("{\"uri\":\"defect\",\"version\":1,\"text\":\"\"}"))
                        .replies("window/showMessage"));
    }

    private static Stream<Odd> responses() {
        return Stream.of(
                Odd.message("a response to nothing", "{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}"),
                Odd.message("a response without an id", "{\"jsonrpc\":\"2.0\",\"result\":{}}"),
                Odd.message("a response whose id is an object", "{\"jsonrpc\":\"2.0\",\"id\":{},\"result\":{}}"),
                Odd.message(
                        "an error without an id",
                        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"?\"}}"),
                Odd.message("an error to nothing", "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":1}"),
                Odd.message("a result and an error", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"error\":{}}"));
    }
}
