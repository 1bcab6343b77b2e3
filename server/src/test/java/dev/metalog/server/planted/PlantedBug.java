package dev.metalog.server.planted;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A bug that somebody might make, as a change of source text, and the tests that have to find it. Kept in files of the form
 *
 * <pre>
 * == what it is
 * file store/log/LogFormat.java
 * tests LogDamageTest LogCrashTest
 * &lt;&lt;&lt;
 * the text as it is, which stands once in that file
 * ===
 * the text with the bug
 * &gt;&gt;&gt;
 * </pre>
 *
 * @param file below the server's sources
 * @param tests simple names, found among the server's tests
 */
record PlantedBug(String name, String file, List<String> tests, String right, String wrong) {
    static final Path SOURCES = Path.of("src/main/java/dev/metalog/server");

    /** All bugs of one area. */
    static List<PlantedBug> of(String area) {
        List<PlantedBug> bugs = new ArrayList<>();
        Iterator<String> lines = lines(area + ".bugs").iterator();
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.startsWith("== ")) {
                bugs.add(read(line.substring(3), lines));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                throw new IllegalArgumentException("Not the start of a bug: " + line);
            }
        }
        return bugs;
    }

    private static PlantedBug read(String name, Iterator<String> lines) {
        String file = after("file ", lines.next());
        List<String> tests = List.of(after("tests ", lines.next()).split(" "));
        after("<<<", lines.next());
        return new PlantedBug(name, file, tests, upTo("===", lines), upTo(">>>", lines));
    }

    private static String after(String word, String line) {
        if (!line.startsWith(word)) {
            throw new IllegalArgumentException("Here belongs “" + word + "”: " + line);
        }
        return line.substring(word.length());
    }

    private static String upTo(String end, Iterator<String> lines) {
        List<String> text = new ArrayList<>();
        for (String line = lines.next(); !line.equals(end); line = lines.next()) {
            text.add(line);
        }
        return String.join("\n", text);
    }

    private static List<String> lines(String resource) {
        try (InputStream in = PlantedBug.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The source with the bug in it; fails when the source has changed so that the bug no longer fits. */
    String plant() throws IOException {
        String source = Files.readString(SOURCES.resolve(file));
        int at = source.indexOf(right);
        if (at < 0 || source.indexOf(right, at + 1) >= 0) {
            throw new IllegalStateException(name + ": its text stands " + (at < 0 ? "nowhere" : "more than once")
                    + " in " + file + ": " + right);
        }
        if (right.equals(wrong)) {
            throw new IllegalStateException(name + ": it changes nothing.");
        }
        return source.substring(0, at) + wrong + source.substring(at + right.length());
    }
}
