package dev.metalog.protocol;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where a shared document lies inside its workspace folder: {@code /}-separated segments in NFC. The path comes from
 * other people, so everything that could leave the folder, hide, or mean another file on another system is refused; and
 * {@link #concern} tells which of the rest a person has to allow, as editors and shells obey such files.
 *
 * <p>What a path is taken for depends on who reads it: some file systems fold case and compatibility forms or skip
 * characters that nobody sees, and some programs decode percent signs. A path is refused when it is bad in any of these
 * readings.
 */
public record DocumentPath(String value) {
    private static final Set<String> RESERVED = Set.of(".git", ".hg", ".svn", ".jj", ".meta-log");
    private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul", "clock$", "conin$", "conout$");

    /** More decodings than these no program makes. */
    private static final int DECODINGS = 3;

    /** Wherever they lie. */
    private static final Set<String> OBEYED =
            Set.of(".envrc", ".dir-locals.el", ".dir-locals-2.el", ".vscode", ".idea", ".husky", ".exrc", ".vimrc");

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

    /**
     * Why a file of this name has to be allowed by the person in whose folder it is to lie: editors, shells and tools do
     * what such files say. {@code null} when it is a file like any other.
     */
    public String concern() {
        String[] segments = value.split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            String segment = folded(segments[i]);
            boolean isLast = i == segments.length - 1;
            if (OBEYED.contains(segment)
                    || segment.startsWith(".emacs")
                    || (isLast && segment.endsWith(".code-workspace"))
                    || (i == 0 && segment.startsWith("."))) {
                return value + " is a name that editors, shells or other programs obey ('" + segments[i] + "')";
            }
        }
        return null;
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
        String read = path;
        for (int decodings = 0; decodings <= DECODINGS; decodings++) {
            String problem = problemOfReading(read);
            if (problem != null) {
                return problem;
            }
            String decoded = percentDecoded(read);
            if (decoded.equals(read)) {
                return null;
            }
            read = decoded;
        }
        return "is percent-encoded again and again";
    }

    private static String problemOfReading(String path) {
        List<String> segments = List.of(path.split("/", -1));
        if (segments.size() > Limits.PATH_SEGMENTS) {
            return "has more than " + Limits.PATH_SEGMENTS + " parts";
        }
        for (String segment : segments) {
            String problem = problemOfSegment(segment);
            if (problem == null) {
                problem = problemOfSegment(Normalizer.normalize(segment, Normalizer.Form.NFKC));
            }
            if (problem != null) {
                return problem;
            }
        }
        return null;
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
        String folded = folded(segment);
        // git~1 and the like are the short names that Windows gives .git.
        if (RESERVED.contains(folded) || folded.matches("git~[0-9]+")) {
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

    /**
     * Names of which this is the same are one file on some file systems: it is without case, compatibility forms, and
     * characters that are skipped.
     */
    public static String folded(String text) {
        StringBuilder seen = new StringBuilder();
        text.codePoints().filter(character -> !isSkipped(character)).forEach(seen::appendCodePoint);
        // Upper case first: that has no ß.
        return Normalizer.normalize(seen, Normalizer.Form.NFKC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
    }

    /** What Unicode calls default ignorable and {@link #isForbidden} lets pass: an emoji's name may hold it. */
    private static boolean isSkipped(int character) {
        return character == 0x034f
                || character == 0x115f
                || character == 0x1160
                || character == 0x17b4
                || character == 0x17b5
                || (character >= 0x180b && character <= 0x180f)
                || character == 0x3164
                || (character >= 0xfe00 && character <= 0xfe0f)
                || character == 0xffa0
                || (character >= 0xe0100 && character <= 0xe01ef);
    }

    /**
     * Each percent sign with two hex digits is the byte they name, in UTF-8 as lax decoders read it (two bytes for one of
     * ASCII); any other percent sign is itself.
     */
    private static String percentDecoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
            byte read = low < 0 ? bytes[i] : (byte) (high << 4 | low);
            i += low < 0 ? 0 : 2;
            boolean endsOverlong = length > 0 && (bytes[length - 1] & 0xfe) == 0xc0 && (read & 0xc0) == 0x80;
            if (endsOverlong) {
                bytes[length - 1] = (byte) ((bytes[length - 1] & 1) << 6 | (read & 0x3f));
            } else {
                bytes[length++] = read;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
