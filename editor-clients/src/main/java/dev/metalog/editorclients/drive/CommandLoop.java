package dev.metalog.editorclients.drive;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.metalog.editorclients.headless.EditorEvent;
import dev.metalog.editorclients.headless.HeadlessDocument;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.headless.Other;
import dev.metalog.editorclients.sidecar.SidecarException;
import dev.metalog.editorclients.sidecar.SidecarSession;
import dev.metalog.editorclients.text.BadTextException;
import dev.metalog.editorclients.text.TextBuffer;
import dev.metalog.editorclients.text.TextChange;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.EditorMessages.PublishParams;
import dev.metalog.protocol.editor.FederationMessages.SendFileParams;
import dev.metalog.protocol.editor.FederationMessages.SendMessageParams;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Reads commands, carries them out on a headless editor, and writes their results.
 *
 * <p>What touches a buffer is done on the reading thread, so in order. What waits (for a text, for the sidecar) answers
 * from another thread when it is done, and holds up nothing. Every command costs exactly one result.
 */
public final class CommandLoop {
    private static final Duration WAIT = Duration.ofSeconds(10);
    /** Every op, and the members it knows beside id, op and path. */
    private static final Map<String, Set<String>> OPS = Map.ofEntries(
            Map.entry("open", Set.of()),
            Map.entry("insert", Set.of("at", "text", "anyway")),
            Map.entry("delete", Set.of("at", "length", "anyway")),
            Map.entry("replace", Set.of("at", "length", "text", "anyway")),
            Map.entry("text", Set.of()),
            Map.entry("digest", Set.of()),
            Map.entry("waitFor", Set.of("text", "sha256", "contains", "timeoutMillis")),
            Map.entry("share", Set.of()),
            Map.entry("join", Set.of("invitation")),
            Map.entry("leave", Set.of()),
            Map.entry("status", Set.of()),
            Map.entry("identity", Set.of()),
            Map.entry("federate", Set.of("broker")),
            Map.entry("announce", Set.of()),
            Map.entry("peers", Set.of()),
            Map.entry("publish", Set.of("topic", "message", "qos", "retain")),
            Map.entry("subscribe", Set.of("topic")),
            Map.entry("unsubscribe", Set.of("topic")),
            Map.entry("sendFile", Set.of("file", "content")),
            Map.entry("sendMessage", Set.of("peerId", "payload")),
            Map.entry("look", Set.of("at", "anchor")),
            Map.entry("type", Set.of("text")),
            Map.entry("others", Set.of()),
            Map.entry("check", Set.of()),
            Map.entry("save", Set.of()),
            Map.entry("close", Set.of()),
            Map.entry("quit", Set.of()));

    private final HeadlessEditor editor;
    private final LineSource lines;
    private final LineWriter writer;
    /** Commands that will answer later. The reading thread waits for them before it leaves. */
    private final Phaser unanswered = new Phaser(1);

    private volatile HeadlessDocument latest;

    private CommandLoop(HeadlessEditor editor, LineSource lines, LineWriter writer) {
        this.editor = editor;
        this.lines = lines;
        this.writer = writer;
    }

    /** Makes the editor that is to be driven; its events go to the given consumer. */
    @FunctionalInterface
    public interface EditorStarter {
        HeadlessEditor start(Consumer<EditorEvent> events) throws IOException, SidecarException;
    }

    /** Starts an editor, and carries out commands until {@code quit} or the end of the stream; then ends the editor. */
    public static void run(EditorStarter starter, InputStream in, OutputStream out)
            throws IOException, SidecarException {
        LineReader reader = new LineReader(new BufferedInputStream(in), Limits.JSONRPC_BODY_BYTES);
        run(starter, reader, LineSink.of(out));
    }

    static void run(EditorStarter starter, LineSource lines, LineSink sink) throws IOException, SidecarException {
        LineWriter writer = new LineWriter(sink);
        try (HeadlessEditor editor = starter.start(event -> writer.event(event.name(), event.body()))) {
            writer.ready(editor.profile().name());
            CommandLoop loop = new CommandLoop(editor, lines, writer);
            loop.carryOutAll();
            loop.unanswered.arriveAndAwaitAdvance();
        }
    }

