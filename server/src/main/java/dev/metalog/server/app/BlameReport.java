package dev.metalog.server.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.Stamp;
import dev.metalog.server.store.DocumentEntry;
import dev.metalog.server.store.KeptWorkspace;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.Authored;
import dev.metalog.server.workspace.DocumentReading;
import dev.metalog.server.workspace.Reading;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code meta-log history blame} has to say: a line for each stretch of a line, or JSON. */
final class BlameReport {
    /** As long as a short form of a peer's id. */
    private static final String NOBODY = "?            ";

    private static final String NO_TIME = "?               ";

    /**
     * A stretch of one line.
     *
     * @param line from 1 on
     * @param peer absent if it is not proved who wrote it
     * @param writtenAt ISO 8601, by the writer's clock, to the minute; absent if it did not say
     * @param text without the line's end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Stretch(int line, String peer, String writtenAt, String text) {}

    /** One document. */
    record DocumentBlame(String workspace, String document, String path, List<Stretch> stretches) {}

    /** The JSON. */
    record Report(List<DocumentBlame> documents) {}

    private BlameReport() {}

    static boolean print(List<KeptWorkspace> workspaces, String path, boolean json, PrintWriter out, PrintWriter err)
            throws IOException {
        List<DocumentBlame> blames = new ArrayList<>();
        boolean good = true;
        for (KeptWorkspace workspace : workspaces) {
            try {
                for (DocumentEntry entry : workspace.documents()) {
                    if (entry.path().value().equals(path) && !entry.path().equals(Invitation.BLACKBOARD)) {
                        good &= add(workspace, entry.documentId(), path, blames, err);
                    }
                }
            } catch (StoreRefused e) {
                err.println(workspace.root() + ": " + e.getMessage());
                good = false;
            }
        }
        if (good && blames.isEmpty()) {
            err.println("No document called " + path + " is kept. meta-log store verify lists them.");
            good = false;
        }
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(new Report(blames)));
        } else {
            blames.forEach(blame -> print(blame, blames.size() > 1, out));
        }
        return good;
    }

    private static boolean add(
            KeptWorkspace workspace, DocumentId id, String path, List<DocumentBlame> blames, PrintWriter err)
            throws StoreRefused {
        Reading reading = Reading.of(StoreReport.items(workspace.read(id)));
        if (!(reading instanceof DocumentReading document)) {
            return true; // a blackboard of another name
        }
        blames.add(new DocumentBlame(
                workspace.root(), id.value(), path, stretches(document.text(), document.authors(id))));
        if (document.trouble() != null) {
            err.println(path + " in " + workspace.root() + ": " + document.trouble());
        }
        return document.trouble() == null;
    }

    /** Cuts what each wrote at the ends of lines; neighbours of one line that say the same are one. */
    static List<Stretch> stretches(String text, List<Authored> authors) {
        List<Stretch> stretches = new ArrayList<>();
        int line = 1;
        boolean begins = true;
        for (Authored authored : authors) {
            String peer = authored.peer() == null ? null : authored.peer().value();
            String writtenAt = time(authored.minutes());
            int end = authored.from() + authored.length();
            for (int from = authored.from(); from < end; ) {
                int lineEnd = text.indexOf('\n', from);
                boolean ends = lineEnd >= 0 && lineEnd < end;
                int to = ends ? lineEnd : end;
                String part = text.substring(from, to);
                // The end of a line alone is nobody's line, unless nothing else is in it.
                if (begins || !part.isEmpty()) {
                    add(new Stretch(line, peer, writtenAt, part), stretches);
                }
                begins = ends;
                line += ends ? 1 : 0;
                from = ends ? to + 1 : to;
            }
        }
        return stretches;
    }

    private static void add(Stretch next, List<Stretch> stretches) {
        Stretch last = stretches.isEmpty() ? null : stretches.get(stretches.size() - 1);
        if (last != null && new Stretch(next.line(), next.peer(), next.writtenAt(), last.text()).equals(last)) {
            stretches.set(
                    stretches.size() - 1,
                    new Stretch(last.line(), last.peer(), last.writtenAt(), last.text() + next.text()));
        } else {
            stretches.add(next);
        }
    }

    private static String time(int minutes) {
        return minutes == Stamp.UNKNOWN_MINUTES
                ? null
                : Instant.ofEpochMilli(Stamp.epochMillis(minutes)).toString();
    }

    private static void print(DocumentBlame blame, boolean named, PrintWriter out) {
        if (named) {
            out.println(blame.path() + " in " + blame.workspace());
        }
        for (Stretch stretch : blame.stretches()) {
            out.printf(
                    Locale.ROOT,
                    "%s %s %5d  %s%n",
                    stretch.peer() == null ? NOBODY : stretch.peer().substring(0, NOBODY.length()),
                    stretch.writtenAt() == null
                            ? NO_TIME
                            : stretch.writtenAt().replace('T', ' ').substring(0, NO_TIME.length()),
                    stretch.line(),
                    shown(stretch.text()));
        }
    }

    /** Somebody else's text may hold what a terminal obeys. */
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .forEach(character -> shown.appendCodePoint(
                        character == '\t' || !Character.isISOControl(character) ? character : '\uFFFD'));
        return shown.toString();
    }
}
