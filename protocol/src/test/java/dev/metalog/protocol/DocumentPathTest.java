package dev.metalog.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentPathTest {
    private static final List<String> BAD_SEGMENTS = List.of(
            "..",
            ".",
            "",
            ".git",
            "git~1",
            "git~2",
            ".hg",
            ".svn",
            ".jj",
            ".meta-log",
            "con",
            "nul.txt",
            "aux.c",
            "prn",
            "com1",
            "lpt9.log",
            "com\u00b9",
            "clock$",
            "conin$",
            "x.",
            "x ",
            "a\\\\b",
            "a:b",
            "c:",
            "a::$DATA",
            "a\u0000b",
            "a\nb",
            "a\u007fb",
            "a\u0085b",
            "a\u202eb",
            "a\u2066b",
            "a\u200bb",
            "a\u200db",
            "a\ufeffb",
            "a\u00adb",
            "a\u2028b",
            "a\ue000b",
            "\ud800");

    /** The ways in which the same name is written so that it is not seen, but still read, by some program. */
    private static final List<UnaryOperator<String>> DISGUISES = List.of(
            segment -> segment,
            segment -> segment.toUpperCase(Locale.ROOT),
            DocumentPathTest::fullWidth,
            DocumentPathTest::percentEncoded,
            segment -> percentEncoded(percentEncoded(segment)),
            segment -> percentEncoded(fullWidth(segment)));

    private static final List<UnaryOperator<String>> PLACES = List.of(
            segment -> segment, segment -> segment + "/x", segment -> "a/" + segment, s -> "a/b/" + s + "/c.txt");

    private static String fullWidth(String text) {
        StringBuilder wide = new StringBuilder();
        text.chars().forEach(c -> wide.append(c > ' ' && c < 0x7f ? (char) (c + 0xfee0) : (char) c));
        return wide.toString();
    }

    private static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(String.format(Locale.ROOT, "%%%02x", each));
        }
        return encoded.toString();
    }

    @Test
    void aBadNameIsRefusedInEveryDisguiseAndPlace() {
        Set<String> hostile = new LinkedHashSet<>();
        for (String segment : BAD_SEGMENTS) {
            for (UnaryOperator<String> disguise : DISGUISES) {
                for (UnaryOperator<String> place : PLACES) {
                    hostile.add(place.apply(disguise.apply(segment)));
                }
            }
        }
        // A lone surrogate has no bytes, so encoded it is the question mark that stands for it, which is a name.
        hostile.removeIf(path -> path.contains("%3f") || path.contains("%33%66"));
        assertThat(hostile).hasSizeGreaterThan(600);
        assertThat(hostile.stream().filter(DocumentPathTest::isTaken)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/passwd",
                "//host/share",
                "a//b",
                "a/",
                "C:/x",
                "~root/../x",
                "a/.GIT/hooks/pre-commit",
                ".g\ufe00it/config",
                ".\u115fgit/config",
                "..%2f..%2fetc%2fpasswd",
                "%252e%252e%252fx",
                "%25252525252e",
                "%c0%ae%c0%ae/x",
                "a%5cb",
                "a%00b",
                "e\u0301",
                "\uff0e\uff0e/x",
                "\u2025/x",
                "a/\u2028"
            })
    void whatIsBadInAnyReadingIsRefused(String path) {
        assertThatThrownBy(() -> new DocumentPath(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another name");
    }

    @Test
    void longAndDeepPathsAreRefusedAtTheLimitAndTakenJustBelow() {
        assertThat(isTaken("x".repeat(Limits.PATH_BYTES))).isTrue();
        assertThat(isTaken("x".repeat(Limits.PATH_BYTES + 1))).isFalse();
        assertThat(isTaken("\u00e9".repeat(Limits.PATH_BYTES / 2))).isTrue();
        assertThat(isTaken("\u00e9".repeat(Limits.PATH_BYTES / 2 + 1))).isFalse();
        assertThat(isTaken("a/".repeat(Limits.PATH_SEGMENTS - 1) + "a")).isTrue();
        assertThat(isTaken("a/".repeat(Limits.PATH_SEGMENTS) + "a")).isFalse();
    }

    /** Where they come from stands in ORIGIN.md beside them. */
    @Test
    void noPathOfARealProjectIsRefused() throws IOException {
        List<String> paths = realPaths();
        assertThat(paths).hasSizeGreaterThan(20_000);
        assertThat(paths.stream().filter(path -> !isTaken(path))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "notes/today.canvasl",
                "gr\u00f6\u00dfe.txt",
                "\u65e5\u672c/\u8a9e.md",
                "src/.gitignore",
                ".github/workflows/ci.yml",
                "a b (1).txt",
                "console.log",
                "100%.txt",
                "foo%20bar.md",
                "50%25.txt",
                "a+b=c&d;e,f!@#$^'`{}[].txt",
                "\u2764\ufe0f.md",
                "..hidden",
                "git~x",
                "auxiliary.c"
            })
    void anOrdinaryPathIsTaken(String path) {
        assertThat(new DocumentPath(path).value()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".envrc",
                "sub/.ENVRC",
                ".dir-locals.el",
                "src/.dir-locals.el",
                "src/.Dir-Locals.el",
                ".emacs",
                "home/.emacs.d/init.el",
                ".vscode/tasks.json",
                "a/.vscode/settings.json",
                ".idea/workspace.xml",
                ".husky/pre-commit",
                "my.code-workspace",
                ".bashrc",
                ".gitignore",
                ".github/workflows/ci.yml",
                ".\ufe00envrc"
            })
    void whatProgramsObeyIsOfConcern(String path) {
        assertThat(new DocumentPath(path).concern()).contains(path);
    }

    @Test
    void hardlyAnyPathOfARealProjectIsOfConcern() throws IOException {
        List<String> concerns = realPaths().stream()
                .filter(path -> new DocumentPath(path).concern() != null)
                .toList();
        assertThat(concerns).hasSizeLessThan(40);
        assertThat(new DocumentPath("src/.gitignore").concern()).isNull();
        assertThat(new DocumentPath("emacs/init.el").concern()).isNull();
    }

    @Test
    void namesThatSomeFileSystemsTakeForOneAreFoldedIntoOne() {
        for (String other : List.of("PLAN.TXT", "\uff50lan.txt", "plan\ufe0f.txt")) {
            assertThat(DocumentPath.folded(other)).isEqualTo("plan.txt");
        }
        assertThat(DocumentPath.folded("stra\u00dfe")).isEqualTo(DocumentPath.folded("STRASSE"));
        assertThat(DocumentPath.folded("plan")).isNotEqualTo(DocumentPath.folded("plans"));
    }

    private static boolean isTaken(String path) {
        try {
            return new DocumentPath(path).value().equals(path);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static List<String> realPaths() throws IOException {
        List<String> paths = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(DocumentPathTest.class.getResourceAsStream("project-paths.txt.gz")),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                paths.add(Normalizer.normalize(line, Normalizer.Form.NFC));
            }
        }
        return paths;
    }
}
