package dev.metalog.protocol;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where a shared document lies inside its workspace folder: {@code /}-separated segments in NFC. The path comes from
 * other people, so everything that could leave the folder, hide, run, or mean another file on another system is refused.
 */
public record DocumentPath(String value) {
    private static final Set<String> RESERVED = Set.of(".git", "git~1", ".hg", ".svn", ".jj", ".meta-log");
    private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul", "clock$", "conin$", "conout$");

    public DocumentPath {
        String problem = problemOf(value);
        if (problem != null) {
            throw new IllegalArgumentException(
                    "The shared path " + problem + ". Choose another name for the document.");
        }
    }

    /** The last segment: what the file is called. */
    public String fileName() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
        return value;
    }

    private static String problemOf(String path) {
        if (path.isEmpty()) {
            return "is empty";
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > Limits.PATH_BYTES) {
            return "is longer than " + Limits.PATH_BYTES + " bytes";
        }
        if (!Normalizer.isNormalized(path, Normalizer.Form.NFC)) {
            return "is not in Unicode form NFC";
        }
        List<String> segments = List.of(path.split("/", -1));
        if (segments.size() > Limits.PATH_SEGMENTS) {
            return "has more than " + Limits.PATH_SEGMENTS + " parts";
        }
        for (String segment : segments) {
            String problem = problemOfSegment(segment);
            if (problem == null) {
                // A file system that folds compatibility forms must not turn a harmless name into a harmful one.
                problem = problemOfSegment(Normalizer.normalize(segment, Normalizer.Form.NFKC));
            }
            if (problem != null) {
                return problem;
            }
        }
        return segments.get(0).startsWith(".") ? "begins with a dot" : null;
    }

    private static String problemOfSegment(String segment) {
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
            return "is absolute or has an empty, '.' or '..' part";
        }
        for (int i = 0; i < segment.length(); ) {
            int character = segment.codePointAt(i);
            if (isForbidden(character)) {
                return "holds a character that is not allowed (U+" + Integer.toHexString(character) + ")";
            }
            i += Character.charCount(character);
        }
        char last = segment.charAt(segment.length() - 1);
        if (last == '.' || last == ' ') {
            return "has a part that ends in a dot or a space";
        }
        String folded = segment.toLowerCase(Locale.ROOT);
        if (RESERVED.contains(folded)) {
            return "leads into a folder that tools keep for themselves";
        }
        return isDevice(folded) ? "is a device name on Windows" : null;
    }

    private static boolean isForbidden(int character) {
        int type = Character.getType(character);
        // FORMAT covers bidi controls and zero-width characters; they make one name look like another.
        return character == '\\'
                || character == ':'
                || character == '/'
                || type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.UNASSIGNED
                || type == Character.PRIVATE_USE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    private static boolean isDevice(String folded) {
        int dot = folded.indexOf('.');
        String stem = (dot < 0 ? folded : folded.substring(0, dot)).trim();
        return DEVICES.contains(stem) || stem.matches("(com|lpt)[0-9\u00b9\u00b2\u00b3]");
    }
}
