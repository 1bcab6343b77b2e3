package dev.metalog.protocol.editor;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The golden files of the editor protocol. A file is named {@code NAME.KIND.json}, where KIND is {@code request}, {@code
 * result}, {@code error} or {@code notification}, and holds one whole JSON-RPC message.
 */
final class GoldenFiles {
    static final Path FOLDER = Path.of("src/main/resources/golden/editor");
    private static final List<String> KINDS = List.of(
            "notification",
            "whole.notification",
            "readOnly.notification",
            "request",
            "result",
            "refused.result",
            "error");
    private static final int LINE_CHARS = 118;
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private GoldenFiles() {}

    /** All files, in no order. */
    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** The files of one message, in the order in which they go over the wire. */
    static List<String> of(String name) {
        return KINDS.stream()
                .map(kind -> name + "." + kind + ".json")
                .filter(file -> Files.exists(FOLDER.resolve(file)))
                .toList();
    }

    static String text(String file) throws IOException {
        return Files.readString(FOLDER.resolve(file));
    }

    static JsonObject json(String file) throws IOException {
        return JsonParser.parseString(text(file)).getAsJsonObject();
    }

    /** The one way the files are laid out: what fits on a line stands on one, everything else member by member. */
    static String layOut(JsonElement element) {
        return layOut(element, "", 0) + "\n";
    }

    private static String layOut(JsonElement element, String indent, int used) {
        String line = onOneLine(element);
        boolean fits = indent.length() + used + line.length() <= LINE_CHARS;
        String inner = indent + "  ";
        if (!fits && element instanceof JsonObject object) {
            return object.entrySet().stream()
                    .map(member -> inner + GSON.toJson(member.getKey()) + ": "
                            + layOut(member.getValue(), inner, member.getKey().length() + 4))
                    .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
        }
        if (!fits && element instanceof JsonArray array) {
            return array.asList().stream()
                    .map(value -> inner + layOut(value, inner, 0))
                    .collect(Collectors.joining(",\n", "[\n", "\n" + indent + "]"));
        }
        return line;
    }

    private static String onOneLine(JsonElement element) {
        if (element instanceof JsonObject object) {
            return object.entrySet().stream()
                    .map(member -> GSON.toJson(member.getKey()) + ": " + onOneLine(member.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (element instanceof JsonArray array) {
            return array.asList().stream().map(GoldenFiles::onOneLine).collect(Collectors.joining(", ", "[", "]"));
        }
        return GSON.toJson(element);
    }
}
