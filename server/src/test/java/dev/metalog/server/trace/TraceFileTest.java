package dev.metalog.server.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TraceFileTest {
    @TempDir
    private Path folder;

    private static List<Trace> read(String json) throws BadTraceException {
        return TraceFile.read("sample", new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static void endsAsItSays(List<Trace> traces) throws BadTraceException {
        assertThat(Replay.of(traces).different()).isEmpty();
    }

    @Test
    void aSequentialTraceStartsWithATextAndGoesOnFromIt() throws BadTraceException {
        List<Trace> traces = read(TraceSamples.SEQUENTIAL);
        endsAsItSays(traces);
        assertThat(traces).singleElement().satisfies(trace -> {
            assertThat(trace.name()).isEqualTo("sample");
            assertThat(trace.transactions()).hasSize(5);
            assertThat(trace.transactions().get(1).edits())
                    .containsExactly(new TextEdit(3, 0, "?"), new TextEdit(3, 1, "!"));
            assertThat(trace.units()).isEqualTo(9 + 1 + 2 + 4 + 1);
        });
    }

    @Test
    void writersWithNumbersAreOrderedByThem() throws BadTraceException {
        List<Trace> traces = read(TraceSamples.CONCURRENT);
        endsAsItSays(traces);
        assertThat(traces.get(0).transactions().get(1).writer()).isEqualTo(new ReplicaId("a000010"));
        assertThat(traces.get(0).transactions().get(4).events()).isEmpty();
    }

    @Test
    void codePointsBecomeUtf16Units() throws BadTraceException {
        List<Trace> traces = read(TraceSamples.ASTRAL);
        endsAsItSays(traces);
        List<Event> second = traces.get(0).transactions().get(2).events();
        assertThat(second).extracting(Event::position).containsExactly(5, 6);
        assertThat(second.get(1).length()).isEqualTo(2);
    }

    @Test
    void aSuiteIsReadCaseByCase() throws BadTraceException {
        List<Trace> traces = read(TraceSamples.SUITE);
        endsAsItSays(traces);
        assertThat(traces).extracting(Trace::name).containsExactly("sample, case 0", "sample, case 1");
        assertThat(traces.get(1).transactions().get(0).writer()).isEqualTo(new ReplicaId("a000000"));
        assertThat(traces.get(1).transactions().get(1).events())
                .as("the deletion is cut where the third transaction goes on")
                .hasSize(3);
    }

    @Test
    void packedOrNotIsToldByTheContentNotByTheName() throws Exception {
        Path plain = TraceSamples.write(folder, "plain.json.gz", TraceSamples.CONCURRENT);
        Path packed = TraceSamples.pack(folder, "packed.json", TraceSamples.CONCURRENT);
        assertThat(TraceFile.read(plain).get(0).events())
                .isEqualTo(TraceFile.read(packed).get(0).events());
        assertThat(TraceFile.read(packed).get(0).name()).isEqualTo("packed");
    }

    @Test
    void aLongTextBecomesSeveralEventsAndNoPairIsParted() throws BadTraceException {
        String text = "x" + "😀".repeat(40_000);
        List<Trace> traces =
                read("{\"endContent\": \"" + text + "\", \"txns\": [{\"patches\": [[0, 0, \"" + text + "\"]]}]}");
        endsAsItSays(traces);
        assertThat(traces.get(0).events()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|the file is empty",
                "`nonsense`|line 1, column & no whole JSON",
                "`7`|a trace is a JSON object",
                "`[]`|the suite has no cases",
                "`{}`|no \"txns\" & editing-traces",
                "`{\"txns\": []}`|no \"endContent\"",
                "`{\"txns\": [], \"txns\": [], \"endContent\": \"\"}`|Duplicate field",
                "`{\"txns\": [], \"endContent\": \"\"} {}`|something follows",
                "`{\"txns\": [], \"endContent\": \"\"`|line 1 & no whole JSON",
                "`{\"txns\": 3, \"endContent\": \"\"}`|the list of transactions",
                "`{\"txns\": [3], \"endContent\": \"\"}`|a transaction",
                "`{\"txns\": [{}], \"endContent\": \"\"}`|no patches",
                "`{\"txns\": [{\"patches\": [], \"ops\": []}], \"endContent\": \"\"}`|both patches and ops",
                "`{\"txns\": [{\"patches\": [[0, 0]]}], \"endContent\": \"\"}`|the inserted text",
                "`{\"txns\": [{\"patches\": [[0, \"\", 0]]}], \"endContent\": \"\"}`|the deleted length",
                "`{\"txns\": [{\"patches\": [[-1, 0, \"a\"]]}], \"endContent\": \"\"}`|position & -1",
                "`{\"txns\": [{\"patches\": [[99999999999, 0, \"a\"]]}], \"endContent\": \"\"}`|position & 99999999999",
                "`{\"txns\": [{\"patches\": [[0, 0, \"a\", \"t\", 5]]}], \"endContent\": \"\"}`|the end of the patch",
                "`{\"txns\": [{\"patches\": [[0, 0, \"\\ud800\"]]}], \"endContent\": \"\"}`|half a surrogate pair",
                "`{\"txns\": [{\"patches\": [[0, 2147483647, \"\"]]}, {\"patches\": [[0, 2147483647, \"\"]]}],"
                        + " \"endContent\": \"\"}`|transaction 1 & units long",
                "`{\"txns\": [{\"parents\": [], \"patches\": []}], \"endContent\": \"\"}`|not those of one format",
                "`{\"txns\": [{\"parents\": [0], \"agent\": 0, \"patches\": []}], \"endContent\": \"\"}`"
                        + "|transaction 0 & does not stand before it",
                "`{\"txns\": [{\"parents\": [], \"agent\": 0, \"patches\": []}, {\"patches\": []}],"
                        + " \"endContent\": \"\"}`|not all in one format",
                "`{\"txns\": [{\"parents\": [], \"agent\": 1000000, \"patches\": []}], \"endContent\": \"\"}`"
                        + "|transaction 0 & number is 1000000",
                "`{\"startContent\": \"a\", \"txns\": [{\"parents\": [], \"agent\": 0, \"patches\": []}],"
                        + " \"endContent\": \"\"}`|startContent",
                "`[{\"txns\": [{\"span\": [0, 2], \"parents\": [], \"agent\": \"a\", \"seqStart\": 0,"
                        + " \"ops\": [[0, 0, \"K\"]]}], \"endContent\": \"K\"}]`|transaction 0 & its span at 2",
                "`[{\"txns\": [{\"span\": [1, 2], \"parents\": [], \"agent\": \"a\", \"seqStart\": 0,"
                        + " \"ops\": [[0, 0, \"K\"]]}], \"endContent\": \"K\"}]`|transaction 0 & starts at event 1",
                "`[{\"txns\": [{\"span\": [0, 1], \"parents\": [], \"agent\": \"a\", \"seqStart\": 4,"
                        + " \"ops\": [[0, 0, \"K\"]]}], \"endContent\": \"K\"}]`|sequence number 4",
                "`[{\"txns\": [{\"span\": [0, 1], \"parents\": [0], \"agent\": \"a\", \"seqStart\": 0,"
                        + " \"ops\": [[0, 0, \"K\"]]}], \"endContent\": \"K\"}]`|event 0 & does not stand before it",
                "`[{\"txns\": [{\"span\": [1, 0], \"parents\": [], \"agent\": \"a\", \"seqStart\": 0,"
                        + " \"ops\": []}], \"endContent\": \"K\"}]`|a span is",
                "`[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]`|a case of the suite",
                "`{\"more\": [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}`|depth",
                "`{\"txns\": [{\"patches\": [[0, 0, \"😀\"], [2, 0, \"a\"]]}], \"endContent\": \"\"}`"
                        + "|transaction 0 & patch 1 & beyond the end",
            })
    void whatIsNoTraceIsRefusedWithItsPlace(String json, String said) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(BadTraceException.class)
                .hasMessageContainingAll(said.split(" & ", -1));
    }

    @Test
    void anEventThatDoesNotFitIsRefusedWithItsTransaction() throws BadTraceException {
        List<Trace> traces = read("{\"endContent\": \"\", \"txns\": [{\"patches\": [[0, 0, \"ab\"]]},"
                + " {\"patches\": [[3, 0, \"c\"]]}]}");
        assertThatThrownBy(() -> Replay.of(traces))
                .isInstanceOf(BadTraceException.class)
                .hasMessageContainingAll("transaction 1", "whole, unchanged recording");
    }

    @Test
    void moreParentsThanAnEventMayHaveAreRefused() {
        StringBuilder json = new StringBuilder("{\"endContent\": \"\", \"txns\": [");
        StringBuilder parents = new StringBuilder();
        for (int i = 0; i < 257; i++) {
            json.append("{\"parents\": [], \"agent\": ").append(i).append(", \"patches\": [[0, 0, \"a\"]]},");
            parents.append(i == 0 ? "" : ",").append(i);
        }
        json.append("{\"parents\": [").append(parents).append("], \"agent\": 0, \"patches\": []}]}");
        assertThatThrownBy(() -> read(json.toString()))
                .isInstanceOf(BadTraceException.class)
                .hasMessageContainingAll("transaction 257", "more than 256 parents");
    }

    @Test
    void whatUnpacksToTooMuchIsRefusedBeforeItFillsTheMemory() throws IOException {
        Path bomb = folder.resolve("bomb.json.gz");
        byte[] blanks = new byte[1 << 20];
        Arrays.fill(blanks, (byte) ' ');
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(bomb))) {
            for (long written = 0; written <= TraceLimits.JSON_BYTES; written += blanks.length) {
                out.write(blanks);
            }
        }
        assertThatThrownBy(() -> TraceFile.read(bomb))
                .isInstanceOf(BadTraceException.class)
                .hasMessageContainingAll("bomb.json.gz", "more than 256 MiB");
    }

    @Test
    void filesThatCannotBeReadAreNamedWithTheReason() throws IOException {
        assertThatThrownBy(() -> TraceFile.read(folder.resolve("none.json")))
                .isInstanceOf(BadTraceException.class)
                .hasMessageContainingAll("none.json", "no such file");
        assertThatThrownBy(() -> TraceFile.read(folder)).hasMessageContainingAll("folder", "name the files");
        Path packed = TraceSamples.pack(folder, "cut.json.gz", TraceSamples.CONCURRENT);
        byte[] bytes = Files.readAllBytes(packed);
        Files.write(packed, Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> TraceFile.read(packed))
                .isInstanceOf(BadTraceException.class)
                .hasMessageContaining("cut.json.gz");
        bytes[bytes.length / 2] ^= 0x55;
        Files.write(packed, bytes);
        assertThatThrownBy(() -> TraceFile.read(packed))
                .isInstanceOf(BadTraceException.class)
                .hasMessageContaining("cut.json.gz");
    }
}
