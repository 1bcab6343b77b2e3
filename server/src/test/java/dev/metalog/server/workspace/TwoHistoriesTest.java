package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.protocol.codec.TestimonyCodec;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.server.authorship.Equivocator;
import dev.metalog.server.authorship.Forger;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.DocumentKey;
import dev.metalog.server.identity.Envelopes;
import dev.metalog.server.identity.Opened;
import dev.metalog.server.identity.PeerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Somebody writes two histories under one name, signs both, and shows one to some and the other to others. Everybody honest
 * ends with a proof of that, which names them, and is told once; and nobody is ever accused of what an honest device can do.
 */
class TwoHistoriesTest {
    private static final String TOLD = "signed two different histories";
    private static final DeviceKey LIAR = TestDevices.of(SimulatedWorld.identity(3), 0);

    private final List<SimulatedWorld.Sidecar> honest = new ArrayList<>();
    private final List<SimulatedEditor> editors = new ArrayList<>();
    private SimulatedWorld world;
    private DocumentId document;
    private DocumentKey key;
    private String topic;
    private Envelopes voice;
    private Forger[] pens;
    private int units;
    private int firstKey;

    /** Three who share a document, and a fourth who has the invitation. */
    private void begin(long seed) {
        world = new SimulatedWorld(seed);
        firstKey = world.characters.get();
        honest.clear();
        editors.clear();
        units = 0;
        Invitation invitation = null;
        for (int i = 0; i < 3; i++) {
            SimulatedWorld.Sidecar sidecar = world.sidecar();
            sidecar.connect();
            honest.add(sidecar);
            String uri = "file:///w" + i + "/a";
            SimulatedEditor editor = world.editor(sidecar, uri, SimulatedEditor.Manner.PROMPT);
            editor.open(i == 0 ? "begun " : "");
            editors.add(editor);
            world.settle();
            if (i == 0) {
                EditorMessages.ShareParams params = new EditorMessages.ShareParams(uri);
                invitation = Invitation.decode(
                        ((EditorMessages.Shared) sidecar.ask(editor.id, new Request.Share(params))).invitation());
            } else {
                EditorMessages.JoinParams params = new EditorMessages.JoinParams(invitation.encode(), uri, null);
                sidecar.begin(editor.id, new Request.Join(params));
            }
            world.settle();
        }
        document = invitation.document();
        key = new DocumentKey(invitation.secret());
        topic = Channel.TOPIC + key.topicTag();
        voice = key.envelopes(LIAR.certificate().peer(), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        byte[] nonce = world.bytes(WriterProof.NONCE_BYTES);
        pens = new Forger[] {new Forger(document, LIAR, nonce), new Forger(document, LIAR, nonce)};
    }

    private void say(List<SimulatedWorld.Sidecar> hearers, Chunk chunk) {
        world.inject(hearers, topic, voice.seal(topic, PeerMessageCodec.encode(new PeerMessage.Events(chunk))));
    }

    /** The liar's next text, under both pens. */
    private Event next(String text) {
        Version parents = units == 0 ? honest.get(0).workspace.audit().get(0).tip() : Version.of(pens[0].id(units - 1));
        return Event.insertion(pens[0].id(units), parents.events(), 0, text);
    }

    private void agreed(String text) {
        Chunk chunk = pens[0].sign(next(text));
        assertThat(pens[1].sign(next(text))).isEqualTo(chunk);
        units += text.length();
        say(honest, chunk);
    }

    /** One text to the first so many, and another to the rest; or the rest hear nothing yet. */
    private void split(int first, String one, String other) {
        Chunk shownToFirst = pens[0].sign(next(one));
        Chunk shownToRest = pens[1].sign(next(other));
        units += one.length();
        say(honest.subList(0, first), shownToFirst);
        say(honest.subList(first, honest.size()), shownToRest);
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private List<StoredDocument.Item> proofs(SimulatedWorld.Sidecar sidecar) {
        return sidecar.log.get(document.value()).stream()
                .filter(item -> item.kind() == LogKind.CONTRADICTION.number())
                .toList();
    }

    private void assertNamed(SimulatedWorld.Sidecar sidecar, String what) throws Exception {
        List<StoredDocument.Item> kept = proofs(sidecar);
        assertThat(kept).as(what).hasSize(1);
        Equivocation proof = TestimonyCodec.decode(kept.get(0).body());
        Equivocator named = Equivocator.of(document, proof, new Notary());
        assertThat(named).as(what).isNotNull();
        assertThat(named.device()).isEqualTo(LIAR.certificate().device());
        assertThat(named.writer()).isEqualTo(pens[0].name());
    }

    private long told(SimulatedWorld.Sidecar sidecar) {
        return sidecar.shown.stream().filter(line -> line.contains(TOLD)).count();
    }

    /** Both halves hear the same number of units, so their versions are called the same and their texts differ. */
    @Test
    void everybodyNamesTheLiarWithinTwoRoundTripsOfOneMeetingTheOther() throws Exception {
        begin(1);
        agreed(
                "a text of which everybody has the same, and which is long enough for more than one leaf of a tree: 64 keys");
        world.deliverAll();
        split(1, "one", "two");
        world.deliverAll();
        honest.forEach(sidecar -> assertThat(proofs(sidecar)).isEmpty());
        // The liar goes on, and says so to all: to the others it does not fit.
        say(honest, pens[0].sign(next("!")));
        int rounds = 0;
        while (honest.stream().anyMatch(sidecar -> proofs(sidecar).isEmpty())) {
            assertThat(world.deliverRound()).as("something is under way").isTrue();
            rounds++;
        }
        // It arrives; what does not fit is said; what that proves is said.
        assertThat(rounds).isEqualTo(3);
        world.settle();
        for (SimulatedWorld.Sidecar sidecar : honest) {
            assertNamed(sidecar, "at the end");
            assertThat(told(sidecar)).isOne();
            assertThat(sidecar.contradictions).hasSize(1);
        }
    }

    /** Nobody writes any more; those who are at one version with two texts find out by what they say of themselves. */
    @Test
    void atRestTheyFindOutByTheirHellos() throws Exception {
        begin(2);
        agreed("some text");
        split(2, "one", "two");
        world.settle();
        for (SimulatedWorld.Sidecar sidecar : honest) {
            assertNamed(sidecar, "at rest");
            assertThat(told(sidecar)).isOne();
        }
    }

    /** Of lost, doubled and reordered messages, of keys typed on both, and of machines killed, none saves the liar. */
    @Test
    void theLiarIsNamedWhateverHappensMeanwhile() throws Exception {
        int seeds = Integer.getInteger("world.seeds", 25);
        long from = Long.getLong("world.seed", 100);
        int named = 0;
        for (long seed = from; seed < from + seeds; seed++) {
            begin(seed);
            Random random = world.random;
            world.lossPercent = random.nextInt(30);
            world.doublePercent = random.nextInt(20);
            world.logsGrow = random.nextBoolean();
            int before = random.nextInt(4);
            for (int i = 0; i < before; i++) {
                agreed(text(random, 1 + random.nextInt(90)));
                steps(random);
            }
            int halves = 1 + random.nextInt(2);
            int behind = 1 + random.nextInt(5);
            for (int i = 0; i < behind; i++) {
                int length = 1 + random.nextInt(90);
                split(halves, text(random, length), text(random, length));
                steps(random);
                if (random.nextInt(4) == 0) {
                    int victim = random.nextInt(3);
                    SimulatedWorld.Sidecar again = world.again(honest.get(victim));
                    honest.set(victim, again);
                    again.connect();
                    world.reopen(again, editors.get(victim));
                }
            }
            world.settle();
            for (int i = 0;
                    i < 20
                            && honest.stream()
                                    .anyMatch(sidecar -> proofs(sidecar).isEmpty());
                    i++) {
                world.pass(60_000);
                world.settle();
            }
            if (honest.stream().allMatch(sidecar -> proofs(sidecar).isEmpty())) {
                // All that the liar showed to one half was lost.
                assertTogether("seed " + seed);
                continue;
            }
            named++;
            settleForGood();
            for (SimulatedWorld.Sidecar sidecar : honest) {
                assertNamed(sidecar, "seed " + seed);
                assertThat(told(sidecar)).as("seed " + seed).isLessThanOrEqualTo(1);
            }
            assertCured("seed " + seed);
        }
        assertThat(named).isGreaterThanOrEqualTo(seeds * 3 / 4);
    }

    private void assertTogether(String what) {
        Audit first = honest.get(0).workspace.audit().get(0);
        for (SimulatedWorld.Sidecar sidecar : honest) {
            Audit audit = sidecar.workspace.audit().get(0);
            assertThat(audit.tip()).as(what).isEqualTo(first.tip());
            assertThat(audit.text()).as(what).isEqualTo(first.text());
        }
    }

    private void settleForGood() {
        world.lossPercent = 0;
        world.doublePercent = 0;
        for (int i = 0; i < 5; i++) {
            world.pass(60_000);
            world.settle();
        }
    }

    /** All have one text, every editor shows it, every key of honest people is there once, and nothing of the liar's. */
    private void assertCured(String what) {
        assertTogether(what);
        String text = honest.get(0).workspace.audit().get(0).text().toString();
        for (SimulatedEditor editor : editors) {
            assertThat(editor.text()).as(what).isEqualTo(text);
        }
        for (int key = firstKey; key < world.characters.get(); key++) {
            int typed = key;
            assertThat(text.codePoints().filter(shown -> shown == typed).count())
                    .as("%s: the key %s, which somebody honest typed", what, Integer.toHexString(key))
                    .isOne();
        }
        String begun = text.codePoints()
                .filter(shown -> shown < 0x4E00)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        assertThat(begun).as(what).isEqualTo("begun ");
    }

    private void steps(Random random) {
        for (int i = random.nextInt(40); i > 0; i--) {
            if (random.nextInt(6) == 0) {
                editors.get(random.nextInt(editors.size())).typeKey();
            }
            world.step();
        }
    }

    @Test
    void theProofSurvivesARestartAndASnapshotAndIsToldToWhoComesLater() throws Exception {
        begin(4);
        agreed("some text");
        split(2, "one", "two");
        world.settle();
        for (SimulatedWorld.Sidecar sidecar : honest) {
            sidecar.logsGrow();
            sidecar.logsGrow();
            assertNamed(sidecar, "after two snapshots");
        }
        SimulatedWorld.Sidecar again = world.again(honest.get(1));
        assertNamed(again, "after a restart");
        assertThat(again.contradictions).as("it is no news").isEmpty();
        assertThat(again.logged).anyMatch(line -> line.contains("signed two different histories"));
        again.connect();
        again.logsGrow();
        assertNamed(again, "after a snapshot of the next run");
        // Somebody joins who was shown neither at the time.
        SimulatedWorld.Sidecar late = world.sidecar();
        late.connect();
        SimulatedEditor editor = world.editor(late, "file:///w9/a", SimulatedEditor.Manner.PROMPT);
        editor.open("");
        Invitation invitation = new Invitation(
                document, honest.get(0).remembered.get(document.value()).secret(), "", invitedPath());
        late.begin(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation.encode(), editor.uri, null)));
        world.settle();
        assertNamed(late, "who came later");
        assertThat(told(late)).isOne();
    }

