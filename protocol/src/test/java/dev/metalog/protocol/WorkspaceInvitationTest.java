package dev.metalog.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkspaceInvitationTest {
    private static WorkspaceInvitation some(long seed, DocumentPath path) {
        Random random = new Random(seed);
        byte[] id = new byte[16];
        byte[] secret = new byte[32];
        random.nextBytes(id);
        random.nextBytes(secret);
        return new WorkspaceInvitation(WorkspaceId.fromBytes(id), secret, "mqtt://127.0.0.1:18831", path);
    }

    @Test
    void comesBackAsItWas() {
        for (long seed = 0; seed < 100; seed++) {
            WorkspaceInvitation to =
                    some(seed, seed % 2 == 0 ? null : new DocumentPath("notes/gr\u00f6\u00dfe.canvasl"));
            assertThat(to.encode()).startsWith("metalog2-");
            assertThat(WorkspaceInvitation.decode("  " + to.encode() + "\n"))
                    .isEqualTo(to)
                    .hasSameHashCodeAs(to);
        }
        WorkspaceInvitation longest = new WorkspaceInvitation(
                WorkspaceId.fromBytes(new byte[16]),
                new byte[32],
                "x".repeat(256),
                new DocumentPath("y".repeat(Limits.PATH_BYTES)));
        assertThat(WorkspaceInvitation.decode(longest.encode())).isEqualTo(longest);
    }

    @Test
    void everyMistypedCharacterAndEveryCutIsNoticed() {
        String text = some(1, null).encode();
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'q' ? 'r' : 'q';
            String wrong = text.substring(0, i) + other + text.substring(i + 1);
            assertThatThrownBy(() -> WorkspaceInvitation.decode(wrong)).isInstanceOf(IllegalArgumentException.class);
            String cut = text.substring(0, i);
            assertThatThrownBy(() -> WorkspaceInvitation.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        String other = "metalog1-" + text.substring(9);
        assertThatThrownBy(() -> WorkspaceInvitation.decode(other)).hasMessageContaining("metalog2-");
    }

    @Test
    void neverTellsItsSecretToALog() {
        WorkspaceInvitation invitation = some(3, null);
        assertThat(invitation.toString()).doesNotContain(Base32.encode(invitation.secret()));
    }
}