    private void carryOutAll() throws IOException {
        boolean more = true;
        while (more) {
            JsonElement id = JsonNull.INSTANCE;
            try {
                String line = lines.next();
                if (line == null) {
                    return;
                }
                if (line.isBlank()) {
                    continue;
                }
                JsonObject object = Command.object(line);
                id = Command.idOf(object);
                more = carryOut(Command.of(object));
            } catch (BadCommandException | BadTextException | IllegalStateException | InvalidPathException e) {
                writer.failure(id, e.getMessage(), 0);
            } catch (IOException e) {
                writer.failure(id, describe(e), 0);
            }
        }
    }

    private boolean carryOut(Command command) throws IOException {
        Set<String> members = OPS.get(command.op());
        if (members == null) {
            throw new BadCommandException(
                    "unknown op \"" + command.op() + "\"; there are " + String.join(", ", new TreeSet<>(OPS.keySet())));
        }
        command.allow(members);
        switch (command.op()) {
            case "open" -> open(command);
            case "insert" -> edit(command, command.number("at"), 0, command.text("text"));
            case "delete" -> edit(command, command.number("at"), command.number("length"), "");
            case "replace" -> edit(command, command.number("at"), command.number("length"), command.text("text"));
            case "text" ->
                answer(command, "text", TextBuffer.withLf(document(command).text()));
            case "digest" -> digest(command);
            case "look" -> look(command);
            case "type" -> type(command);
            case "others" -> others(command);
            case "waitFor" -> waitFor(command);
            case "save" -> answer(command, "bytes", document(command).save());
            case "close" -> close(command);
            case "quit" -> {
                unanswered.arriveAndAwaitAdvance();
                writer.result(command.id(), new JsonObject());
            }
            default -> ask(command);
        }
        return !command.op().equals("quit");
    }

    /** What the sidecar has to be asked; answered when it answers. */
    private void ask(Command command) {
        var requests = editor.requests();
        switch (command.op()) {
            case "share" -> whole(command, requests.share(document(command)));
            case "join" -> join(command);
            case "leave" -> whole(command, requests.leave(document(command)));
            case "status" -> member(command, "status", requests.status());
            case "identity" -> member(command, "identity", requests.identity());
            case "federate" -> member(command, "connection", requests.federationInit(command.optionalText("broker")));
            case "announce" -> whole(command, requests.announce());
            case "peers" -> whole(command, requests.peers());
            case "publish" -> whole(command, requests.publish(publication(command)));
            case "subscribe" -> whole(command, requests.subscribe(command.text("topic")));
            case "unsubscribe" -> whole(command, requests.unsubscribe(command.text("topic")));
            case "sendFile" ->
                whole(command, requests.sendFile(new SendFileParams(command.text("file"), command.text("content"))));
            case "sendMessage" ->
                whole(
                        command,
                        requests.sendMessage(new SendMessageParams(command.text("peerId"), command.text("payload"))));
            case "check" -> whole(command, editor.check(document(command)));
            default -> throw new IllegalStateException(command.op() + " is in the table and has no action");
        }
    }

    private static PublishParams publication(Command command) {
        return new PublishParams(
                command.text("topic"), command.text("message"), command.number("qos", 1), command.flag("retain"));
    }

    private void open(Command command) throws IOException {
        HeadlessDocument document = editor.open(Path.of(command.text("path")));
        latest = document;
        writer.result(command.id(), described(document));
    }

    private static JsonObject described(HeadlessDocument document) {
        JsonObject result = new JsonObject();
        result.addProperty("path", document.path().toString());
        result.addProperty("uri", document.uri());
        result.addProperty("length", document.length());
        return result;
    }

    private void edit(Command command, int at, int length, String text) {
        HeadlessDocument document = document(command);
        int start = document.offsetOfLfOffset(at);
        int end = document.offsetOfLfOffset((int) Math.min((long) at + length, Integer.MAX_VALUE));
        TextChange change = new TextChange(start, end - start, text);
        if (command.flag("anyway")) {
            document.changeAnyway(List.of(change));
        } else {
            document.change(List.of(change));
        }
        answer(command, "length", document.length());
    }

    private void look(Command command) {
        HeadlessDocument document = document(command);
        int at = command.number("at");
        document.look(document.offsetOfLfOffset(command.number("anchor", at)), document.offsetOfLfOffset(at));
        writer.result(command.id(), new JsonObject());
    }

    /** Positions in its text with {@code \n} line ends, as everywhere here. */
    private void others(Command command) {
        HeadlessDocument document = document(command);
        List<Other> others = document.others().stream()
                .map(other -> other.at() < 0
                        ? other
                        : new Other(other.peerId(), other.name(), document.lfOffsetOf(other.at()), other.after()))
                .toList();
        answer(command, "others", others);
    }