    private DocumentPath invitedPath() {
        return honest.get(0).remembered.get(document.value()).path();
    }

    /** What is said once is not said for ever: when all know, nobody speaks of it any more. */
    @Test
    void thenNobodySpeaksOfItAnyMore() {
        begin(5);
        agreed("some text");
        split(2, "one", "two");
        world.settle();
        world.pass(60_000);
        world.settle();
        List<Integer> kinds = new ArrayList<>();
        Envelopes ear = key.envelopes(SimulatedWorld.identity(3).peerId(), new byte[8]);
        world.eavesdrop((where, payload) -> {
            if (ear.open(where, payload) instanceof Opened.Message message) {
                kinds.add(message.bytes()[0] & 0xff);
            }
        });
        for (int i = 0; i < 40; i++) {
            world.pass(60_000);
            world.deliverAll();
        }
        assertThat(kinds).isNotEmpty().doesNotContain(131);
    }

    /** A copied home, a backup brought back, and both at once: other names each time, and nothing to hold against anybody. */
    @Test
    void whoeverIsCopiedOrRestoredIsNotAccused() {
        for (long seed = 200; seed < 210; seed++) {
            begin(seed);
            for (int i = 0; i < 5; i++) {
                editors.get(1).typeKey();
                world.settle();
            }
            List<StoredDocument> backup = honest.get(1).stored();
            PeerIdentity identity = honest.get(1).identity;
            for (int i = 0; i < 5; i++) {
                editors.get(1).typeKey();
                world.settle();
            }
            world.kill(honest.get(1));
            SimulatedWorld.Sidecar restored = null;
            SimulatedWorld.Sidecar copy = null;
            for (int i = 0; i < 4; i++) {
                // The same person and device each time, from the same backup.
                SimulatedWorld.Sidecar one = world.sidecarOf(identity, backup);
                one.connect();
                SimulatedEditor editor = world.editor(one, "file:///w1/a", SimulatedEditor.Manner.PROMPT);
                editor.open("");
                world.settle();
                editor.typeKey();
                world.step();
                restored = copy;
                copy = one;
            }
            world.settle();
            assertThat(copy.workspace.audit().get(0).text())
                    .isEqualTo(restored.workspace.audit().get(0).text())
                    .isEqualTo(honest.get(0).workspace.audit().get(0).text());
            assertThat(honest.get(0).contradictions).isEmpty();
            assertThat(honest.get(2).contradictions).isEmpty();
            assertThat(copy.contradictions).isEmpty();
        }
    }

