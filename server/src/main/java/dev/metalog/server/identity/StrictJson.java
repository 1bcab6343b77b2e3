package dev.metalog.server.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Reads JSON from strangers: one value and nothing behind it, no name twice in one object (two readers could pick
 * different ones and both find the signature good), no deep nesting.
 */
final class StrictJson {
    private StrictJson() {}

    static JsonMapper mapper(int maxDepth) {
        return mapper(maxDepth, true);
    }

    private static JsonMapper mapper(int maxDepth, boolean eachNameOnce) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(maxDepth)
                        .maxNumberLength(64)
                        .build())
                .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, eachNameOnce)
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /** The value, or null when the bytes are not exactly one JSON value within the limits. */
    static JsonNode parse(JsonMapper mapper, byte[] json) {
        try {
            JsonNode value = mapper.readTree(json);
            return value.isMissingNode() ? null : value;
        } catch (JsonProcessingException notJson) {
            return null;
        } catch (IOException e) {
            // Bytes that are in memory are read without an I/O failure, except that Jackson reports malformed UTF-8 as
            // one.
            if (e instanceof java.io.CharConversionException) {
                return null;
            }
            throw new UncheckedIOException(e);
        }
    }

    /** Takes what the other one takes, and names that stand twice. */
    static JsonMapper lenientMapper(int maxDepth) {
        return mapper(maxDepth, false);
    }
}
