package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.server.identity.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts what is refused on public topics, by what it was and why. Told at 1, 2, 4, 8, … so that a flood of forgeries is
 * not a flood of lines.
 */
final class RefusalCounts {
    static final String NOT_KEPT = "not-kept";

    /** What was refused. */
    enum Kind {
        ANNOUNCEMENT,
        FILE,
        MESSAGE;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Outbox out;
    private final Map<Kind, Map<String, Integer>> counts = new TreeMap<>();

    RefusalCounts(Outbox out) {
        this.out = out;
    }

    void refused(Kind kind, Verdict.Fault fault, String detail) {
        if (fault.isSuspicious()) {
            refused(kind, fault.word(), detail);
        }
    }

    void refused(Kind kind, String reason, String detail) {
        int times = counts.computeIfAbsent(kind, first -> new TreeMap<>()).merge(reason, 1, RefusalCounts::sum);
        if (Integer.bitCount(times) == 1) {
            out.add(new Effect.Log(detail + " (" + kind.word() + " " + reason + ": " + times + ")"));
        }
    }

    private static int sum(int one, int other) {
        return one > Integer.MAX_VALUE - other ? Integer.MAX_VALUE : one + other;
    }

    List<FederationMessages.Refusals> list() {
        List<FederationMessages.Refusals> list = new ArrayList<>();
        counts.forEach((kind, reasons) -> reasons.forEach(
                (reason, count) -> list.add(new FederationMessages.Refusals(kind.word(), reason, count))));
        return list;
    }
}
