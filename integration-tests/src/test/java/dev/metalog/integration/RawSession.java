package dev.metalog.integration;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A sidecar process and the bare JSON-RPC spoken with it, for what no decent editor would say. */
final class RawSession implements AutoCloseable {
    private static final Gson GSON = new GsonBuilder().serializeNulls().create();

    /** Answers a request of the sidecar; called on the reading thread. */
    @FunctionalInterface
    interface Answerer {
        /** @return the result */
        JsonElement answer(String method, JsonObject params);
    }

    private final Process process;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> unanswered = new ConcurrentHashMap<>();
    private final List<JsonObject> heard = new CopyOnWriteArrayList<>();
    private volatile Answerer answerer = (method, params) -> new JsonObject();

    private RawSession(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "raw-session");
        reader.setDaemon(true);
        reader.start();
    }

    static RawSession start(Rig rig, Seat seat) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Product.serve())
                .directory(seat.workspace().toFile())
                .redirectError(Redirect.appendTo(seat.log().toFile()));
        builder.environment().putAll(seat.environment());
        return rig.keep(new RawSession(builder.start()));
    }

    /** Started and initialized as a stock LSP client does it. */
    static RawSession initialized(Rig rig, Seat seat) throws IOException {
        RawSession session = start(rig, seat);
        result(session.initialize(seat));
        session.tell("initialized", new JsonObject());
        return session;
    }

    /** Asks {@code initialize}; the reply may be an error. */
    JsonObject initialize(Seat seat) throws IOException {
        JsonObject params = object(Map.of(
                "processId",
                ProcessHandle.current().pid(),
                "rootUri",
                seat.workspace().toUri().toString(),
                "capabilities",
                Map.of("general", Map.of("positionEncodings", List.of("utf-16")))));
        return ask("initialize", params);
    }

    void answering(Answerer how) {
        answerer = how;
    }

    Process process() {
        return process;
    }

    /** Sends a request and gives the whole reply: a result or an error. */
    JsonObject ask(String method, JsonElement params) throws IOException {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonObject> reply = new CompletableFuture<>();
        unanswered.put(id, reply);
        JsonObject request = new JsonObject();
        request.addProperty("jsonrpc", "2.0");
        request.addProperty("id", id);
        request.addProperty("method", method);
        if (params != null) {
            request.add("params", params);
        }
        send(GSON.toJson(request));
        return Driven.now(reply);
    }

    void tell(String method, JsonElement params) throws IOException {
        JsonObject notification = new JsonObject();
        notification.addProperty("jsonrpc", "2.0");
        notification.addProperty("method", method);
        notification.add("params", params);
        send(GSON.toJson(notification));
    }

    /** Sends a body as it is, in a well-formed frame. */
    void send(String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            var out = process.getOutputStream();
            out.write(("Content-Length: " + bytes.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.flush();
        }
    }

    /** The first message like this that was heard or will be heard and is no reply to {@link #ask}. */
    JsonObject hears(String what, Predicate<JsonObject> like) {
        return Rig.await("the sidecar says " + what)
                .until(() -> heard.stream().filter(like).findFirst(), java.util.Optional::isPresent)
                .orElseThrow();
    }

    static JsonObject result(JsonObject reply) {
        if (!reply.has("result")) {
            throw new AssertionError("refused: " + reply);
        }
        return reply.get("result").isJsonObject() ? reply.getAsJsonObject("result") : new JsonObject();
    }

    static JsonObject error(JsonObject reply) {
        if (!reply.has("error")) {
            throw new AssertionError("not refused: " + reply);
        }
        return reply.getAsJsonObject("error");
    }

    static JsonObject object(Map<String, ?> members) {
        return GSON.toJsonTree(members).getAsJsonObject();
    }

    /** Takes leave as LSP wants it. Returns the exit code. */
    int leave() throws IOException {
        result(ask("shutdown", null));
        tell("exit", new JsonObject());
        return exitCode();
    }

    int exitCode() {
        return process.onExit()
                .orTimeout(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join()
                .exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private void read() {
        try (InputStream in = new BufferedInputStream(process.getInputStream())) {
            for (String body = body(in); body != null; body = body(in)) {
                take(JsonParser.parseString(body).getAsJsonObject());
            }
        } catch (IOException | RuntimeException e) {
            unanswered.values().forEach(reply -> reply.completeExceptionally(e));
        }
        EOFException end = new EOFException("the sidecar has ended");
        unanswered.values().forEach(reply -> reply.completeExceptionally(end));
    }

    private void take(JsonObject message) throws IOException {
        if (message.has("method")) {
            heard.add(message);
            if (message.has("id")) {
                JsonElement params = message.has("params") ? message.get("params") : new JsonObject();
                JsonObject reply = new JsonObject();
                reply.addProperty("jsonrpc", "2.0");
                reply.add("id", message.get("id"));
                reply.add("result", answerer.answer(message.get("method").getAsString(), params.getAsJsonObject()));
                send(GSON.toJson(reply));
            }
            return;
        }
        JsonElement id = message.get("id");
        CompletableFuture<JsonObject> asked =
                id != null && id.isJsonPrimitive() && id.getAsJsonPrimitive().isNumber()
                        ? unanswered.remove(id.getAsInt())
                        : null;
        if (asked == null) {
            heard.add(message);
        } else {
            asked.complete(message);
        }
    }

    /** The next body, or {@code null} at the end. */
    private static String body(InputStream in) {
        try {
            int length = -1;
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                if (line.startsWith("Content-Length: ")) {
                    length = Integer.parseInt(line.substring("Content-Length: ".length()));
                }
            }
            return new String(in.readNBytes(length), StandardCharsets.UTF_8);
        } catch (EOFException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
