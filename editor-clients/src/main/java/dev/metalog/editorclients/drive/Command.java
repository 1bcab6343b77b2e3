package dev.metalog.editorclients.drive;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One command as it was read, with its members taken out by type.
 *
 * @param id echoed in the result; JSON null when there was none
 */
record Command(JsonElement id, String op, JsonObject members) {
    /**
     * Reads any JSON object, strictly.
     *
     * @throws BadCommandException when the line is something else
     */
    static JsonObject object(String line) {
        try (JsonReader reader = new JsonReader(new StringReader(line))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement value = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new BadCommandException("something follows the JSON value on its line");
            }
            if (!value.isJsonObject()) {
                throw new BadCommandException("a command is a JSON object, such as {\"op\":\"text\"}");
            }
            return value.getAsJsonObject();
        } catch (IOException | JsonParseException e) {
            throw new BadCommandException("not JSON: " + e.getMessage());
        }
    }

    static JsonElement idOf(JsonObject object) {
        JsonElement id = object.get("id");
        return id == null ? JsonNull.INSTANCE : id;
    }

    static Command of(JsonObject object) {
        if (!(object.get("op") instanceof JsonPrimitive op) || !op.isString()) {
            throw new BadCommandException("\"op\" is missing: it names what to do");
        }
        return new Command(idOf(object), op.getAsString(), object);
    }

    /** @throws BadCommandException when there is a member that this op does not know, most likely a slip */
    void allow(Set<String> known) {
        Set<String> unknown = new TreeSet<>(members.keySet());
        unknown.removeAll(Set.of("id", "op", "path"));
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new BadCommandException(
                    op + " does not know " + unknown + "; beside id, op and path it knows " + new TreeSet<>(known));
        }
    }

    boolean has(String name) {
        return members.has(name) && !members.get(name).isJsonNull();
    }

    String text(String name) {
        return optionalText(name).orElseThrow(() -> new BadCommandException(op + " needs \"" + name + "\", a string"));
    }

    Optional<String> optionalText(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        if (members.get(name) instanceof JsonPrimitive value && value.isString()) {
            return Optional.of(value.getAsString());
        }
        throw new BadCommandException("\"" + name + "\" of " + op + " is a string");
    }

    int number(String name) {
        if (!has(name)) {
            throw new BadCommandException(op + " needs \"" + name + "\", a whole number");
        }
        return number(name, 0);
    }

    int number(String name, int otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        if (members.get(name) instanceof JsonPrimitive value && value.isNumber()) {
            try {
                return value.getAsBigDecimal().intValueExact();
            } catch (ArithmeticException e) {
                throw new BadCommandException("\"" + name + "\" of " + op + " is a whole number, not " + value);
            }
        }
        throw new BadCommandException("\"" + name + "\" of " + op + " is a whole number");
    }

    boolean flag(String name) {
        if (!has(name)) {
            return false;
        }
        if (members.get(name) instanceof JsonPrimitive value && value.isBoolean()) {
            return value.getAsBoolean();
        }
        throw new BadCommandException("\"" + name + "\" of " + op + " is true or false");
    }
}
