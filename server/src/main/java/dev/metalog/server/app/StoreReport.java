package dev.metalog.server.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.DocumentEntry;
import dev.metalog.server.store.KeptWorkspace;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.LogReading;
import dev.metalog.server.workspace.Reading;
import dev.metalog.server.workspace.StoredDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code meta-log store verify} has to say: one line a document, or JSON. */
final class StoreReport {
    /** How a document stands. */
    enum State {
        GOOD,
        /** Some bytes are not as they were written, or some records do not fit. */
        DAMAGED,
        /** It could not be read at all. */
        UNREADABLE
    }

    /**
     * One document in the JSON.
     *
     * @param path what it is called among its peers; {@code null} when it is no longer live here
     * @param events units; 0 when it could not be read
     * @param tornBytes of a last record that is being written, or was when a process ended: no damage
     * @param aside files that were found damaged earlier, and are kept as they were
     * @param problems where and what
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DocumentReport(
            String document,
            String path,
            State state,
            int events,
            int textUnits,
            long logBytes,
            boolean snapshot,
            long tornBytes,
            List<String> aside,
            List<String> problems) {}

    /**
     * One workspace in the JSON.
     *
     * @param evidence files about texts that differed and should not have, and about who signed two histories, the oldest
     *     first
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record WorkspaceReport(
            String root, String folder, List<DocumentReport> documents, List<String> evidence, String problem) {}

    /** The JSON. */
    record Report(boolean good, List<WorkspaceReport> workspaces) {}

    private StoreReport() {}

    static boolean verify(List<KeptWorkspace> workspaces, boolean json, PrintWriter out) throws IOException {
        List<WorkspaceReport> reports = new ArrayList<>();
        boolean good = true;
        for (KeptWorkspace workspace : workspaces) {
            WorkspaceReport report = verify(workspace);
            reports.add(report);
            good &= report.problem() == null
                    && report.documents().stream().allMatch(document -> document.state() == State.GOOD);
            if (!json) {
                print(report, out);
            }
        }
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(new Report(good, reports)));
        }
        return good;
    }

    private static WorkspaceReport verify(KeptWorkspace workspace) {
        List<DocumentReport> documents = new ArrayList<>();
        String problem = null;
        Map<DocumentId, String> paths = new HashMap<>();
        try {
            for (DocumentEntry entry : workspace.documents()) {
                paths.put(entry.documentId(), entry.path().value());
            }
        } catch (StoreRefused e) {
            problem = e.getMessage();
        }
        try {
            for (DocumentId id : workspace.logs()) {
                documents.add(verify(workspace, id, paths.remove(id)));
            }
        } catch (StoreRefused e) {
            problem = e.getMessage();
        }
        paths.forEach((id, path) -> documents.add(new DocumentReport(
                id.value(),
                path,
                State.UNREADABLE,
                0,
                0,
                0,
                false,
                0,
                List.of(),
                List.of(workspace.folder().resolve(id.value()) + ": its log is missing."))));
        List<String> evidence = List.of();
        try {
            evidence = workspace.evidence().stream().map(Path::toString).toList();
        } catch (StoreRefused e) {
            problem = e.getMessage();
        }
        return new WorkspaceReport(workspace.root(), workspace.folder().toString(), documents, evidence, problem);
    }

    private static DocumentReport verify(KeptWorkspace workspace, DocumentId id, String path) {
        try {
            LogReading log = workspace.read(id);
            Reading document = Reading.of(items(log));
            List<String> problems = new ArrayList<>();
            for (LogReading.Damage damage : log.damages()) {
                problems.add(damage.file() + ": damaged at byte " + damage.atByte() + ".");
            }
            if (document.trouble() != null) {
                problems.add(workspace.folder().resolve(id.value()) + ": " + document.trouble() + ".");
            }
            return new DocumentReport(
                    id.value(),
                    path,
                    problems.isEmpty() ? State.GOOD : State.DAMAGED,
                    document.events(),
                    document.text().length(),
                    log.bytes(),
                    log.hasSnapshot(),
                    log.tornBytes(),
                    log.aside().stream().map(Path::toString).toList(),
                    problems);
        } catch (StoreRefused e) {
            return new DocumentReport(
                    id.value(), path, State.UNREADABLE, 0, 0, 0, false, 0, List.of(), List.of(e.getMessage()));
        }
    }

    static List<StoredDocument.Item> items(LogReading log) {
        List<StoredDocument.Item> items = new ArrayList<>();
        log.tell((type, body) -> items.add(new StoredDocument.Item(type, body)));
        return items;
    }

    private static void print(WorkspaceReport workspace, PrintWriter out) {
        out.println(workspace.root() + " (" + workspace.folder() + ")");
        if (workspace.problem() != null) {
            out.println("  " + workspace.problem());
        }
        for (DocumentReport document : workspace.documents()) {
            out.printf(
                    Locale.ROOT,
                    "  %-10s %s: %,d events, %,d code units of text, %,d bytes of log%s%s%n",
                    document.state().name().toLowerCase(Locale.ROOT),
                    document.path() == null ? document.document() + " (no longer live here)" : document.path(),
                    document.events(),
                    document.textUnits(),
                    document.logBytes(),
                    document.snapshot() ? ", begins with a snapshot" : "",
                    document.aside().isEmpty()
                            ? ""
                            : ", " + document.aside().size() + " damaged files of earlier are kept");
            document.problems().forEach(problem -> out.println("             " + problem));
        }
        if (!workspace.evidence().isEmpty()) {
            out.printf(
                    Locale.ROOT,
                    "  %d times a text or a history differed that should not have; the last time is told in %s%n",
                    workspace.evidence().size(),
                    workspace.evidence().get(workspace.evidence().size() - 1));
        }
    }
}
