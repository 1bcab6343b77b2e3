package dev.metalog.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.metalog.editorclients.drive.DrivenEditor;
import dev.metalog.editorclients.drive.EditorRefusal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A driven editor that is waited for, and that remembers the events it told of. */
final class Driven implements AutoCloseable {
    private final DrivenEditor editor;
    private final Seat seat;
    private final List<JsonObject> events = new CopyOnWriteArrayList<>();

    Driven(DrivenEditor editor, Seat seat) {
        this.editor = editor;
        this.seat = seat;
        editor.onEvent(events::add);
    }

    String name() {
        return editor.name();
    }

    Seat seat() {
        return seat;
    }

    DrivenEditor raw() {
        return editor;
    }

    JsonObject call(String op, Map<String, ?> members) {
        return now(editor.call(op, members));
    }

    /** What the editor says when it refuses this command. */
    EditorRefusal refusal(String op, Map<String, ?> members) {
        try {
            JsonObject result = done(editor.call(op, members));
            throw new AssertionError(name() + " did not refuse " + op + " " + members + ": " + result);
        } catch (ExecutionException e) {
            return (EditorRefusal) e.getCause();
        }
    }

    /** Waits until the sidecar is connected to its broker. */
    Driven federated() {
        call("federate", Map.of());
        return this;
    }

    void open(Path file) {
        now(editor.open(file));
    }

    String share() {
        return now(editor.share());
    }

    void join(String invitation, Path file) {
        now(editor.join(invitation, Optional.of(file)));
    }

    String text() {
        return now(editor.text());
    }

    void insert(int at, String text) {
        now(editor.insert(at, text));
    }

    void waitForContains(String part) {
        now(editor.waitForContains(part, Rig.PATIENCE));
    }

    void waitForText(String text) {
        call("waitFor", Map.of("text", text, "timeoutMillis", Rig.PATIENCE.toMillis()));
    }

    List<JsonObject> events(String event) {
        return events.stream()
                .filter(said -> said.get("event").getAsString().equals(event))
                .toList();
    }

    /** Waits for an event of this name, told before or after this call. */
    JsonObject event(String event, Predicate<JsonObject> like) {
        return Rig.await(name() + " tells of " + event)
                .until(() -> events(event).stream().filter(like).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    /** The identity's peer id. */
    String peerId() {
        return call("identity", Map.of())
                .getAsJsonObject("identity")
                .get("peerId")
                .getAsString();
    }

    @Override
    public void close() {
        editor.close();
    }

    static <T> T now(CompletableFuture<T> result) {
        try {
            return done(result);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        }
    }

    private static <T> T done(CompletableFuture<T> result) throws ExecutionException {
        try {
            return result.get(Rig.PATIENCE.toSeconds() + 15, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer within " + (Rig.PATIENCE.toSeconds() + 15) + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Both show one text. */
    static void assertConverged(Driven first, Driven second) {
        Rig.await(first.name() + " and " + second.name() + " show one text")
                .untilAsserted(() -> assertThat(second.text()).isEqualTo(first.text()));
    }
}
