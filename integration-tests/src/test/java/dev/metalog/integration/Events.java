package dev.metalog.integration;

import com.google.gson.JsonObject;
import java.util.function.Predicate;

/** What an event or a message is like. */
final class Events {
    private Events() {}

    static Predicate<JsonObject> state(String state) {
        return event -> state.equals(event.get("state").getAsString());
    }

    static Predicate<JsonObject> about(String peerId) {
        return event -> peerId.equals(event.get("peerId").getAsString());
    }

    static Predicate<JsonObject> message(String topic, String message) {
        return event -> topic.equals(event.get("topic").getAsString())
                && message.equals(event.get("message").getAsString());
    }

    static Predicate<JsonObject> errorCode(int code) {
        return message -> message.has("error")
                && message.getAsJsonObject("error").get("code").getAsInt() == code;
    }
}