    /** Two who are members, and a third who is one too and shows each of them something else. */
    @Test
    void inAWorkspaceTheOwnerIsToldHowToPutThemOutAndTheListShowsIt() throws Exception {
        AttackScene scene = new AttackScene(11);
        String mallory = scene.mallory.identity.peerId().value();
        byte[] nonce = scene.mallory.bytes(WriterProof.NONCE_BYTES);
        Forger one = new Forger(scene.document, scene.mallory.device, nonce);
        Forger other = new Forger(scene.document, scene.mallory.device, nonce);
        Version tip = scene.tip();
        sayTo(scene, scene.ada, one.sign(Attacker.insert(one.id(0), tip, 0, "one")));
        sayTo(scene, scene.ben, other.sign(Attacker.insert(other.id(0), tip, 0, "two")));
        scene.settle();
        assertThat(scene.ada.shown)
                .filteredOn(line -> line.contains(TOLD))
                .singleElement()
                .asString()
                .contains(mallory, "meta-log members remove " + mallory);
        assertThat(scene.ben.shown)
                .filteredOn(line -> line.contains(TOLD))
                .singleElement()
                .asString()
                .contains(mallory, "Who owns the workspace");
        MemberMessages.Members members =
                (MemberMessages.Members) scene.ben.ask(scene.bens.id, new Request.Members(new MemberRequest.Listing()));
        for (MemberMessages.Member member : members.workspaces().get(0).members()) {
            assertThat(member.twoHistories()).isEqualTo(member.peerId().equals(mallory) ? List.of("a") : null);
        }
        assertThat(DocumentReading.of(scene.ben.log.get(scene.document.value())).equivocators(scene.document))
                .singleElement()
                .satisfies(by -> assertThat(by.peer().value()).isEqualTo(mallory));
    }

