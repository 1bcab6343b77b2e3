package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/**
 * The one way to write a JSON value that everybody can compute, so that it can be signed (RFC 8785): no white space,
 * members sorted by the UTF-16 units of their names, numbers as {@linkplain EcmaNumber ECMAScript prints them}, the
 * shortest escapes.
 *
 * <p>Refused instead of guessed: numbers that are not finite, integers that no double holds exactly (two different ones
 * would be signed alike), halves of surrogate pairs (they have no UTF-8), and nesting deeper than {@value #MAX_DEPTH}.
 */
public final class CanonicalJson {
    static final int MAX_DEPTH = 64;

    private static final long LARGEST_SAFE_INTEGER = 1L << 53;

    private CanonicalJson() {}

    /**
     * The canonical UTF-8 bytes of a value.
     *
     * @throws IdentityRefused with {@code NOT_CANONICAL} for a value that has no canonical form
     */
    public static byte[] bytes(JsonNode value) throws IdentityRefused {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    static String text(JsonNode value) throws IdentityRefused {
        StringBuilder out = new StringBuilder();
        write(value, out, 0);
        return out.toString();
    }

    private static void write(JsonNode value, StringBuilder out, int depth) throws IdentityRefused {
        if (depth > MAX_DEPTH) {
            throw refused("it is nested deeper than " + MAX_DEPTH);
        }
        switch (value.getNodeType()) {
            case OBJECT -> writeObject(value, out, depth);
            case ARRAY -> writeArray(value, out, depth);
            case STRING -> writeString(value.textValue(), out);
            case NUMBER -> out.append(number(value));
            case BOOLEAN -> out.append(value.booleanValue());
            case NULL -> out.append("null");
            case BINARY, MISSING, POJO -> throw refused("it holds something that is not JSON");
        }
    }

    private static void writeObject(JsonNode object, StringBuilder out, int depth) throws IdentityRefused {
        List<String> names = new ArrayList<>(object.size());
        object.fieldNames().forEachRemaining(names::add);
        // The natural order of Java strings is the order of their UTF-16 units, which is what the RFC asks for.
        Collections.sort(names);
        out.append('{');
        String separator = "";
        for (String name : names) {
            out.append(separator);
            writeString(name, out);
            out.append(':');
            write(object.get(name), out, depth + 1);
            separator = ",";
        }
        out.append('}');
    }

    private static void writeArray(JsonNode array, StringBuilder out, int depth) throws IdentityRefused {
        out.append('[');
        String separator = "";
        for (JsonNode item : array) {
            out.append(separator);
            write(item, out, depth + 1);
            separator = ",";
        }
        out.append(']');
    }

    private static void writeString(String text, StringBuilder out) throws IdentityRefused {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.append(unit).append(text.charAt(++i));
            } else if (Character.isSurrogate(unit)) {
                throw refused("a string holds half of a surrogate pair");
            } else {
                writeUnit(unit, out);
            }
        }
        out.append('"');
    }

    private static void writeUnit(char unit, StringBuilder out) {
        switch (unit) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\b' -> out.append("\\b");
            case '\t' -> out.append("\\t");
            case '\n' -> out.append("\\n");
            case '\f' -> out.append("\\f");
            case '\r' -> out.append("\\r");
            default -> {
                if (unit < 0x20) {
                    out.append("\\u00").append(HexFormat.of().toHexDigits((byte) unit));
                } else {
                    out.append(unit);
                }
            }
        }
    }

    private static String number(JsonNode value) throws IdentityRefused {
        if (value.canConvertToLong() && value.isIntegralNumber()) {
            long exact = value.longValue();
            if (Math.abs(exact) <= LARGEST_SAFE_INTEGER && exact != Long.MIN_VALUE) {
                return Long.toString(exact);
            }
        }
        double nearest = value.doubleValue();
        if (!Double.isFinite(nearest)) {
            throw refused("a number is not finite");
        }
        if (value.isIntegralNumber() && new BigDecimal(nearest).compareTo(value.decimalValue()) != 0) {
            throw refused("an integer is too large to be exact; send it as a string");
        }
        return EcmaNumber.text(nearest);
    }

    private static IdentityRefused refused(String why) {
        return new IdentityRefused(
                IdentityRefused.Reason.NOT_CANONICAL, "This JSON value cannot be signed (RFC 8785): " + why + ".");
    }
}
