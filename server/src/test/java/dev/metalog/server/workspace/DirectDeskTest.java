package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Speaker;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.reach.Contacts;
import dev.metalog.server.reach.Endpoint;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may link to us, and whose links are ended. */
final class DirectDeskTest {
    private final PeerIdentity self =
            PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(new byte[Mnemonic.ENTROPY_BYTES]), "");
    private final DeviceKey device = TestDevices.of(self, 1);
    private final Contacts contacts = new Contacts();
    private final Outbox out = new Outbox();
    private final DirectDesk desk = new DirectDesk(device, "file:///w", contacts, byte[]::new, new Timeline(), out);

    private static PeerId peer(int number) {
        return new PeerId(String.format("peer-%040x", number));
    }

    private Set<PeerId> welcome() {
        desk.settle();
        return out.drain().stream()
                .filter(Effect.Welcome.class::isInstance)
                .map(effect -> ((Effect.Welcome) effect).peers())
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    /** Nothing is said to them, as we listen nowhere. */
    private void meet(int number) {
        desk.met(new Speaker(peer(number), 1), null);
    }

    @Test
    void whoWasWelcomedFirstMakesRoomAndComesBackWhenItSpeaks() {
        for (int i = 0; i <= DirectDesk.MOST_WELCOME; i++) {
            meet(i);
        }
        assertThat(welcome())
                .hasSize(DirectDesk.MOST_WELCOME)
                .doesNotContain(peer(0))
                .contains(peer(1), peer(DirectDesk.MOST_WELCOME));
        meet(0);
        assertThat(welcome()).contains(peer(0)).doesNotContain(peer(1));
    }

    /** It never said where it is, so there is nothing to look for and nothing to forget but the link. */
    @Test
    void aLinkThatAPeerDialledEndsWithItsWelcome() {
        meet(7);
        DeviceId itsDevice = device.certificate().device();
        Endpoint link = new Endpoint(peer(7), itsDevice, 3);
        Endpoint ofAnother = new Endpoint(peer(8), itsDevice, 4);
        NetAddress where = NetAddress.of(new byte[] {127, 0, 0, 1}, 4_711);
        contacts.up(new Contacts.Up(link, where, 1));
        contacts.up(new Contacts.Up(ofAnother, where, 1));
        desk.part(peer(7));
        assertThat(out.drain()).containsExactly(new Effect.Forsake(link));
        assertThat(welcome()).doesNotContain(peer(7));
        assertThat(contacts.links()).as("until it is down").hasSize(2);
        assertThat(List.of(contacts.down(link), contacts.down(ofAnother))).containsOnly(true);
    }
}
