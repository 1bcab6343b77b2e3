package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Stamp;
import dev.metalog.server.app.BlameReport.Stretch;
import dev.metalog.server.workspace.Authored;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code meta-log history blame} says; the signatures it looks at are in HistoryIT. */
@Timeout(60)
class HistoryCommandTest {
    private static final PeerId ANN = new PeerId("peer-" + "a".repeat(40));
    private static final PeerId BEN = new PeerId("peer-" + "b".repeat(40));
    private static final int NINE = Stamp.minutesAt(1_790_000_000_000L);
    private static final String AT_NINE = "2026-09-21T14:13:00Z";

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new HistoryCommand(
                        Map.of("META_LOG_HOME", new KeptDocument(folder).home().toString())))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void eachLineIsCutWhereAnotherWroteIt() {
        String text = "one two\n\nthree\nfour";
        List<Authored> authors = List.of(
                new Authored(0, 4, ANN, NINE),
                new Authored(4, 4, BEN, NINE),
                new Authored(8, 4, ANN, Stamp.UNKNOWN_MINUTES),
                new Authored(12, 3, null, NINE),
                new Authored(15, 4, BEN, NINE));
        assertThat(BlameReport.stretches(text, authors))
                .containsExactly(
                        new Stretch(1, ANN.value(), AT_NINE, "one "),
                        new Stretch(1, BEN.value(), AT_NINE, "two"),
                        new Stretch(2, ANN.value(), null, ""),
                        new Stretch(3, ANN.value(), null, "thr"),
                        new Stretch(3, null, AT_NINE, "ee"),
                        new Stretch(4, BEN.value(), AT_NINE, "four"));
    }

    @Test
    void whatOneTypedInOneMinuteIsOneStretchALineInWhateverPieces() {
        List<Authored> authors =
                List.of(new Authored(0, 1, ANN, NINE), new Authored(1, 2, ANN, NINE), new Authored(3, 1, ANN, NINE));
        assertThat(BlameReport.stretches("a\nbc", authors))
                .containsExactly(new Stretch(1, ANN.value(), AT_NINE, "a"), new Stretch(2, ANN.value(), AT_NINE, "bc"));
        assertThat(BlameReport.stretches("", List.of())).isEmpty();
    }

    @Test
    void ofUnsignedTextNobodyIsNamed() throws Exception {
        KeptDocument document = new KeptDocument(folder);
        try (Disk disk = document.open()) {
            document.share(disk);
            document.type(disk, 3);
        }
        assertThat(run("blame", "a.txt")).isZero();
        assertThat(out.toString().lines()).containsExactly("?             ?                    1  kkk");
        out.getBuffer().setLength(0);
        assertThat(run("blame", "--json", "a.txt")).isZero();
        assertThat(new ObjectMapper().readTree(out.toString()).at("/documents/0/stretches/0"))
                .isEqualTo(new ObjectMapper().readTree("{\"line\":1,\"text\":\"kkk\"}"));
    }

    @Test
    void aDocumentThatIsNotKeptIsSaidToBeNone() throws Exception {
        KeptDocument document = new KeptDocument(folder);
        try (Disk disk = document.open()) {
            document.share(disk);
        }
        assertThat(run("blame", "b.txt")).isEqualTo(1);
        assertThat(err.toString()).contains("No document called b.txt is kept");
    }
}
