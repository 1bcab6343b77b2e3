package dev.metalog.editorclients.drive;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Any editor that understands the lines of {@code editor-clients/driving.md}: the headless one in this process or in its
 * own, a real Emacs, a real VS Code. {@link EditorStart} makes one.
 *
 * <p>Every command answers with a future, so many can be under way; the editor carries out those that touch a buffer in
 * the order they were given. A future fails with {@link EditorRefusal} when the editor refused, and when it has gone.
 * Futures are completed on the thread that reads the lines: what is hung onto them must not wait.
 */
public final class DrivenEditor implements AutoCloseable {
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    /** What the lines travel on. */
    interface Line {
        LineSource fromEditor();

        LineSink toEditor();

        /** Ends the editor and everything it started, at the latest after the given time. */
        void end(Duration patience);
    }

    private final Line line;
    private final String greeting;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> unanswered = new ConcurrentHashMap<>();
    private final List<Consumer<JsonObject>> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private volatile boolean gone;

    private DrivenEditor(Line line, String greeting) {
        this.line = line;
        this.greeting = greeting;
        Thread reader = new Thread(this::read, "from-" + greeting);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Waits until the editor at the other end says that it is ready.
     *
     * @throws IOException when it does not within the time, or ends before
     */
    static DrivenEditor meet(Line line, String what, Duration patience) throws IOException {
        DrivenEditor editor = new DrivenEditor(line, what);
        try {
            editor.ready.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return editor;
        } catch (TimeoutException e) {
            line.end(Duration.ZERO);
            throw new IOException(what + " was not ready after " + patience.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            line.end(Duration.ZERO);
            throw new IOException(what + " ended before it was ready", e.getCause());
        } catch (InterruptedException e) {
            line.end(Duration.ZERO);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + what + " started", e);
        }
    }

    /** What the editor calls itself, such as {@code Emacs 28.2}. */
    public String name() {
        return ready.getNow(greeting);
    }

    /** Hears of every event, on the thread that reads the lines: must not wait. */
    public void onEvent(Consumer<JsonObject> listener) {
        listeners.add(listener);
    }

    /** Opens a file; later commands act on it. */
    public CompletableFuture<JsonObject> open(Path path) {
        return call("open", Map.of("path", path.toString()));
    }

    /** @return the buffer's length afterwards, in UTF-16 units */
    public CompletableFuture<Integer> insert(int at, String text) {
        return call("insert", Map.of("at", at, "text", text)).thenApply(DrivenEditor::length);
    }

    /** @return the buffer's length afterwards, in UTF-16 units */
    public CompletableFuture<Integer> delete(int at, int length) {
        return call("delete", Map.of("at", at, "length", length)).thenApply(DrivenEditor::length);
    }

    /** @return the buffer's length afterwards, in UTF-16 units */
    public CompletableFuture<Integer> replace(int at, int length, String text) {
        return call("replace", Map.of("at", at, "length", length, "text", text)).thenApply(DrivenEditor::length);
    }

    /** The text with {@code \n} line ends. */
    public CompletableFuture<String> text() {
        return call("text", Map.of()).thenApply(result -> result.get("text").getAsString());
    }

    /** SHA-256 of the text with {@code \n} line ends as UTF-8, in 64 hex digits. */
    public CompletableFuture<String> sha256() {
        return call("digest", Map.of()).thenApply(result -> result.get("sha256").getAsString());
    }

    /** Done as soon as the text contains this; fails when it does not within the time. */
    public CompletableFuture<JsonObject> waitForContains(String part, Duration timeout) {
        return call("waitFor", Map.of("contains", part, "timeoutMillis", timeout.toMillis()));
    }

    /** Done as soon as the text with {@code \n} line ends has this digest; fails when it has not within the time. */
    public CompletableFuture<JsonObject> waitForSha256(String sha256, Duration timeout) {
        return call("waitFor", Map.of("sha256", sha256, "timeoutMillis", timeout.toMillis()));
    }

    /** @return the invitation */
    public CompletableFuture<String> share() {
        return call("share", Map.of())
                .thenApply(result -> result.get("invitation").getAsString());
    }

    /** @param path where the shared text shall be shown; empty leaves it to the sidecar */
    public CompletableFuture<JsonObject> join(String invitation, Optional<Path> path) {
        return path.isPresent()
                ? call(
                        "join",
                        Map.of("invitation", invitation, "path", path.get().toString()))
                : call("join", Map.of("invitation", invitation));
    }

    /** Any command by its name; members are strings, numbers or booleans. */
    public CompletableFuture<JsonObject> call(String op, Map<String, ?> members) {
        int id = lastId.incrementAndGet();
        JsonObject command = new JsonObject();
        command.addProperty("id", id);
        command.addProperty("op", op);
        members.forEach((name, value) -> command.add(name, LineWriter.GSON.toJsonTree(value)));
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        unanswered.put(id, answer);
        try {
            synchronized (line) {
                line.toEditor().accept(LineWriter.GSON.toJson(command));
            }
        } catch (UncheckedIOException e) {
            gone = true;
        }
        if (gone) {
            unanswered.remove(id);
            answer.completeExceptionally(new EditorRefusal(name() + " has gone", 0));
        }
        return answer;
    }

    /** Has the editor quit, and ends it and all it started when it does not within 10 s. */
    @Override
    public void close() {
        if (!gone) {
            CompletableFuture<JsonObject> unused = call("quit", Map.of());
        }
        line.end(FAREWELL);
    }

    private static int length(JsonObject result) {
        return result.get("length").getAsInt();
    }

    private void read() {
        IOException failure = null;
        try {
            for (String next = line.fromEditor().next();
                    next != null;
                    next = line.fromEditor().next()) {
                if (!next.isBlank()) {
                    take(Command.object(next));
                }
            }
        } catch (IOException e) {
            failure = e;
        } catch (BadCommandException e) {
            failure = new IOException(greeting + " said something that is not a line of JSON: " + e.getMessage(), e);
        }
        gone = true;
        ready.completeExceptionally(failure == null ? new IOException("the end of its lines") : failure);
        EditorRefusal why = new EditorRefusal(name() + " has gone", 0);
        if (failure != null) {
            why.initCause(failure);
        }
        unanswered.values().forEach(answer -> answer.completeExceptionally(why));
    }

    private void take(JsonObject said) {
        JsonElement event = said.get("event");
        if (event != null) {
            if (event.getAsString().equals("ready")) {
                ready.complete(said.get("editor").getAsString());
            }
            listeners.forEach(listener -> listener.accept(said));
            return;
        }
        JsonElement id = Command.idOf(said);
        CompletableFuture<JsonObject> answer = id.isJsonPrimitive() ? unanswered.remove(id.getAsInt()) : null;
        if (answer == null) {
            return;
        }
        if (said.get("ok").getAsBoolean()) {
            answer.complete(said);
        } else {
            int code = said.has("code") ? said.get("code").getAsInt() : 0;
            answer.completeExceptionally(new EditorRefusal(said.get("error").getAsString(), code));
        }
    }
}