    private static void sayTo(AttackScene scene, SimulatedWorld.Sidecar hearer, Chunk chunk) {
        scene.world.inject(List.of(hearer), scene.mallory.topic(), scene.mallory.sealed(new PeerMessage.Events(chunk)));
    }

    /** Identities cost nothing: were proofs against anybody kept, there would be no room left for the one that counts. */
    @Test
    void inAWorkspaceOnlyMembersAreAccused() {
        AttackScene scene = new AttackScene(12);
        DeviceKey stranger = TestDevices.of(SimulatedWorld.identity(2), 0);
        Equivocation strangers = Forger.twoHistories(scene.document, stranger);
        Equivocation mallorys = Forger.twoHistories(scene.document, scene.mallory.device);
        assertThat(Equivocator.of(scene.document, strangers, new Notary())).isNotNull();
        scene.mallory.say(new PeerMessage.Contradiction(false, strangers));
        scene.settle();
        assertThat(scene.ada.contradictions).isEmpty();
        assertThat(scene.ben.contradictions).isEmpty();
        scene.mallory.say(new PeerMessage.Contradiction(false, mallorys));
        scene.settle();
        assertThat(scene.ada.contradictions).hasSize(1);
        assertThat(scene.ben.contradictions).hasSize(1);
        scene.typeBoth();
        scene.settle();
        scene.assertTogether();
    }

