package dev.metalog.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class InvitationTest {
    private static Invitation some(long seed) {
        Random random = new Random(seed);
        byte[] id = new byte[16];
        byte[] secret = new byte[32];
        random.nextBytes(id);
        random.nextBytes(secret);
        return new Invitation(
                DocumentId.fromRandom(id), secret, "mqtt://127.0.0.1:18831", new DocumentPath("notes/größe.canvasl"));
    }

    @Test
    void comesBackAsItWas() {
        for (long seed = 0; seed < 100; seed++) {
            Invitation invitation = some(seed);
            assertThat(Invitation.decode("  " + invitation.encode() + "\n")).isEqualTo(invitation);
        }
    }

    @Test
    void everyMistypedCharacterIsNoticed() {
        String text = some(1).encode();
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'q' ? 'r' : 'q';
            String wrong = text.substring(0, i) + other + text.substring(i + 1);
            assertThatThrownBy(() -> Invitation.decode(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void everyCutIsNoticed() {
        String text = some(2).encode();
        for (int i = 0; i < text.length(); i++) {
            String cut = text.substring(0, i);
            assertThatThrownBy(() -> Invitation.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void neverTellsItsSecretToALog() {
        Invitation invitation = some(3);
        assertThat(invitation.toString()).doesNotContain(Base32.encode(invitation.secret()));
    }
}
