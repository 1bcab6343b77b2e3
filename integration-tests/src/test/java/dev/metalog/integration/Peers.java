package dev.metalog.integration;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whom an editor knows. */
final class Peers {
    private Peers() {}

    /** Their ids. */
    static List<String> of(Driven editor) {
        List<String> ids = new ArrayList<>();
        for (JsonElement peer : editor.call("peers", Map.of()).getAsJsonArray("peers")) {
            ids.add(peer.getAsJsonObject().get("peerId").getAsString());
        }
        return ids;
    }
}
