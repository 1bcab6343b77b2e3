package dev.metalog.integration;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A plain LSP client with one document: what the generic client of any editor does, and no more. It knows no message of
 * ours; it shares and joins by {@code workspace/executeCommand}.
 */
final class StockClient implements AutoCloseable {
    /** How such clients differ in telling what was typed. */
    enum Reports {
        /** Every change by itself, before an edit is answered, as vscode-languageclient does. */
        AT_ONCE,
        /** The whole text with every change, as clients do that know nothing else. */
        WHOLE_TEXTS,
        /** What was collected until an idle timer runs, after an edit was answered, as Eglot does. */
        WHEN_IDLE
    }

    private static final long IDLE_MILLIS = 60;

    private final RawSession session;
    private final Reports reports;
    private final ScheduledExecutorService idle = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "idle-timer");
        thread.setDaemon(true);
        return thread;
    });

    private String uri;
    private final StringBuilder text = new StringBuilder();
    private int version;
    private boolean open;
    private boolean refusing;
    private int applied;
    private int refused;
    private int uncalledFor;
    private final JsonArray unreported = new JsonArray();

    private StockClient(RawSession session, Reports reports) {
        this.session = session;
        this.reports = reports;
    }

    /** Started and initialized; says what every client says and nothing about encodings, so they are UTF-16. */
    static StockClient start(Rig rig, Seat seat, Reports reports) throws IOException {
        RawSession session = RawSession.start(rig, seat);
        StockClient client = rig.keep(new StockClient(session, reports));
        session.answering(client::answer);
        String root = seat.workspace().toUri().toString();
        JsonObject result = RawSession.result(session.ask(
                "initialize",
                RawSession.object(Map.of(
                        "processId",
                        ProcessHandle.current().pid(),
                        "clientInfo",
                        Map.of("name", "plain client"),
                        "rootUri",
                        root,
                        "workspaceFolders",
                        List.of(Map.of("uri", root, "name", "w")),
                        "capabilities",
                        Map.of(
                                "workspace",
                                Map.of("applyEdit", true, "workspaceEdit", Map.of("documentChanges", true)),
                                "textDocument",
                                Map.of("synchronization", Map.of("didSave", true)))))));
        if (!result.getAsJsonObject("capabilities")
                .get("positionEncoding")
                .getAsString()
                .equals("utf-16")) {
            throw new AssertionError("a client that names no encoding speaks utf-16: " + result);
        }
        session.tell("initialized", new JsonObject());
        ScheduledFuture<?> unused =
                client.idle.scheduleWithFixedDelay(client::flush, IDLE_MILLIS, IDLE_MILLIS, TimeUnit.MILLISECONDS);
        return client;
    }

    RawSession session() {
        return session;
    }

    synchronized void open(Path file, String shown) throws IOException {
        uri = file.toUri().toString();
        text.setLength(0);
        text.append(shown);
        version = 0;
        open = true;
        session.tell(
                "textDocument/didOpen",
                RawSession.object(Map.of(
                        "textDocument", Map.of("uri", uri, "languageId", "text", "version", version, "text", shown))));
    }

    /** @return the invitation */
    String share() throws IOException {
        return RawSession.result(execute("meta-log.share", uri))
                .get("invitation")
                .getAsString();
    }

    JsonObject join(String invitation) throws IOException {
        return RawSession.result(execute("meta-log.join", invitation, uri));
    }

    /** The whole reply. */
    JsonObject execute(String command, String... arguments) throws IOException {
        return session.ask(
                "workspace/executeCommand",
                RawSession.object(Map.of("command", command, "arguments", List.of(arguments))));
    }

    synchronized String text() {
        return text.toString();
    }

    synchronized int length() {
        return text.length();
    }

    synchronized int refused() {
        return refused;
    }

    synchronized int applied() {
        return applied;
    }

    /** Edits for a document that was not open, or without a version. */
    synchronized int uncalledFor() {
        return uncalledFor;
    }

    /** Whether edits are refused whatever they are for, as by a read-only buffer. */
    synchronized void refuse(boolean all) {
        refusing = all;
    }

    /**
     * Types at an offset, and reports it in this client's manner.
     *
     * @return false when the offset is not in the text any more, or splits a character
     */
    synchronized boolean type(int at, int removed, String inserted) {
        int end = at + removed;
        if (end > text.length() || splits(at) || splits(end)) {
            return false;
        }
        replace(at, end, inserted);
        if (reports != Reports.WHEN_IDLE) {
            flush();
        }
        return true;
    }

    synchronized void save() throws IOException {
        flush();
        session.tell("textDocument/didSave", RawSession.object(Map.of("textDocument", Map.of("uri", uri))));
    }

    synchronized void closeDocument() throws IOException {
        flush();
        open = false;
        session.tell("textDocument/didClose", RawSession.object(Map.of("textDocument", Map.of("uri", uri))));
    }

    @Override
    public void close() {
        idle.shutdownNow();
    }

    private boolean splits(int at) {
        return at > 0
                && at < text.length()
                && Character.isHighSurrogate(text.charAt(at - 1))
                && Character.isLowSurrogate(text.charAt(at));
    }

    private void replace(int start, int end, String inserted) {
        unreported.add(RawSession.object(
                Map.of("range", Map.of("start", position(start), "end", position(end)), "text", inserted)));
        text.replace(start, end, inserted);
        version++;
    }

    private synchronized void flush() {
        if (unreported.isEmpty() || !open) {
            return;
        }
        JsonObject params = RawSession.object(Map.of("textDocument", Map.of("uri", uri, "version", version)));
        JsonArray changes = new JsonArray();
        if (reports == Reports.WHOLE_TEXTS) {
            changes.add(RawSession.object(Map.of("text", text.toString())));
        } else {
            changes.addAll(unreported);
        }
        params.add("contentChanges", changes);
        while (!unreported.isEmpty()) {
            unreported.remove(unreported.size() - 1);
        }
        try {
            session.tell("textDocument/didChange", params);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized JsonElement answer(String method, JsonObject params) {
        if (!method.equals("workspace/applyEdit")) {
            throw new AssertionError("a plain client is asked for " + method);
        }
        JsonObject answer = new JsonObject();
        String problem = apply(params.getAsJsonObject("edit").getAsJsonArray("documentChanges"));
        answer.addProperty("applied", problem == null);
        if (problem == null) {
            applied++;
        } else {
            refused++;
            answer.addProperty("failureReason", problem);
        }
        if (reports != Reports.WHEN_IDLE) {
            flush();
        }
        return answer;
    }

    private String apply(JsonArray documentChanges) {
        JsonObject change = documentChanges.get(0).getAsJsonObject();
        JsonObject document = change.getAsJsonObject("textDocument");
        if (documentChanges.size() != 1
                || !open
                || document.get("version").isJsonNull()
                || !document.get("uri").getAsString().equals(uri)) {
            uncalledFor++;
            return "no such document is open";
        }
        if (refusing) {
            return "the buffer is read-only";
        }
        if (document.get("version").getAsInt() != version) {
            return "the edit is for version " + document.get("version") + ", and this is " + version;
        }
        record Edit(int start, int end, String inserted) {}
        List<Edit> edits = new ArrayList<>();
        for (JsonElement element : change.getAsJsonArray("edits")) {
            JsonObject range = element.getAsJsonObject().getAsJsonObject("range");
            edits.add(new Edit(
                    offset(range.getAsJsonObject("start")),
                    offset(range.getAsJsonObject("end")),
                    element.getAsJsonObject().get("newText").getAsString()));
        }
        edits.sort(Comparator.comparingInt(Edit::start).reversed());
        edits.forEach(edit -> replace(edit.start(), edit.end(), edit.inserted()));
        return null;
    }

    private Map<String, Integer> position(int at) {
        int line = 0;
        int lineStart = 0;
        for (int i = 0; i < at; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return Map.of("line", line, "character", at - lineStart);
    }

    private int offset(JsonObject position) {
        int at = 0;
        for (int line = position.get("line").getAsInt(); line > 0; line--) {
            at = text.indexOf("\n", at) + 1;
            if (at == 0) {
                throw new AssertionError("there is no line " + position + " in " + text);
            }
        }
        return at + position.get("character").getAsInt();
    }
}
