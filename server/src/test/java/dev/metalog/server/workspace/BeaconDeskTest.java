package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.server.identity.BeaconKey;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.identity.Whereabouts;
import dev.metalog.server.reach.Contacts;
import dev.metalog.server.reach.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two who know each other find each other by their beacons; nobody else can make them dial, wait, or be recognised. */
final class BeaconDeskTest {
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final byte[] PLACE = "file:///w".getBytes(StandardCharsets.UTF_8);
    private static final NetAddress OF_BEFORE = new NetAddress("192.0.2.7", 4_711);
    private static final NetAddress NOW = new NetAddress("192.0.2.8", 4_712);

    private final End ada = new End(1);
    private final End ben = new End(2);

    /** One sidecar, as far as it is about where others are. */
    private static final class End {
        final PeerIdentity self;
        final DeviceKey device;
        final Contacts contacts = new Contacts();
        final Timeline time = new Timeline();
        final Outbox out = new Outbox();
        final Random random;
        final DirectDesk desk;
        final List<Effect> effects = new ArrayList<>();
        long now = START_MILLIS;

        End(int number) {
            byte[] entropy = new byte[Mnemonic.ENTROPY_BYTES];
            entropy[0] = (byte) number;
            self = PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(entropy), "");
            device = TestDevices.of(self, number);
            random = new Random(number);
            time.start(now);
            desk = newDesk(contacts);
        }

        DirectDesk newDesk(Contacts known) {
            RandomBytes chance = count -> {
                byte[] bytes = new byte[count];
                random.nextBytes(bytes);
                return bytes;
            };
            return new DirectDesk(device, "file:///w", known, chance, time, out);
        }

        PeerId peer() {
            return self.peerId();
        }

        void listensAt(NetAddress address) {
            desk.listening(List.of(address), true);
            settle();
        }

        void settle() {
            desk.settle();
            effects.addAll(out.drain());
        }

        void passes(long millis) {
            now += millis;
            time.tick(now);
            settle();
        }

        void sees(byte[] beacon) {
            desk.saw(beacon);
            settle();
        }

        <T extends Effect> List<T> take(Class<T> kind) {
            List<T> found =
                    effects.stream().filter(kind::isInstance).map(kind::cast).toList();
            effects.clear();
            return found;
        }

        /** What it had kept last: its own, and those of others. */
        List<byte[]> kept() {
            List<Effect.KeepContacts> kept = take(Effect.KeepContacts.class);
            return kept.get(kept.size() - 1).statements();
        }

        /** It was told by the other, sealed, over a broker. */
        void isTold(End other, byte[] statement) {
            desk.heard(new Speaker(other.peer(), 1), new PeerMessage.Reachable(statement), false);
            settle();
        }

        Endpoint of(End other) {
            return new Endpoint(
                    other.peer(), other.device.certificate().device(), Whereabouts.placeOf(other.device, PLACE));
        }

        void isLinkedTo(End other) {
            contacts.up(new Contacts.Up(of(other), NOW, 1));
            settle();
        }