    private void type(Command command) {
        HeadlessDocument document = document(command);
        document.type(command.text("text"));
        answer(command, "length", document.length());
    }

    private void digest(Command command) {
        HeadlessDocument document = document(command);
        JsonObject result = new JsonObject();
        result.addProperty("sha256", document.sha256());
        result.addProperty("length", document.length());
        writer.result(command.id(), result);
    }

    private void waitFor(Command command) {
        HeadlessDocument document = document(command);
        Duration timeout = Duration.ofMillis(command.number("timeoutMillis", (int) WAIT.toMillis()));
        whenDone(document.await(condition(command), timeout), (took, failure) -> {
            if (failure == null) {
                answer(command, "waitedMillis", took.toNanos() / 1e6);
            } else if (SidecarSession.explain(failure).getCause() instanceof TimeoutException) {
                writer.failure(command.id(), notSoAfter(timeout, document), 0);
            } else {
                fail(command, failure);
            }
        });
    }

    private static Predicate<String> condition(Command command) {
        long given =
                Stream.of("text", "sha256", "contains").filter(command::has).count();
        if (given != 1) {
            throw new BadCommandException("waitFor needs exactly one of text, sha256 and contains");
        }
        if (command.has("text")) {
            return command.text("text")::equals;
        }
        if (command.has("contains")) {
            String part = command.text("contains");
            return text -> text.contains(part);
        }
        String wanted = command.text("sha256");
        return text -> TextBuffer.sha256(text).equals(wanted);
    }

    private static String notSoAfter(Duration timeout, HeadlessDocument document) {
        String text = document.text();
        String shown =
                text.length() <= 200 ? text : text.substring(0, 100) + " … " + text.substring(text.length() - 100);
        return "not so after " + timeout.toMillis() + " ms; the buffer has " + text.length() + " units, sha256 "
                + document.sha256() + ": " + LineWriter.GSON.toJson(shown);
    }

    private void join(Command command) {
        String invitation = command.text("invitation");
        var asked =
                editor.requests().join(invitation, command.optionalText("path").map(Path::of));
        whenDone(asked, (joined, failure) -> {
            if (failure != null) {
                fail(command, failure);
                return;
            }
            latest = joined.document();
            JsonObject result = described(joined.document());
            result.addProperty("documentId", joined.joined().documentId());
            result.addProperty("arrived", joined.joined().arrived());
            writer.result(command.id(), result);
        });
    }

    private void close(Command command) {
        HeadlessDocument document = document(command);
        document.close();
        if (latest == document) {
            latest = null;
        }
        writer.result(command.id(), new JsonObject());
    }

    private HeadlessDocument document(Command command) {
        if (command.has("path")) {
            String path = command.text("path");
            return editor.document(Path.of(path))
                    .orElseThrow(() -> new BadCommandException(path + " is not open; open it first"));
        }
        HeadlessDocument document = latest;
        if (document == null) {
            throw new BadCommandException("no document is open; open one first");
        }
        return document;
    }

    private void answer(Command command, String name, Object value) {
        JsonObject result = new JsonObject();
        result.add(name, LineWriter.GSON.toJsonTree(value));
        writer.result(command.id(), result);
    }

    /** The members of the sidecar's answer are the members of the result. */
    private void whole(Command command, CompletableFuture<?> asked) {
        later(command, asked, value -> LineWriter.GSON.toJsonTree(value).getAsJsonObject());
    }

    /** The sidecar's answer is one member of the result. */
    private void member(Command command, String name, CompletableFuture<?> asked) {
        later(command, asked, value -> {
            JsonObject result = new JsonObject();
            result.add(name, LineWriter.GSON.toJsonTree(value));
            return result;
        });
    }

    private <T> void later(Command command, CompletableFuture<T> asked, Function<T, JsonObject> shape) {
        whenDone(asked, (value, failure) -> {
            if (failure == null) {
                writer.result(command.id(), shape.apply(value));
            } else {
                fail(command, failure);
            }
        });
    }

    private <T> void whenDone(CompletableFuture<T> asked, BiConsumer<T, Throwable> then) {
        unanswered.register();
        CompletableFuture<T> unused = asked.whenComplete((value, failure) -> {
            try {
                then.accept(value, failure);
            } finally {
                unanswered.arriveAndDeregister();
            }
        });
    }

    private void fail(Command command, Throwable failure) {
        SidecarException why = SidecarSession.explain(failure);
        writer.failure(command.id(), why.getMessage(), why.code());
    }

    private static String describe(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
