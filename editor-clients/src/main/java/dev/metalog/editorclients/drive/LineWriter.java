package dev.metalog.editorclients.drive;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes results and events, one line each, from any thread. */
final class LineWriter {
    static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private final OutputStream out;

    LineWriter(OutputStream out) {
        this.out = out;
    }

    /** @throws UncheckedIOException when nobody reads any more */
    void write(JsonObject line) {
        byte[] bytes = (GSON.toJson(line) + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            try {
                out.write(bytes);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("the driver does not read any more", e);
            }
        }
    }

    void result(JsonElement id, JsonObject members) {
        JsonObject line = new JsonObject();
        line.add("id", id);
        line.addProperty("ok", true);
        members.entrySet().forEach(member -> line.add(member.getKey(), member.getValue()));
        write(line);
    }

    /** @param code the sidecar's error code, or 0 */
    void failure(JsonElement id, String error, int code) {
        JsonObject line = new JsonObject();
        line.add("id", id);
        line.addProperty("ok", false);
        line.addProperty("error", error);
        if (code != 0) {
            line.addProperty("code", code);
        }
        write(line);
    }

    void event(String name, Object body) {
        JsonObject line = new JsonObject();
        line.addProperty("event", name);
        JsonElement members = GSON.toJsonTree(body);
        if (members.isJsonObject()) {
            members.getAsJsonObject().entrySet().forEach(member -> line.add(member.getKey(), member.getValue()));
        }
        write(line);
    }
}
