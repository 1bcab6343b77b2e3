package dev.metalog.server.editor;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages.JoinParams;
import dev.metalog.protocol.editor.EditorMessages.LeaveParams;
import dev.metalog.protocol.editor.EditorMessages.ShareParams;
import dev.metalog.protocol.editor.MetaLogServer;
import dev.metalog.server.editor.LspMessages.ExecuteCommandParams;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code workspace/executeCommand}: the requests a stock LSP client can make, with the same results. */
final class Commands {
    static final List<String> NAMES =
            List.of("meta-log.share", "meta-log.join", "meta-log.leave", "meta-log.peers", "meta-log.status");

    private Commands() {}

    static CompletableFuture<?> run(MetaLogServer server, ExecuteCommandParams params) {
        if (params == null || params.command() == null) {
            throw refusal("workspace/executeCommand needs 'command'.");
        }
        String command = params.command();
        JsonArray arguments = params.arguments() == null ? new JsonArray() : params.arguments();
        return switch (command) {
            case "meta-log.share" -> server.share(new ShareParams(string(command, arguments, 0, "the document's URI")));
            case "meta-log.join" ->
                server.join(new JoinParams(
                        string(command, arguments, 0, "the invitation"),
                        stringOrNull(command, arguments, 1),
                        isTrue(arguments, 2)));
            case "meta-log.leave" -> server.leave(new LeaveParams(string(command, arguments, 0, "the document's URI")));
            case "meta-log.peers" -> server.peers();
            case "meta-log.status" -> server.status();
            default -> throw refusal("There is no command '" + command + "'. There are " + NAMES + ".");
        };
    }

    private static String string(String command, JsonArray arguments, int index, String what) {
        String argument = stringOrNull(command, arguments, index);
        if (argument == null) {
            throw refusal(command + " needs " + what + " as argument " + (index + 1) + ".");
        }
        return argument;
    }

    private static String stringOrNull(String command, JsonArray arguments, int index) {
        if (index >= arguments.size() || arguments.get(index).isJsonNull()) {
            return null;
        }
        JsonElement argument = arguments.get(index);
        if (!argument.isJsonPrimitive() || !argument.getAsJsonPrimitive().isString()) {
            throw refusal(command + " wants argument " + (index + 1) + " to be a string.");
        }
        return argument.getAsString();
    }

    private static boolean isTrue(JsonArray arguments, int index) {
        JsonElement argument = index < arguments.size() ? arguments.get(index) : JsonNull.INSTANCE;
        return argument.isJsonPrimitive() && argument.getAsJsonPrimitive().isBoolean() && argument.getAsBoolean();
    }

    private static EditorRefusal refusal(String message) {
        return new EditorRefusal(EditorError.BAD_PARAMS, message);
    }
}
