package dev.metalog.protocol.blackboard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.Limits;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/**
 * One JSON value as a blackboard keeps it, in one form: no white space, the members of objects in the order of their
 * names, numbers as they were written ({@code 0.50} stays so). Two values are the same when these texts are.
 *
 * @param json at most {@value Limits#BLACKBOARD_VALUE_BYTES} bytes of UTF-8, nested at most {@value
 *     Limits#BLACKBOARD_NESTING} deep, no member twice in one object, no half of a surrogate pair
 */
public record EntryValue(String json) {
    private static final int MOST_NUMBER_CHARS = 64;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Limits.BLACKBOARD_NESTING)
                            .maxNumberLength(MOST_NUMBER_CHARS)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(SerializationFeature.INDENT_OUTPUT)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** @throws IllegalArgumentException when the text is no JSON value in its one form */
    public EntryValue {
        if (!json.equals(inOneForm(json))) {
            throw new IllegalArgumentException("The value is JSON, but not in its one form.");
        }
    }

    /**
     * The value that somebody wrote, brought into its one form.
     *
     * @throws IllegalArgumentException that says what is wrong with it, for people
     */
    public static EntryValue of(String json) {
        return new EntryValue(inOneForm(json));
    }

    /** How much of the blackboard's room it takes. */
    public int bytes() {
        return json.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public String toString() {
        return json;
    }

    private static String inOneForm(String json) {
        // A form is at most a few times as long as another, so this bounds the work before the exact bound is checked.
        if (json.length() > 8 * Limits.BLACKBOARD_VALUE_BYTES) {
            throw tooLong();
        }
        String text;
        try {
            JsonNode value = JSON.readTree(json);
            if (value.isMissingNode()) {
                throw new IllegalArgumentException("The value is empty. Give JSON, such as 1, \"text\" or {}.");
            }
            text = JSON.writeValueAsString(sorted(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "The value is not JSON that can be kept (" + e.getOriginalMessage() + "). Strings stand in double"
                            + " quotes, and it may be nested " + Limits.BLACKBOARD_NESTING + " deep.",
                    e);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("The value has a number that is too large. Give it as a string.", e);
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > Limits.BLACKBOARD_VALUE_BYTES) {
            throw tooLong();
        }
        if (!new String(utf8, StandardCharsets.UTF_8).equals(text)) {
            throw new IllegalArgumentException("The value holds half of a surrogate pair, which has no UTF-8.");
        }
        return text;
    }

    private static IllegalArgumentException tooLong() {
        return new IllegalArgumentException("The value is longer than " + Limits.BLACKBOARD_VALUE_BYTES
                + " bytes. Share a long text as a document, and keep its name here.");
    }

    private static JsonNode sorted(JsonNode value) {
        if (value.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode(value.size());
            value.forEach(item -> array.add(sorted(item)));
            return array;
        }
        if (!value.isObject()) {
            return value;
        }
        TreeMap<String, JsonNode> members = new TreeMap<>();
        value.properties().forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        members.forEach(object::set);
        return object;
    }
}
