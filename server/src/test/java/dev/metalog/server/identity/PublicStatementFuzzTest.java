package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.metalog.protocol.PeerId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** Any bytes on a public topic are refused, unless they say what was signed by another hand, in whatever spelling. */
final class PublicStatementFuzzTest {
    private static final long NOW = Instant.parse("2026-11-20T12:00:05Z").toEpochMilli();
    private static final PeerId US = new PeerId("peer-7e5f4552091a69125d5dfcb7b8c2659029395bdf");
    private static final Set<Object> SIGNED = signed();

    private static Set<Object> signed() {
        Set<Object> statements = new HashSet<>();
        TestData.json(TestData.text("by-another-hand.json"))
                .forEach(row -> judge(row.get("text").asText().getBytes(StandardCharsets.UTF_8), statements));
        assertThat(statements).hasSize(3);
        return statements;
    }

    @FuzzTest(maxDuration = "10m")
    void judge(byte[] input) {
        Set<Object> accepted = new HashSet<>();
        judge(input, accepted);
        assertThat(SIGNED).containsAll(accepted);
    }

    private static void judge(byte[] payload, Set<Object> accepted) {
        keep(new AnnouncementGate().judge(payload, NOW), accepted);
        keep(new MessageGate(US).judgeFile(payload, NOW), accepted);
        keep(new MessageGate(US).judgeMessage(payload, NOW), accepted);
    }

    private static <T> void keep(Verdict<T> verdict, Set<Object> accepted) {
        if (verdict instanceof Verdict.Accepted<T> passed) {
            accepted.add(passed.statement());
        }
    }
}