    /** Where whoever has the invitation counts, as many are kept as there is room for. */
    @Test
    void ofSixtyFourDevicesProofsAreKeptAndNoMore() {
        begin(13);
        for (int i = 0; i < 70; i++) {
            DeviceKey device = TestDevices.of(SimulatedWorld.identity(3), 100 + i);
            for (int name = 0; name < Contradictions.MOST_OF_ONE + 1; name++) {
                byte[] nonce = new byte[WriterProof.NONCE_BYTES];
                nonce[0] = (byte) name;
                PeerMessage said = new PeerMessage.Contradiction(false, Forger.twoHistories(document, device, nonce));
                world.inject(honest, topic, voice.seal(topic, PeerMessageCodec.encode(said)));
            }
            world.deliverAll();
            world.pass(1_000);
        }
        world.settle();
        for (SimulatedWorld.Sidecar sidecar : honest) {
            assertThat(sidecar.contradictions).hasSize(Contradictions.MOST);
            assertThat(sidecar.log.get(document.value()))
                    .filteredOn(item -> item.kind() == LogKind.CONTRADICTION.number())
                    .hasSize(Contradictions.MOST);
        }
        editors.get(0).typeKey();
        world.settle();
        assertCured("and they type on");
    }

    /** Under eight names it is found out; what it signs after that, under names that nobody heard of, counts nowhere. */
    @Test
    void whoDoesItUnderEightNamesIsHeardNoMore() {
        begin(15);
        for (int name = 0; name < Contradictions.MOST_OF_ONE; name++) {
            editors.get(name % 3).typeKey();
            world.settle();
            takeOtherName();
            split(1 + name % 2, "one", "two");
            settleForGood();
            assertCured("name " + name);
        }
        takeOtherName();
        agreed("nothing of this");
        world.settle();
        assertCured("under a ninth name, in one history");
        for (SimulatedWorld.Sidecar sidecar : honest) {
            assertThat(sidecar.logged).anyMatch(line -> line.contains("under 8 names"));
            assertThat(told(sidecar)).as("people are told once of each name").isEqualTo(Contradictions.MOST_OF_ONE);
        }
    }

    /** Somebody has the key of an honest device. Its person is told, and cannot type what would count nowhere else. */
    @Test
    void whoseOwnDeviceIsHeardNoMoreIsToldAndMayOnlyRead() {
        begin(17);
        DeviceKey stolen = TestDevices.of(honest.get(1).identity, 0);
        for (int name = 0; name < Contradictions.MOST_OF_ONE; name++) {
            byte[] nonce = new byte[WriterProof.NONCE_BYTES];
            nonce[0] = (byte) name;
            PeerMessage said = new PeerMessage.Contradiction(false, Forger.twoHistories(document, stolen, nonce));
            world.inject(honest, topic, voice.seal(topic, PeerMessageCodec.encode(said)));
        }
        world.settle();
        assertThat(honest.get(1).shown)
                .filteredOn(line -> line.contains("identity new-device"))
                .hasSize(1);
        editors.get(1).typeKey();
        world.settle();
        assertThat(honest.get(1).aside).isNotEmpty();
        firstKey = world.characters.get();
        editors.get(0).typeKey();
        settleForGood();
        assertCured("the others go on");
    }

    private void takeOtherName() {
        byte[] nonce = world.bytes(WriterProof.NONCE_BYTES);
        pens = new Forger[] {new Forger(document, LIAR, nonce), new Forger(document, LIAR, nonce)};
        units = 0;
    }

