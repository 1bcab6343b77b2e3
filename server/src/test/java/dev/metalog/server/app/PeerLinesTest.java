package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.PeerMessages.Exchanges;
import dev.metalog.protocol.editor.PeerMessages.Failure;
import dev.metalog.protocol.editor.PeerMessages.PeerState;
import dev.metalog.protocol.editor.PeerMessages.Relation;
import dev.metalog.protocol.editor.PeerMessages.Traffic;
import dev.metalog.protocol.editor.PeerMessages.Way;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PeerLinesTest {
    private static final String ADA = "peer-" + "ad".repeat(20);
    private static final Exchanges EXCHANGES = new Exchanges(9, 7, 1, 0.875);
    private static final Traffic TRAFFIC = new Traffic(412, 30_817, 3, 9 << 20);
    private static final Failure FAILURE = new Failure("2026-11-19T17:02:11.5Z", "two\nlines \u001b[31m");
    private static final String HEARD = "2026-11-20T09:30:00.123Z";

    private static final PeerState KNOWN = new PeerState(
            ADA,
            "active",
            new Way("direct", List.of("192.0.2.7:4711")),
            "2026-11-02T08:15:00Z",
            null,
            null,
            3,
            HEARD,
            HEARD,
            EXCHANGES,
            TRAFFIC,
            FAILURE,
            List.of(
                    new Relation("a", "notes/plan.canvasl", HEARD, null, EXCHANGES, TRAFFIC, FAILURE),
                    new Relation("b", null, HEARD, HEARD, EXCHANGES, TRAFFIC, null)));

    private static final PeerState BLOCKED = new PeerState(
            "peer-" + "be".repeat(20),
            "blocked",
            null,
            null,
            HEARD,
            "2026-11-20T09:41:00.5Z",
            96,
            null,
            null,
            new Exchanges(0, 0, 0, null),
            new Traffic(0, 0, 0, 0),
            null,
            List.of());

    @Test
    void aTableHasALineForEach() {
        String[] lines = PeerLines.table(List.of(KNOWN, BLOCKED)).split("\n");
        assertThat(lines).hasSize(3);
        assertThat(lines[0]).startsWith("PEER").contains("LAST SYNCED").endsWith("SHARED");
        assertThat(lines[1].split(" {2,}"))
                .containsExactly(
                        ADA,
                        "active",
                        "direct 192.0.2.7:4711",
                        "2026-11-20T09:30:00Z",
                        "2026-11-20T09:30:00Z",
                        "7 of 8 (88 %)",
                        "30 KiB",
                        "9 MiB",
                        "2");
        assertThat(lines[2]).contains("blocked").contains("never").contains("not asked");
        assertThat(lines[2].indexOf("blocked")).isEqualTo(lines[1].indexOf("active"));
        assertThat(PeerLines.table(List.of())).startsWith("No peer was heard of");
    }

    @Test
    void aPageTellsAllAndControlsNoTerminal() {
        String page = PeerLines.page(KNOWN);
        assertThat(page).contains("notes/plan.canvasl").contains("b (not shared any more)");
        assertThat(page).contains("two lines  [31m").doesNotContain("\u001b");
        assertThat(PeerLines.page(BLOCKED))
                .contains("blocked since")
                .contains("96")
                .contains("- (no direct link until 2026-11-20T09:41:00Z)");
    }

    @Test
    void aLineOfJsonHasTheMembersOfTheProtocolAndNoNull() {
        assertThat(PeerLines.json(BLOCKED))
                .isEqualTo(
                        "{\"peerId\":\"" + BLOCKED.peerId() + "\",\"status\":\"blocked\",\"blockedAt\":\"" + HEARD
                                + "\",\"bannedUntil\":\"2026-11-20T09:41:00.5Z\",\"dropped\":96,\"exchanges\":{\"asked\":0,\"answered\":0,\"unanswered\":0},"
                                + "\"traffic\":{\"bundlesIn\":0,\"bytesIn\":0,\"bundlesOut\":0,\"bytesOut\":0},\"relations\":[]}");
        assertThat(PeerLines.json(KNOWN)).contains("\"successRate\":0.875").contains("two\\nlines");
    }
}
