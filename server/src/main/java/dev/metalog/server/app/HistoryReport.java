package dev.metalog.server.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Stamp;
import dev.metalog.server.authorship.Writing;
import dev.metalog.server.store.DocumentEntry;
import dev.metalog.server.store.KeptWorkspace;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.DocumentReading;
import dev.metalog.server.workspace.Reading;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code meta-log history verify} has to say: a few lines a document, or JSON. */
final class HistoryReport {
    /**
     * What one writer wrote; in a run of a sidecar a peer writes under a new name.
     *
     * @param peer who signed it; absent if nobody did
     * @param device the fingerprint of the peer's machine
     * @param firstWritten ISO 8601, by the writer's clock, to the minute; absent if it did not say
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record WriterReport(
            String writer,
            String peer,
            String device,
            Writing.Verdict verdict,
            int units,
            int provedUnits,
            String firstWritten,
            String lastWritten) {}

    /**
     * Whose device is proved to have signed two histories, and under which name.
     *
     * @param takenOut whether what it wrote under that name counts no more here; until then others may have other text
     */
    record TwoHistories(String peer, String device, String writer, boolean takenOut) {}

    /** One document. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DocumentReport(
            String workspace,
            String document,
            String path,
            boolean proved,
            List<WriterReport> writers,
            List<TwoHistories> twoHistories,
            String problem) {
        static DocumentReport unreadable(String workspace, String document, String path, String problem) {
            return new DocumentReport(workspace, document, path, false, List.of(), List.of(), problem);
        }
    }

    /** The JSON. */
    record Report(boolean good, List<DocumentReport> documents) {}

    private HistoryReport() {}

    /** @param path only of documents that are called so; {@code null}: of all */
    static boolean verify(List<KeptWorkspace> workspaces, String path, boolean json, PrintWriter out)
            throws IOException {
        List<DocumentReport> reports = new ArrayList<>();
        for (KeptWorkspace workspace : workspaces) {
            try {
                for (DocumentEntry entry : workspace.documents()) {
                    boolean wanted = path == null || path.equals(entry.path().value());
                    if (wanted && !entry.path().equals(Invitation.BLACKBOARD)) {
                        add(workspace, entry, reports);
                    }
                }
            } catch (StoreRefused e) {
                reports.add(DocumentReport.unreadable(workspace.root(), null, null, e.getMessage()));
            }
        }
        boolean good = reports.stream().allMatch(DocumentReport::proved) && (path == null || !reports.isEmpty());
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(new Report(good, reports)));
        } else {
            reports.forEach(report -> print(report, out));
            if (path != null && reports.isEmpty()) {
                out.println("No document called " + path + " is kept. meta-log store verify lists them.");
            }
        }
        return good;
    }

    private static void add(KeptWorkspace workspace, DocumentEntry entry, List<DocumentReport> reports) {
        String id = entry.documentId().value();
        try {
            Reading reading = Reading.of(StoreReport.items(workspace.read(entry.documentId())));
            if (!(reading instanceof DocumentReading document)) {
                return; // a blackboard of another name
            }
            List<WriterReport> writers = document.writers(entry.documentId()).stream()
                    .map(HistoryReport::report)
                    .toList();
            List<TwoHistories> twoHistories = document.equivocators(entry.documentId()).stream()
                    .map(by -> new TwoHistories(
                            by.peer().value(), by.device().value(), by.writer().value(), document.isOut(by.writer())))
                    .toList();
            boolean proved = document.trouble() == null
                    && twoHistories.stream().allMatch(TwoHistories::takenOut)
                    && writers.stream().allMatch(writer -> writer.verdict() == Writing.Verdict.PROVED);
            reports.add(new DocumentReport(
                    workspace.root(), id, entry.path().value(), proved, writers, twoHistories, document.trouble()));
        } catch (StoreRefused e) {
            reports.add(
                    DocumentReport.unreadable(workspace.root(), id, entry.path().value(), e.getMessage()));
        }
    }

    private static WriterReport report(Writing writing) {
        return new WriterReport(
                writing.writer().value(),
                writing.peer() == null ? null : writing.peer().value(),
                writing.device() == null ? null : writing.device().value(),
                writing.verdict(),
                writing.units(),
                writing.provedUnits(),
                time(writing.firstMinutes()),
                time(writing.lastMinutes()));
    }

    private static String time(int minutes) {
        return minutes == Stamp.UNKNOWN_MINUTES
                ? null
                : Instant.ofEpochMilli(Stamp.epochMillis(minutes)).toString();
    }

    private static void print(DocumentReport report, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%-10s %s%s%n",
                report.proved() ? "proved" : "not proved",
                report.path() == null ? "" : report.path() + " in ",
                report.workspace());
        if (report.problem() != null) {
            out.println("             " + report.problem());
        }
        for (TwoHistories by : report.twoHistories()) {
            out.println("  " + by.peer() + " on " + new DeviceId(by.device()).fingerprint()
                    + " signed two different histories of it, which is proved. "
                    + (by.takenOut() ? "What it wrote in that session is taken out." : "Others may have other text."));
        }
        for (WriterReport writer : report.writers()) {
            out.printf(
                    Locale.ROOT,
                    "  %-8s %s%s: %,d keys%s%s%n",
                    writer.verdict().name().toLowerCase(Locale.ROOT),
                    writer.peer() == null ? "nobody knows who" : new PeerId(writer.peer()).shortForm(),
                    writer.device() == null ? "" : " on " + writer.device().substring(0, 8),
                    writer.units(),
                    writer.firstWritten() == null ? "" : ", " + writer.firstWritten() + " to " + writer.lastWritten(),
                    writer.provedUnits() < writer.units() && writer.provedUnits() > 0
                            ? String.format(Locale.ROOT, ", the first %,d proved", writer.provedUnits())
                            : "");
        }
    }
}
