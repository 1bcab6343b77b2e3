package dev.metalog.editorclients.demo;

import java.util.List;

/**
 * What came out of a demonstration; its components are the members of what {@code --json} prints.
 *
 * @param converged whether both editors showed the same text at the end
 * @param edits edits made by both people together
 * @param measured edits whose arrival was timed: those that were still there when they could arrive
 * @param latencyMillisP50 from the key in one editor to the text in the other's buffer; null when nothing was measured
 * @param latencyMillisP99 likewise
 * @param broker which broker carried them
 * @param editors the two editors
 * @param seed makes the same edits again
 * @param sha256 of the text both showed; null when they did not
 * @param seconds how long all of it took
 * @param problem what went wrong; null when nothing did
 */
public record DemoReport(
        boolean converged,
        int edits,
        int measured,
        Double latencyMillisP50,
        Double latencyMillisP99,
        String broker,
        List<String> editors,
        long seed,
        String sha256,
        double seconds,
        String problem) {}
