package dev.metalog.server.trace;

import java.util.List;

/** A trace as it stands in a file, complete in one of the formats, not yet checked against any text. */
record RawTrace(Format format, String startContent, String endContent, List<RawTransaction> transactions) {
    /** The forms that are read; see {@link TraceParser}. */
    enum Format {
        SEQUENTIAL,
        CONCURRENT,
        NUMBERED
    }

    /** Whether any text has a character outside of the basic plane, so that code points and UTF-16 units differ. */
    boolean isAstral() {
        return isAstral(startContent)
                || transactions.stream()
                        .flatMap(transaction -> transaction.patches().stream())
                        .anyMatch(patch -> isAstral(patch.inserted()));
    }

    private static boolean isAstral(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
