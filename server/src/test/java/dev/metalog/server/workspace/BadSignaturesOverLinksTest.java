package dev.metalog.server.workspace;

import static dev.metalog.server.workspace.Attacker.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.server.authorship.Forger;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.Envelopes;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.reach.Endpoint;
import org.junit.jupiter.api.Test;

/** Who sends over a direct link what nobody signed loses the link for a while, and nobody else does. */
class BadSignaturesOverLinksTest {
    private static final int TOO_MANY = Limits.BAD_SIGNATURES_PER_MINUTE + 1;

    private final AttackScene scene = new AttackScene(11);
    private final PeerId mallory = scene.mallory.identity.peerId();

    private Endpoint link(PeerIdentity who) {
        DeviceKey device = TestDevices.of(who, 0);
        Endpoint endpoint = new Endpoint(who.peerId(), device.certificate().device(), 1);
        scene.ada.hear(new Input.DirectUp(endpoint, new NetAddress("10.0.0.9", 4_711)));
        return endpoint;
    }

    /** Ada hears something over a direct link to this peer. */
    private void tellDirectly(PeerId from, Envelopes voice, Chunk chunk) {
        String topic = scene.mallory.topic();
        byte[] message = PeerMessageCodec.encode(new PeerMessage.Events(chunk));
        scene.ada.hear(new Input.ReceivedDirectly(from, topic, voice.seal(topic, message)));
    }

    /** Under a new name each, signed under another domain. */
    private Chunk forged() {
        Forger pen = scene.mallory.pen();
        return pen.signUnder(dev.metalog.server.identity.SigningDomain.LEAVE, insert(pen.id(0), scene.tip(), 0, "x"));
    }

    private void speakAtTheBroker() {
        scene.mallory.say(new PeerMessage.Events(Chunk.EMPTY));
        scene.world.deliverAll();
    }

    private PeerMessages.PeerState state(PeerId peer) {
        Object answer = scene.ada.ask(
                scene.adas.id, new Request.PeerBook(new PeerRequest.Show(new PeerMessages.PeerParams(peer.value()))));
        return (PeerMessages.PeerState) answer;
    }

    @Test
    void moreThanTenInAMinuteCostTheLinkForTenMinutes() {
        speakAtTheBroker();
        assertThat(scene.ada.welcome).contains(mallory);
        Endpoint link = link(scene.mallory.identity);
        Envelopes voice = scene.mallory.voice(mallory);
        for (int i = 0; i < Limits.BAD_SIGNATURES_PER_MINUTE; i++) {
            tellDirectly(mallory, voice, forged());
        }
        assertThat(scene.ada.forsaken).isEmpty();
        assertThat(state(mallory).bannedUntil()).isNull();

        tellDirectly(mallory, voice, forged());
        assertThat(scene.ada.forsaken).containsExactly(link);
        assertThat(scene.ada.welcome).doesNotContain(mallory).contains(scene.ben.identity.peerId());
        assertThat(scene.ada.logged)
                .filteredOn(line -> line.contains("no other for 10 minutes"))
                .hasSize(1);
        assertThat(state(mallory).bannedUntil()).isNotNull();
        scene.ada.hear(new Input.DirectDown(link, "ended"));
        speakAtTheBroker();
        assertThat(scene.ada.welcome).as("whatever it says elsewhere").doesNotContain(mallory);

        long end = scene.world.nowMillis + Limits.BAN_MILLIS;
        while (scene.world.nowMillis < end - 2_000) {
            scene.world.pass(1_000);
        }
        assertThat(scene.ada.welcome).doesNotContain(mallory);
        scene.world.pass(3_000);
        scene.world.deliverAll();
        assertThat(scene.ada.welcome).as("without a word of it").contains(mallory);
        assertThat(state(mallory).bannedUntil()).isNull();
    }

    /** Where anybody can speak in anybody's name. */
    @Test
    void atTheBrokerTheyCostNothingButThemselves() {
        link(scene.mallory.identity);
        link(scene.ben.identity);
        Envelopes voice = scene.mallory.voice(scene.ben.identity.peerId());
        for (int i = 0; i < 5 * TOO_MANY; i++) {
            scene.mallory.sayAs(voice, new PeerMessage.Events(forged()));
            scene.mallory.send(forged());
        }
        scene.world.deliverAll();
        assertThat(scene.ada.forsaken).isEmpty();
        scene.typeBoth();
        scene.settle();
        scene.assertTogether();
    }

    /** Mallory shows one history to Ada and another to Ben, who passes on in good faith what he took in. */
    @Test
    void whoWasDeceivedAndPassesItOnKeepsTheLink() {
        link(scene.ben.identity);
        byte[] nonce = scene.mallory.bytes(WriterProof.NONCE_BYTES);
        Forger toAda = new Forger(scene.document, scene.mallory.device, nonce);
        Forger toBen = new Forger(scene.document, scene.mallory.device, nonce);
        Version begun = scene.tip();
        tellDirectly(mallory, scene.mallory.voice(mallory), toAda.sign(insert(toAda.id(0), begun, 0, "a")));
        var unused = toBen.truth(insert(toBen.id(0), begun, 0, "b"));
        PeerId ben = scene.ben.identity.peerId();
        Envelopes bensVoice = scene.mallory.voice(ben);
        for (int i = 1; i <= 3 * TOO_MANY; i++) {
            Event next = insert(toBen.id(i), Version.of(toBen.id(i - 1)), 0, "b");
            tellDirectly(ben, bensVoice, toBen.sign(next));
        }
        assertThat(scene.ada.logged).anyMatch(line -> line.contains("the signature is of something else"));
        assertThat(scene.ada.forsaken).isEmpty();
        assertThat(state(ben).bannedUntil()).isNull();
    }

    /** The same bad proofs, from the one whose name stands under them. */
    @Test
    void whoSignsBadlyWhatFollowsOnItsOwnLosesIt() {
        Endpoint link = link(scene.mallory.identity);
        Forger pen = scene.mallory.pen();
        Envelopes voice = scene.mallory.voice(mallory);
        tellDirectly(mallory, voice, pen.sign(insert(pen.id(0), scene.tip(), 0, "a")));
        Forger other = new Forger(scene.document, scene.mallory.device, scene.mallory.bytes(WriterProof.NONCE_BYTES));
        for (int i = 0; i < TOO_MANY; i++) {
            Event next = insert(pen.id(1), Version.of(pen.id(0)), 0, Integer.toString(i % 10));
            WriterProof good = pen.truth(next);
            WriterProof bad = other.truth(insert(other.id(i), Version.ROOT, 0, "x"));
            tellDirectly(
                    mallory,
                    voice,
                    Forger.encode(
                            Forger.runs(next),
                            new WriterProof(
                                    good.certificate(),
                                    good.nonce(),
                                    0,
                                    good.tokens(),
                                    good.bridge(),
                                    good.path(),
                                    bad.signature())));
        }
        assertThat(scene.ada.forsaken).containsExactly(link);
    }
}