    /** A machine that was away has typed on what one half was shown, and comes back when the others have long gone on. */
    @Test
    void whoWasAwayTypesItsOwnAnewWhenItHears() {
        begin(16);
        agreed("some text ");
        world.deliverAll();
        split(1, "one", "two");
        world.deliverAll();
        honest.get(0).disconnect();
        editors.get(0).typeKey();
        editors.get(0).typeKey();
        // The rest find out by somebody who is shown the other one again.
        say(honest.subList(1, 2), pens[0].sign(next("!")));
        world.settle();
        honest.get(0).connect();
        settleForGood();
        assertCured("all are back");
        assertThat(honest.get(0).takenOut).isNotEmpty();
        for (int i = 0; i < 3; i++) {
            SimulatedWorld.Sidecar again = world.again(honest.get(i));
            again.connect();
            honest.set(i, again);
            world.reopen(again, editors.get(i));
        }
        editors.get(1).typeKey();
        settleForGood();
        assertCured("after restarts");
        honest.forEach(SimulatedWorld.Sidecar::logsGrow);
        honest.forEach(SimulatedWorld.Sidecar::logsGrow);
        assertThat(Restored.from(honest.get(0).log.get(document.value()))
                        .quarantine()
                        .writers())
                .as("after snapshots")
                .containsExactly(pens[0].name());
    }

    /** A machine that was copied while it ran: both copies sign under one name. Whoever of them hears of it takes another. */
    @Test
    void whoeverIsDuplicatedWhileRunningIsToldAndWritesUnderAnotherName() throws Exception {
        begin(14);
        editors.get(0).append("typed before");
        world.settle();
        byte[] record = honest.get(0).log.get(document.value()).stream()
                .filter(item -> item.kind() == LogKind.TYPED_ON_SCREEN.number())
                .reduce((first, second) -> second)
                .orElseThrow()
                .body();
        NamedProof own = LoggedEvents.read(record, Integer.BYTES).proofs().get(0);
        DeviceKey device = TestDevices.of(honest.get(0).identity, 0);
        Forger copy = new Forger(document, device, own.proof().nonce());
        assertThat(copy.name()).isEqualTo(own.writer());
        copy.truth(Event.insertion(copy.id(0), List.of(), 0, "other text"));
        PeerMessage said = new PeerMessage.Testimonies(List.of(copy.testimony()));
        world.inject(honest, topic, voice.seal(topic, PeerMessageCodec.encode(said)));
        world.settle();
        assertThat(honest.get(0).shown)
                .filteredOn(line -> line.contains(TOLD))
                .singleElement()
                .asString()
                .contains("That is this device", "copied");
        assertThat(honest.get(1).contradictions).hasSize(1);
        editors.get(0).append("typed after");
        world.settle();
        assertTogether("and goes on");
        assertThat(editors.get(2).text()).contains("typed before").contains("typed after");
        assertThat(honest.get(0).workspace.audit().get(0).tip().events().get(0).replica())
                .isNotEqualTo(own.writer());
    }

    /** Made up proofs, and testimonies that are not signed, change nothing and are told of now and then. */
    @Test
    void whatProvesNothingIsRefused() throws Exception {
        begin(7);
        agreed("some text");
        split(2, "one", "two");
        world.settle();
        Equivocation proof = TestimonyCodec.decode(proofs(honest.get(0)).get(0).body());
        byte[] nonce = proof.nonce().clone();
        nonce[0] ^= 1;
        Equivocation forged = new Equivocation(
                proof.certificate(),
                nonce,
                proof.shorter(),
                proof.longer(),
                proof.before(),
                proof.leaf(),
                proof.behind());
        for (int i = 0; i < 1_000; i++) {
            world.inject(
                    honest,
                    topic,
                    voice.seal(topic, PeerMessageCodec.encode(new PeerMessage.Contradiction(true, forged))));
        }
        world.deliverAll();
        for (SimulatedWorld.Sidecar sidecar : honest) {
            assertThat(proofs(sidecar)).hasSize(1);
            assertThat(sidecar.logged)
                    .filteredOn(line -> line.contains("Refused what is to prove"))
                    .hasSizeBetween(1, 7);
        }
    }
}
