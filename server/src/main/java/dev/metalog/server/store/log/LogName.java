package dev.metalog.server.store.log;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file of a log is called.
 *
 * @param number counts segments from 1; a snapshot has that of the first segment behind it; the one file that older
 *     programs wrote is 0
 */
record LogName(Kind kind, int number) implements Comparable<LogName> {
    /** What a file is. */
    enum Kind {
        SINGLE_FILE,
        SEGMENT,
        SNAPSHOT
    }

    static final LogName SINGLE_FILE = new LogName(Kind.SINGLE_FILE, 0);
    /** Parts of the names of files that are no longer, or not yet, part of the log. */
    static final String ASIDE = ".damaged-";

    private static final Pattern PATTERN = Pattern.compile("([0-9]{8})\\.(segment|snapshot)");

    static LogName segment(int number) {
        return number == 0 ? SINGLE_FILE : new LogName(Kind.SEGMENT, number);
    }

    static LogName snapshot(int number) {
        return new LogName(Kind.SNAPSHOT, number);
    }

    /** Returns {@code null} when a file of this name is no part of the log. */
    static LogName parse(Path file) {
        Matcher matcher = PATTERN.matcher(file.getFileName().toString());
        int number = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        if (number == 0) {
            return null;
        }
        return matcher.group(2).equals("segment") ? segment(number) : snapshot(number);
    }

    /** @param folder the document's */
    Path in(Path folder) {
        return switch (kind) {
            case SINGLE_FILE -> folder.resolveSibling(folder.getFileName() + ".log");
            case SEGMENT -> folder.resolve("%08d.segment".formatted(number));
            case SNAPSHOT -> folder.resolve("%08d.snapshot".formatted(number));
        };
    }

    boolean isSnapshot() {
        return kind == Kind.SNAPSHOT;
    }

    @Override
    public int compareTo(LogName other) {
        int byNumber = Integer.compare(number, other.number);
        return byNumber != 0 ? byNumber : kind.compareTo(other.kind);
    }
}
