package dev.metalog.server.editor;

import static java.util.Map.entry;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.metalog.protocol.editor.BlackboardMessages.BoardJoinParams;
import dev.metalog.protocol.editor.BlackboardMessages.ListParams;
import dev.metalog.protocol.editor.BlackboardMessages.SyncParams;
import dev.metalog.protocol.editor.BlackboardMessages.WatchParams;
import dev.metalog.protocol.editor.BlackboardMessages.WriteParams;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages.FederationInitParams;
import dev.metalog.protocol.editor.EditorMessages.JoinParams;
import dev.metalog.protocol.editor.MemberMessages.AnswerParams;
import dev.metalog.protocol.editor.MemberMessages.InviteParams;
import dev.metalog.protocol.editor.MemberMessages.RemoveParams;
import dev.metalog.protocol.editor.MemberMessages.RoleParams;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import org.eclipse.lsp4j.jsonrpc.json.JsonRpcMethod;

/**
 * Compares the parameters of a {@code meta-log/*} request with the record that declares them. The JSON library would take
 * an absent number for 0, a quoted one for a number, and would not say which member is wrong.
 */
final class RequestParams {
    /** What may be absent; everything else is required. */
    private static final Map<Class<?>, Set<String>> OPTIONAL = Map.ofEntries(
            entry(FederationInitParams.class, Set.of("broker")),
            entry(JoinParams.class, Set.of("uri", "allow", "name")),
            entry(InviteParams.class, Set.of("kind", "role", "name", "yes")),
            entry(AnswerParams.class, Set.of("role")),
            entry(RoleParams.class, Set.of("workspace")),
            entry(RemoveParams.class, Set.of("workspace")),
            entry(WriteParams.class, Set.of("ttlSeconds")),
            entry(ListParams.class, Set.of("namespace", "after")),
            entry(WatchParams.class, Set.of("namespace")),
            entry(SyncParams.class, Set.of("peerId")),
            entry(BoardJoinParams.class, Set.of("merge")));

    private RequestParams() {}

    /**
     * @param params JSON text; null when absent
     * @throws EditorRefusal that names the first member that does not fit
     */
    static void check(JsonRpcMethod method, String params) {
        Type[] types = method.getParameterTypes();
        if (types.length == 0) {
            return;
        }
        Class<?> type = (Class<?>) types[0];
        Set<String> optional = OPTIONAL.getOrDefault(type, Set.of());
        JsonElement given = params == null ? new JsonObject() : JsonParser.parseString(params);
        if (!given.isJsonObject()) {
            throw refusal(method, "needs its params by name, in an object");
        }
        for (RecordComponent component : type.getRecordComponents()) {
            JsonElement value = given.getAsJsonObject().get(component.getName());
            boolean absent = value == null || value.isJsonNull();
            if (absent && !optional.contains(component.getName())) {
                throw refusal(method, "needs '" + component.getName() + "', " + described(component.getType()));
            }
            if (!absent && !fits(component.getType(), value)) {
                throw refusal(
                        method,
                        "wants '" + component.getName() + "' to be " + described(component.getType()) + ", not "
                                + kind(value));
            }
        }
    }

    private static boolean fits(Class<?> type, JsonElement value) {
        if (!(value instanceof JsonPrimitive primitive)) {
            return false;
        }
        if (type == int.class) {
            return primitive.isNumber() && isInt(primitive.getAsString());
        }
        return isBoolean(type) ? primitive.isBoolean() : primitive.isString();
    }

    private static boolean isBoolean(Class<?> type) {
        return type == boolean.class || type == Boolean.class;
    }

    private static boolean isInt(String number) {
        try {
            new BigDecimal(number).intValueExact();
            return true;
        } catch (ArithmeticException | NumberFormatException e) {
            return false;
        }
    }

    private static String described(Class<?> type) {
        if (type == int.class) {
            return "a whole number of 32 bits";
        }
        return isBoolean(type) ? "true or false" : "a string";
    }

    private static String kind(JsonElement value) {
        if (value.isJsonPrimitive()) {
            JsonPrimitive primitive = value.getAsJsonPrimitive();
            return primitive.isString() ? "a string" : primitive.isNumber() ? "this number" : "true or false";
        }
        return value.isJsonArray() ? "an array" : "an object";
    }

    private static EditorRefusal refusal(JsonRpcMethod method, String why) {
        return new EditorRefusal(EditorError.BAD_PARAMS, method.getMethodName() + " " + why + ".");
    }
}
