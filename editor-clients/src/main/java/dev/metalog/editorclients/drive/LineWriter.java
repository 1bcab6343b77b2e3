package dev.metalog.editorclients.drive;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** Writes results and events, one line each, from any thread. */
final class LineWriter {
    static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private final LineSink sink;

    LineWriter(LineSink sink) {
        this.sink = sink;
    }

    private void write(JsonObject line) {
        String json = GSON.toJson(line);
        synchronized (this) {
            sink.accept(json);
        }
    }

    void ready(String editor) {
        JsonObject line = new JsonObject();
        line.addProperty("event", "ready");
        line.addProperty("editor", editor);
        write(line);
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
