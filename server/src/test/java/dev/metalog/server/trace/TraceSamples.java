package dev.metalog.server.trace;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Small traces in each format, made up here. */
public final class TraceSamples {
    /** Two patches in one transaction, a start, both kinds of line end; typed and corrected. */
    public static final String SEQUENTIAL = """
            {"startContent": "one\\r\\ntwo\\n", "endContent": "one!\\r\\n2\\n\\r",
             "txns": [
               {"time": "2021-04-19T06:06:58.513Z", "patches": [[3, 0, "?"], [3, 1, "!"]]},
               {"time": "2021-04-19T06:06:59.000Z", "patches": [[6, 3, "2"]]},
               {"patches": [[8, 0, "\\r", "2021-04-19T06:07:00.000Z"]]},
               {"patches": []}]}
            """;

    /** Three writers: two insert at one place, and the lower number comes first; the third joins them. */
    public static final String CONCURRENT = """
            {"kind": "concurrent", "numAgents": 11, "endContent": "a[two][ten]b.",
             "txns": [
               {"parents": [], "numChildren": 2, "agent": 0, "patches": [[0, 0, "ab"]]},
               {"parents": [0], "numChildren": 1, "agent": 10, "patches": [[1, 0, "[ten]"]]},
               {"parents": [0], "numChildren": 1, "agent": 2, "patches": [[1, 0, "[two]"]]},
               {"parents": [1, 2], "numChildren": 1, "agent": 3, "patches": [[12, 0, "."]]},
               {"parents": [3], "numChildren": 0, "agent": 0, "patches": []}]}
            """;

    /**
     * Astral characters: one code point each in the file, two UTF-16 units here. The second writer's positions count in
     * the text without what the first one does at the same time.
     */
    public static final String ASTRAL = """
            {"kind": "concurrent", "numAgents": 2, "endContent": "😀🎉x🚀z",
             "txns": [
               {"parents": [], "agent": 0, "patches": [[0, 0, "😀y🚀"]]},
               {"parents": [0], "agent": 0, "patches": [[1, 0, "🎉"], [2, 1, "x"]]},
               {"parents": [0], "agent": 1, "patches": [[3, 0, "z🚀"], [4, 1, ""]]},
               {"parents": [1, 2], "agent": 1, "patches": [[3, 0, "🚀"], [3, 1, ""]]}]}
            """;

    /** A suite; the second case has names that are no replica ids, astral text, and goes on from within a deletion. */
    public static final String SUITE = """
            [{"txns": [
                {"span": [0, 2], "parents": [], "agent": "a", "seqStart": 0, "ops": [[0, 0, "KA"]]},
                {"span": [2, 3], "parents": [1], "agent": "b", "seqStart": 0, "ops": [[0, 1, ""]]},
                {"span": [3, 4], "parents": [1], "agent": "a", "seqStart": 2, "ops": [[1, 0, "-"]]}],
              "endContent": "-A"},
             {"txns": [
                {"span": [0, 3], "parents": [], "agent": "Zoë Q <z@example.org>", "seqStart": 0, "ops": [[0, 0, "😀bc"]]},
                {"span": [3, 6], "parents": [2], "agent": "Åsa", "seqStart": 0, "ops": [[0, 2, ""], [1, 0, "d"]]},
                {"span": [6, 7], "parents": [3], "agent": "Zoë Q <z@example.org>", "seqStart": 3, "ops": [[0, 0, "e"]]}],
              "endContent": "ecd"}]
            """;

    private TraceSamples() {}

    public static Path write(Path folder, String name, String json) throws IOException {
        return Files.writeString(folder.resolve(name), json);
    }

    public static Path pack(Path folder, String name, String json) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(json.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }
}
