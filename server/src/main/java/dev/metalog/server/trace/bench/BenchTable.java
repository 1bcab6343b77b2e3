package dev.metalog.server.trace.bench;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The figures for people, as a table in Markdown: a row for each operation and trace, a column for each contender. */
final class BenchTable {
    private BenchTable() {}

    static void print(List<Figure> figures, PrintWriter out) {
        Set<String> contenders = new LinkedHashSet<>();
        Map<String, Map<String, Figure>> rows = new LinkedHashMap<>();
        for (Operation operation : Operation.values()) {
            for (Figure figure : figures) {
                if (figure.operation().equals(operation.word())) {
                    contenders.add(figure.contender());
                    rows.computeIfAbsent(
                                    operation.title() + ", " + operation.unit().sign() + " | " + figure.trace(),
                                    row -> new LinkedHashMap<>())
                            .put(figure.contender(), figure);
                }
            }
        }
        out.println("| what | trace | " + String.join(" | ", contenders) + " |");
        out.println("|---|---|" + "---|".repeat(contenders.size()));
        rows.forEach((row, cells) -> {
            StringBuilder line = new StringBuilder("| ").append(row).append(" |");
            for (String contender : contenders) {
                Figure figure = cells.get(contender);
                line.append(' ').append(figure == null ? "–" : cell(figure)).append(" |");
            }
            out.println(line);
        });
        if (figures.stream().anyMatch(Figure::differs)) {
            out.println("† ended in another text: it orders concurrent insertions at one place in another way");
        }
        for (Figure figure : figures) {
            if (figure.failure() != null) {
                out.println("failed: " + figure.contender() + ", " + figure.operation() + ", " + figure.trace() + ": "
                        + figure.failure());
            }
        }
        out.flush();
    }

    private static String cell(Figure figure) {
        if (figure.median() == null) {
            return "failed";
        }
        String value = number(figure.median());
        if (figure.p99() != null) {
            value += " / " + number(figure.p99());
        }
        value += figure.differs() ? " †" : "";
        boolean ours = figure.contender().equals(Ours.NAME);
        return ours || figure.ratioToOurs() == null
                ? value
                : value + String.format(Locale.ROOT, " (%s×)", number(figure.ratioToOurs()));
    }

    private static String number(double value) {
        String format = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
