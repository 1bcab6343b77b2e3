package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.TextEdit;
import dev.metalog.server.text.Text;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How what was typed in vain reads. */
class AsideNotesTest {
    private static final String HEAD =
            "What was typed in notes.md, which you may only read. It was set back there, and nobody was sent it.\n";

    private final AtomicLong numbers = new AtomicLong();
    private final AsideNotes notes = new AsideNotes(
            new EditorId(1),
            new SharedDocument(
                    new DocumentId("a".repeat(26)),
                    "file:///w/notes.md",
                    new DocumentPath("notes.md"),
                    new byte[32],
                    ""),
            numbers::incrementAndGet);

    private Aside add(String before, TextEdit... edits) {
        return notes.add(Text.of(before), List.of(edits), 0);
    }

    @Test
    void keysThatFollowEachOtherAreOnePieceWhetherTheyWereSetBackInBetweenOrNot() {
        add("one\ntwo", new TextEdit(4, 0, "h"));
        add("one\nhtwo", new TextEdit(5, 0, "e"));
        Aside last = add("one\ntwo", new TextEdit(4, 0, "y"));
        assertThat(last.text()).isEqualTo(HEAD + "\n\n--- 1970-01-01T00:00:00Z, line 2\nhey");
        assertThat(last.isFirst()).isFalse();
    }

    @Test
    void whatWasDeletedIsToldWithWhatTookItsPlace() {
        Aside one = add("one\ntwo", new TextEdit(0, 3, "1"), new TextEdit(2, 3, ""));
        assertThat(one.isFirst()).isTrue();
        assertThat(one.text())
                .isEqualTo(HEAD + "\n\n--- 1970-01-01T00:00:00Z, line 1\ndeleted: one\ninserted: 1"
                        + "\n\n--- 1970-01-01T00:00:00Z, line 2\ndeleted: two");
    }

    @Test
    void afterAsMuchAsAFileTakesAnotherOneBegins() {
        Aside full = add("", new TextEdit(0, 0, "x".repeat(Aside.MOST_UNITS)));
        Aside next = add("", new TextEdit(0, 0, "y"));
        assertThat(next.number()).isNotEqualTo(full.number());
        assertThat(next.isFirst()).isTrue();
        assertThat(next.text()).endsWith("line 1\ny").doesNotContain("xx");
    }
}
