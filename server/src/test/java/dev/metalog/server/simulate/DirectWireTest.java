package dev.metalog.server.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Direct links come about by what is said through a broker, and need it no more. */
class DirectWireTest {
    private final Clockwork clockwork = new Clockwork(1);
    private final List<Machine> machines = new ArrayList<>();
    private final Broker broker = new Broker(clockwork, machines);
    private final Keys keys = new Keys(1);
    private final List<DocumentId> documents = new ArrayList<>();
    private String invitation;

    @BeforeEach
    void twoWhoShareADocument() {
        for (int i = 0; i < 2; i++) {
            byte[] entropy = new byte[Mnemonic.ENTROPY_BYTES];
            entropy[0] = (byte) (i + 1);
            PeerIdentity identity = PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(entropy), "");
            DeviceKey device = DeviceKey.create(identity, clockwork.bytes(DeviceKey.RANDOM_BYTES), 1);
            machines.add(new Machine(clockwork, keys, broker, identity, device, new Notary(), i, documents));
        }
        for (Machine machine : machines) {
            machine.linkDirectly();
            machine.start();
            machine.openEditor(0, "");
        }
        pass(500);
        EditorMessages.Shared shared = first().share(first().typists(0).get(0));
        documents.add(new DocumentId(shared.documentId()));
        invitation = shared.invitation();
        second().join(second().typists(0).get(0), invitation);
        pass(3_000);
    }

    private Machine first() {
        return machines.get(0);
    }

    private Machine second() {
        return machines.get(1);
    }

    private void pass(long millis) {
        long end = clockwork.nowMillis() + millis;
        boolean more = true;
        while (more) {
            more = clockwork.step(end);
        }
    }

    /** Until both show the same and more than before, or this is over. */
    private void meet(int keysAtLeast, long mostMillis) {
        long end = clockwork.nowMillis() + mostMillis;
        while (clockwork.nowMillis() < end && !haveMet(keysAtLeast)) {
            pass(10);
        }
        assertThat(haveMet(keysAtLeast))
                .as("'%s' and '%s'", textOf(first()), textOf(second()))
                .isTrue();
    }

    private boolean haveMet(int keysAtLeast) {
        return textOf(first()).equals(textOf(second())) && textOf(first()).length() >= keysAtLeast;
    }

    private String textOf(Machine machine) {
        return machine.typists(0).get(0).text();
    }

    private void type(Machine machine) {
        machine.typists(0).get(0).type();
    }

    @Test
    void aKeyArrivesWhileNoBrokerIsThereAndTheWayBackIsTakenAgain() {
        machines.forEach(machine -> machine.wire().down());
        pass(100);
        type(first());
        meet(1, 1_000);

        int before = textOf(first()).length();
        first().direct().cutFor(3_000);
        pass(100);
        type(first());
        pass(2_000);
        assertThat(textOf(second())).as("no way is open").isNotEqualTo(textOf(first()));
        meet(before + 1, 10_000);
    }

    @Test
    void theBrokerIsSparedWhileAllAreLinked() {
        type(first());
        type(second());
        pass(20_000);
        long before = first().wire().sent() + second().wire().sent();
        int textBefore = textOf(first()).length();
        for (int i = 0; i < 10; i++) {
            type(first());
            type(second());
            pass(100);
        }
        meet(textBefore, 5_000);
        assertThat(first().wire().sent() + second().wire().sent()).isEqualTo(before);

        first().direct().cutFor(60_000);
        pass(100);
        type(first());
        meet(textBefore, 2_000);
        assertThat(first().wire().sent() + second().wire().sent()).isGreaterThan(before);
    }

    /** The link is up on both ends all the time. */
    @Test
    void whatALinkSwallowsComesThroughTheBrokerLongBeforeTheNextHello() {
        type(first());
        type(second());
        pass(20_000);
        first().direct().swallow();
        int before = textOf(first()).length();
        type(first());
        pass(100);
        assertThat(textOf(second())).isNotEqualTo(textOf(first()));
        meet(before, 2_500);
    }

    @Test
    void whoIsStartedAgainIsFoundAgain() {
        second().kill();
        pass(100);
        second().start();
        pass(8_000);
        machines.forEach(machine -> machine.wire().down());
        type(first());
        type(second());
        meet(2, 2_000);
    }

    @Test
    void bothAreStartedAgainWithoutABroker() {
        broker.part(0, 1);
        broker.part(1, 0);
        machines.forEach(Machine::kill);
        machines.forEach(Machine::start);
        type(first());
        type(second());
        meet(2, 20_000);
    }

    @Test
    void whoIsBlockedHasNoLinkAndGetsNoneUntilUnblocked() {
        machines.forEach(machine -> machine.wire().down());
        first().block(second().peer(), true);
        pass(10_000);
        type(second());
        pass(10_000);
        assertThat(textOf(first())).isEmpty();
        assertThat(first().leak()).isNull();
        first().block(second().peer(), false);
        machines.forEach(machine -> machine.wire().up());
        meet(1, 30_000);
    }
}
