package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Passwords that editors give for a broker that wants one. */
final class BrokerPasswordTest {
    private static final String BROKER = "mqtts://broker:8883";
    private static final String REFUSED = "It refused the user name or password.";
    private static final EditorId EDITOR = new EditorId(1);

    private Workspace workspace;
    private long nowMillis = 1_800_000_000_000L;

    @BeforeEach
    void boot() {
        PeerIdentity identity = PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(new byte[Mnemonic.ENTROPY_BYTES]), "");
        Random random = new Random(1);
        workspace = new Workspace(
                new Settings("file:///w", false, "canvasl", BROKER, false),
                identity,
                TestDevices.of(identity, 1),
                new Notary(),
                new ReplicaId("r1"),
                count -> {
                    byte[] bytes = new byte[count];
                    random.nextBytes(bytes);
                    return bytes;
                });
        workspace.boot(List.of(), StoredPeers.NONE, nowMillis);
        hear(new Input.EditorCame(EDITOR, PositionEncoding.UTF_8, "test", 1));
    }

    private List<Effect> hear(Input input) {
        return List.copyOf(workspace.on(input, ++nowMillis));
    }

    private List<Effect> give(long ticket, String broker, String password) {
        return hear(new Input.Asked(
                EDITOR, ticket, new Request.BrokerPassword(new EditorMessages.BrokerPasswordParams(broker, password))));
    }

    private static <T> List<T> only(Class<T> kind, List<Effect> effects) {
        List<T> found = new ArrayList<>();
        effects.stream().filter(kind::isInstance).map(kind::cast).forEach(found::add);
        return found;
    }

    private static Input.LinkDown refused(int number) {
        return new Input.LinkDown(BROKER, REFUSED, "ada", number);
    }

    @Test
    void theOneThatWasGivenIsAnsweredWhenItWasTriedAndNoOther() {
        assertThat(only(Effect.TellConnection.class, hear(refused(0))))
                .extracting(told -> told.connection().passwordOf())
                .containsExactly("ada");
        List<Effect> given = give(1, BROKER, "first");
        assertThat(only(Effect.UsePassword.class, given)).containsExactly(new Effect.UsePassword(BROKER, "first", 1));
        assertThat(given.toString()).doesNotContain("first");
        assertThat(only(Effect.TellConnection.class, given))
                .extracting(told -> told.connection().passwordOf())
                .containsOnlyNulls();

        // Refused before the link knew of the first one.
        assertThat(hear(refused(0))).isEmpty();
        List<Effect> wrong = hear(refused(1));
        assertThat(only(Effect.Refuse.class, wrong))
                .containsExactly(new Effect.Refuse(EDITOR, 1, EditorError.BAD_CREDENTIALS, REFUSED));

        give(2, BROKER, "second");
        assertThat(only(Effect.Answer.class, hear(new Input.LinkUp(BROKER))))
                .extracting(Effect.Answer::ticket)
                .containsExactly(2L);
    }

    @Test
    void nobodyGetsOneWhoDoesNotWantIt() {
        for (String broker : List.of(BROKER, "mqtts://eve:8883")) {
            List<Effect> effects = give(1, broker, "mine");
            assertThat(only(Effect.UsePassword.class, effects)).isEmpty();
            assertThat(only(Effect.Refuse.class, effects))
                    .extracting(Effect.Refuse::error)
                    .containsExactly(EditorError.BAD_PARAMS);
        }
        hear(new Input.LinkUp(BROKER));
        List<Effect> effects = give(2, BROKER, "late");
        assertThat(only(Effect.UsePassword.class, effects)).isEmpty();
        assertThat(only(Effect.Answer.class, effects)).hasSize(1);
    }

    @Test
    void aBrokerThatCannotBeReachedIsToldInTime() {
        hear(refused(0));
        give(1, BROKER, "first");
        hear(new Input.LinkDown(BROKER, "It cannot be found."));
        nowMillis += Federation.REQUEST_MILLIS;
        assertThat(only(Effect.Refuse.class, hear(new Input.Woken())))
                .extracting(Effect.Refuse::error)
                .containsExactly(EditorError.NOT_CONNECTED);
    }
}
