package dev.metalog.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ReplayCommandTest {
    private record Outcome(int code, String out, String err) {}

    @TempDir
    private Path folder;

    private static Outcome run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new ReplayCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    @Test
    void equalFilesAreALineEachAndExitCodeZero() throws Exception {
        Path sequential = TraceSamples.pack(folder, "notes.json.gz", TraceSamples.SEQUENTIAL);
        Path suite = TraceSamples.write(folder, "suite.json", TraceSamples.SUITE);
        Outcome outcome = run(sequential, suite);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines()).hasSize(2);
        assertThat(outcome.out().lines().findFirst().orElseThrow())
                .containsPattern("notes +5 transactions +17 events +[0-9.]+ ms +equal");
        assertThat(outcome.out()).containsPattern("suite +2 cases, +6 transactions .* equal");
    }

    @Test
    void aDifferenceIsShownAndEndsWithOneAndTheOthersAreReplayedStill() throws Exception {
        Path wrong =
                TraceSamples.write(folder, "wrong.json", TraceSamples.CONCURRENT.replace("[ten]b.\"", "[ten]c.\""));
        Path shorter = TraceSamples.write(folder, "short.json", TraceSamples.CONCURRENT.replace("b.\",", "b.more\","));
        Path right = TraceSamples.write(folder, "right.json", TraceSamples.CONCURRENT);
        Outcome outcome = run(wrong, shorter, right);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("DIFFERENT: at 11 it is \"b.\" and has to be \"c.\"")
                .contains("DIFFERENT: at 13 it is the end and has to be \"more\"")
                .containsPattern("right +.* equal");
    }

    @Test
    void aFileThatCannotBeReadIsSaidOnStandardErrorAndEndsWithOne() throws Exception {
        Path bad = TraceSamples.write(folder, "bad.json", "{\"txns\": [");
        Path right = TraceSamples.write(folder, "right.json", TraceSamples.CONCURRENT);
        Outcome outcome = run(bad, folder.resolve("none.json"), right);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith("meta-log replay: "));
        assertThat(outcome.err()).contains("bad.json: line 1", "none.json: there is no such file");
        assertThat(outcome.out()).containsPattern("right +.* equal");
    }

    @Test
    void jsonIsOneObject() throws Exception {
        Path right = TraceSamples.write(folder, "right.json", TraceSamples.ASTRAL);
        Path wrong = TraceSamples.write(folder, "wrong.json", TraceSamples.SUITE.replace("\"-A\"", "\"-B\""));
        Path bad = TraceSamples.write(folder, "bad.json", "[");
        Outcome outcome = run("--json", right, wrong, bad);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines()).hasSize(1);
        JsonNode report = new ObjectMapper().readTree(outcome.out());
        assertThat(report.get("equal").asBoolean()).isFalse();
        JsonNode files = report.get("files");
        assertThat(files).hasSize(3);
        assertThat(files.get(0).get("name").asText()).isEqualTo("right");
        assertThat(files.get(0).get("equal").asBoolean()).isTrue();
        assertThat(files.get(0).get("transactions").asInt()).isEqualTo(4);
        assertThat(files.get(0).get("events").asInt()).isPositive();
        assertThat(files.get(0).get("millis").asDouble()).isPositive();
        assertThat(files.get(1).get("cases").asInt()).isEqualTo(2);
        JsonNode difference = files.get(1).get("differences").get(0);
        assertThat(difference.get("trace").asText()).isEqualTo("wrong, case 0");
        assertThat(difference.get("position").asInt()).isEqualTo(1);
        assertThat(difference.get("expected").asText()).isEqualTo("B");
        assertThat(difference.get("found").asText()).isEqualTo("A");
        assertThat(files.get(2).get("error").asText()).contains("no whole JSON");
        assertThat(files.get(2).get("events").isNull()).isTrue();
    }

    @Test
    void withoutAFileItSaysHowToUseIt() {
        Outcome outcome = run();
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("FILE");
        assertThat(run("--help").out()).contains("editing-traces", "Exit code");
    }

    @Test
    void everyTraceOfTheFolderEndsAsRecorded() throws Exception {
        String named = System.getenv("META_LOG_TRACES");
        Assumptions.assumeTrue(
                named != null && Files.isDirectory(Path.of(named)),
                "META_LOG_TRACES names no folder with traces (theirs is another licence; they are not kept here)");
        List<Path> traces;
        try (Stream<Path> files = Files.list(Path.of(named))) {
            traces = files.filter(file -> file.toString().matches(".*\\.json(\\.gz)?"))
                    .sorted()
                    .toList();
        }
        assertThat(traces).isNotEmpty();
        Outcome outcome = run(traces.toArray());
        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out().lines()).hasSameSizeAs(traces);
    }
}