        void isLinkedToNoMore(End other) {
            contacts.down(of(other));
            settle();
        }
    }

    @BeforeEach
    void bothKnowEachOther() {
        ada.desk.met(new Speaker(ben.peer(), 1), null);
        ben.desk.met(new Speaker(ada.peer(), 1), null);
        ada.listensAt(OF_BEFORE);
        ben.listensAt(OF_BEFORE);
        byte[] adas = ada.kept().get(0);
        byte[] bens = ben.kept().get(0);
        ben.isTold(ada, adas);
        ada.isTold(ben, bens);
        ada.isLinkedTo(ben);
        ben.isLinkedTo(ada);
        ada.effects.clear();
        ben.effects.clear();
    }

    private byte[] beaconOf(End end) {
        List<Effect.ShowBeacon> shown = end.take(Effect.ShowBeacon.class);
        assertThat(shown).hasSize(1);
        return shown.get(0).beacon();
    }

    @Test
    void nothingIsShownWhileAllAreLinked() {
        for (int i = 0; i < 1_000; i++) {
            ada.passes(1_000);
        }
        assertThat(ada.take(Effect.ShowBeacon.class)).isEmpty();
        assertThat(ada.desk.wakeAtMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whoMovedIsFoundWhereItIsNow() {
        ada.isLinkedToNoMore(ben);
        ben.isLinkedToNoMore(ada);
        ben.effects.clear();
        ada.passes(1_000);
        ada.effects.clear();
        ada.listensAt(NOW);
        ada.passes(1_000);
        List<Effect.ShowBeacon> shown = ada.take(Effect.ShowBeacon.class);
        ben.sees(shown.get(shown.size() - 1).beacon());
        assertThat(ben.effects)
                .contains(new Effect.Seek(ben.of(ada), List.of(NOW)))
                .anyMatch(Effect.KeepContacts.class::isInstance)
                .anyMatch(
                        effect -> effect instanceof Effect.Log log && log.line().contains("seen on this network"));
        ben.effects.clear();
        ben.passes(1_000);
        assertThat(ben.take(Effect.ShowBeacon.class)).as("the answer").hasSize(1);
    }

    @Test
    void theSameIsFoundOutOnceAndAnotherBeaconOfItNotAtAll() {
        ada.isLinkedToNoMore(ben);
        ada.passes(1_000);
        byte[] first = beaconOf(ada);
        ben.sees(first);
        assertThat(ben.effects).as("it is where it was").isEmpty();
        ada.passes(BeaconDesk.FRESH_MILLIS);
        byte[] later = beaconOf(ada);
        assertThat(later).isNotEqualTo(first).hasSameSizeAs(first);
        ben.sees(later);
        assertThat(ben.effects).isEmpty();
    }

    @Test
    void itIsShownLessAndLessOften() {
        ada.isLinkedToNoMore(ben);
        for (int i = 0; i < 3_600; i++) {
            ada.passes(1_000);
        }
        assertThat(ada.take(Effect.ShowBeacon.class)).hasSizeBetween(15, 25);
    }

    /** Where ada is now, seen after what was seen before. */
    private byte[] movedBeacon() {
        ada.isLinkedToNoMore(ben);
        ada.passes(1_000);
        ada.effects.clear();
        ada.listensAt(NOW);
        ada.passes(1_000);
        List<Effect.ShowBeacon> shown = ada.take(Effect.ShowBeacon.class);
        return shown.get(shown.size() - 1).beacon();
    }

    @Test
    void strangersSeeNoiseAndMakeNone() {
        End eve = new End(3);
        byte[] beacon = movedBeacon();
        eve.listensAt(NOW);
        eve.effects.clear();
        eve.sees(beacon);
        assertThat(eve.effects).isEmpty();

        byte[] forged = new byte[BeaconKey.BEACON_BYTES];
        forged[0] = 1;
        ben.sees(forged);
        byte[] changed = beacon.clone();
        changed[100] ^= 1;
        ben.sees(changed);
        ben.sees(new byte[0]);
        ben.sees(new byte[5_000]);
        byte[] hers = new BeaconKey(new byte[BeaconKey.BYTES])
                .seal(new byte[BeaconKey.NONCE_BYTES], START_MILLIS, statementOf(eve, NOW));
        ben.sees(hers);
        assertThat(ben.effects).isEmpty();
    }

    private static byte[] statementOf(End end, NetAddress address) {
        return Whereabouts.sign(
                end.device, end.of(end).place(), START_MILLIS + 1_000_000, end.desk.beaconKey(), List.of(address));
    }

    /** Who knows ada as ben does has the key of her beacon. */
    @Test
    void aMemberCannotShowABeaconOfAnother() {
        End mal = new End(4);
        BeaconKey adas = ada.desk.beaconKey();
        byte[] nonce = new byte[BeaconKey.NONCE_BYTES];
        byte[] unsigned = statementOf(ada, NOW);
        unsigned[unsigned.length - 1] ^= 1;
        ben.sees(adas.seal(nonce, START_MILLIS, unsigned));
        ben.sees(adas.seal(nonce, START_MILLIS, new byte[0]));
        ben.sees(adas.seal(nonce, START_MILLIS, statementOf(mal, NOW)));
        ben.sees(adas.seal(nonce, START_MILLIS, statementOf(ben, NOW)));
        assertThat(ben.take(Effect.Seek.class)).isEmpty();
    }

    @Test
    void whatWasTrueOnceIsNotBelievedLater() {
        byte[] moved = movedBeacon();
        ben.sees(moved);
        assertThat(ben.take(Effect.Seek.class)).hasSize(1);
        ada.passes(10_000);
        ada.effects.clear();
        ada.listensAt(OF_BEFORE);
        ada.passes(1_000);
        List<Effect.ShowBeacon> shown = ada.take(Effect.ShowBeacon.class);
        ben.passes(10_000);
        ben.sees(shown.get(shown.size() - 1).beacon());
        assertThat(ben.take(Effect.Seek.class)).containsExactly(new Effect.Seek(ben.of(ada), List.of(OF_BEFORE)));
        ben.passes(10_000);
        ben.sees(moved);
        assertThat(ben.take(Effect.Seek.class)).isEmpty();
    }

    /** A stranger who saw it in one place shows it in another, to see who knows whose it is. */
    @Test
    void whatWasSealedLongAgoIsPassedOver() {
        byte[] moved = movedBeacon();
        ben.passes(BeaconDesk.STALE_MILLIS + 60_000);
        ben.effects.clear();
        ben.sees(moved);
        assertThat(ben.take(Effect.Seek.class)).isEmpty();
        byte[] early = ada.desk
                .beaconKey()
                .seal(new byte[BeaconKey.NONCE_BYTES], ben.now + 2 * BeaconDesk.STALE_MILLIS, statementOf(ada, NOW));
        ben.sees(early);
        assertThat(ben.take(Effect.Seek.class)).isEmpty();
        byte[] hoursOff = ada.desk
                .beaconKey()
                .seal(new byte[BeaconKey.NONCE_BYTES], ben.now + BeaconDesk.STALE_MILLIS / 2, statementOf(ada, NOW));
        ben.sees(hoursOff);
        assertThat(ben.take(Effect.Seek.class)).hasSize(1);
    }

    @Test
    void aContactThatMovesAndMovesIsToldNowAndThenAndAnsweredOnceASecond() {
        for (int i = 0; i < 100; i++) {
            ben.isLinkedToNoMore(ada);
            ben.passes(100);
            byte[] statement = Whereabouts.sign(
                    ada.device,
                    ben.of(ada).place(),
                    START_MILLIS + 1_000_000 + i,
                    ada.desk.beaconKey(),
                    List.of(new NetAddress("192.0.2.9", 5_000 + i)));
            ben.sees(ada.desk.beaconKey().seal(new byte[BeaconKey.NONCE_BYTES], ben.now, statement));
        }
        assertThat(ben.effects.stream().filter(Effect.Seek.class::isInstance)).hasSize(100);
        assertThat(ben.effects.stream().filter(Effect.Log.class::isInstance)).hasSizeLessThanOrEqualTo(3);
        assertThat(ben.effects.stream().filter(Effect.ShowBeacon.class::isInstance))
                .hasSizeLessThanOrEqualTo(11);
    }

    @Test
    void aFloodIsPassedOverAndToldOnce() {
        byte[] moved = movedBeacon();
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            byte[] noise = new byte[BeaconKey.BEACON_BYTES];
            random.nextBytes(noise);
            noise[0] = 1;
            ben.sees(noise);
        }
        ben.sees(moved);
        assertThat(ben.take(Effect.Log.class))
                .hasSize(1)
                .allMatch(log -> log.line().contains("More beacons"));
        ben.passes(1_000);
        ben.sees(moved);
        assertThat(ben.take(Effect.Seek.class)).hasSize(1);
    }

    @Test
    void whoIsPartedFromDoesNotRecogniseUsAndOthersAreToldTheNewKey() {
        ada.isLinkedToNoMore(ben);
        BeaconKey before = ada.desk.beaconKey();
        ada.desk.part(ben.peer());
        ada.settle();
        assertThat(ada.desk.beaconKey()).isNotEqualTo(before);
        byte[] own = ada.kept().get(0);
        ada.isTold(ben, statementOf(ben, NOW));
        ada.passes(5_000);
        List<Effect.ShowBeacon> shown = ada.take(Effect.ShowBeacon.class);
        assertThat(shown).isNotEmpty();
        shown.forEach(beacon -> ben.sees(beacon.beacon()));
        assertThat(ben.effects).isEmpty();
        ben.isTold(ada, own);
        assertThat(ben.kept())
                .as("the new key is kept, though the addresses are the same")
                .hasSize(2);
        ada.desk.part(ben.peer());
        BeaconKey second = ada.desk.beaconKey();
        ada.desk.part(ben.peer());
        assertThat(ada.desk.beaconKey()).as("it was forgotten already").isEqualTo(second);
    }

    @Test
    void theKeyOutlivesARunAndIsTakenFromNobodyElse() {
        ada.isTold(ben, statementOf(ben, NOW));
        List<byte[]> kept = ada.kept();
        assertThat(kept).hasSize(2);
        DirectDesk next = ada.newDesk(new Contacts());
        next.remember(kept, peer -> false);
        next.listening(List.of(NOW), true);
        assertThat(next.beaconKey()).isEqualTo(ada.desk.beaconKey());

        DirectDesk without = ada.newDesk(new Contacts());
        without.remember(kept.subList(1, 2), peer -> false);
        without.listening(List.of(NOW), true);
        assertThat(without.beaconKey()).isNotEqualTo(ada.desk.beaconKey());
    }

    @Test
    void whoShowsNoneSeesNoneAndGivesNoKeyAway() {
        byte[] moved = movedBeacon();
        ben.desk.listening(List.of(NOW), false);
        ben.settle();
        ben.effects.clear();
        ben.sees(moved);
        ben.passes(1_000_000);
        assertThat(ben.take(Effect.Seek.class)).isEmpty();
        assertThat(ben.take(Effect.ShowBeacon.class)).isEmpty();
        assertThat(ben.desk.beaconKey()).isNull();
        ben.desk.part(ada.peer());
        ben.settle();
        assertThat(ben.kept()).as("nothing of ours has to be kept then").isEmpty();
    }
}
