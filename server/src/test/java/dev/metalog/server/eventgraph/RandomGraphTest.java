package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The walker in use against the plain one, on random histories of all shapes. */
final class RandomGraphTest {
    /** The gate tries enough for 200,000 operations; {@code -Dgraph.times=50} makes millions of it. */
    private static final int TIMES = Integer.getInteger("graph.times", 1);

    private static final int SHAPES = 400 * TIMES;
    private static final int EDITS_A_SHAPE = 60;

    private static final int MEETINGS = 200 * TIMES;
    private static final int STEPS_A_MEETING = 400;

    /** Anybody may build on any version, a writer on several at once: deeper and wider than life. */
    @Test
    void anyGraphHasTheTextOfThePlainWalk() throws Exception {
        long seed = Seed.draw("any graph");
        int operations = 0;
        for (int shape = 0; shape < SHAPES; shape++) {
            Random random = new Random(seed + shape);
            EventGraph graph = new EventGraph();
            List<Version> versions = new ArrayList<>(List.of(Version.ROOT));
            List<Bundle> bundles = new ArrayList<>();
            int writers = 1 + random.nextInt(8);
            int reach = 1 + random.nextInt(random.nextBoolean() ? 4 : EDITS_A_SHAPE);
            for (int i = 0; i < EDITS_A_SHAPE; i++) {
                Version parents = recent(random, versions, reach);
                for (int merges = random.nextInt(3); merges > 0; merges--) {
                    parents = graph.merge(parents, recent(random, versions, reach));
                }
                List<TextEdit> edits = RandomText.edits(random, graph.textAt(parents));
                List<Bundle> recorded = graph.edit(writer(random.nextInt(writers)), parents, edits);
                bundles.addAll(recorded);
                versions.add(recorded.isEmpty() ? graph.tip() : versionAfter(recorded));
                TrackerCheck.check(graph, random);
                if (!recorded.isEmpty()) {
                    assertThat(graph.textAt(versionAfter(recorded)))
                            .as("shape %d of seed %d", shape, seed)
                            .isEqualTo(Texts.apply(graph.textAt(parents), edits));
                }
            }
            String name = "shape " + shape + " of seed " + seed;
            PlainWalker plain = compareWithPlain(name, random, graph, versions);

            EventGraph other = new EventGraph();
            deliverInAnyOrder(random, bundles, other);
            assertThat(other.text()).as(name).isEqualTo(plain.text());
            assertThat(other.tip()).as(name).isEqualTo(graph.tip());
            assertThat(other.vector()).as(name).isEqualTo(graph.vector());
            compareWithPlain(name + ", received", random, other, versions);
            operations += graph.eventCount();
        }
        assertThat(operations).isGreaterThan(100_000 * TIMES);
    }

    private static Version recent(Random random, List<Version> versions, int reach) {
        return versions.get(versions.size() - 1 - random.nextInt(Math.min(reach, versions.size())));
    }

    private static Version versionAfter(List<Bundle> recorded) {
        List<Event> last = recorded.get(recorded.size() - 1).events();
        return Version.of(last.get(last.size() - 1).lastId());
    }

    private static ReplicaId writer(int index) {
        return new ReplicaId("fbdahceg".substring(index, index + 1));
    }

    private static void deliverInAnyOrder(Random random, List<Bundle> bundles, EventGraph to) throws Exception {
        List<Bundle> waiting = new ArrayList<>(bundles);
        while (!waiting.isEmpty()) {
            Bundle bundle = waiting.get(random.nextInt(waiting.size()));
            Admission admission = to.admit(BundleCodec.decode(BundleCodec.encode(bundle)));
            assertThat(admission).isNotInstanceOf(Admission.Refused.class);
            // What was admitted sometimes comes again.
            if (!(admission instanceof Admission.Missing) && random.nextInt(4) > 0) {
                waiting.remove(bundle);
            }
        }
    }

    private static PlainWalker compareWithPlain(String name, Random random, EventGraph graph, List<Version> versions) {
        PlainWalker plain = new PlainWalker();
        for (Bundle bundle : graph.since(VersionVector.EMPTY)) {
            plain.add(bundle.events());
        }
        assertThat(graph.text()).as(name).isEqualTo(plain.text());
        assertThat(graph.length()).as(name).isEqualTo(plain.text().length());
        for (int i = 0; i < 6; i++) {
            Version a = recent(random, versions, versions.size());
            Version b = recent(random, versions, versions.size());
            Version both = graph.merge(a, b);
            String textAtA = graph.textAt(a);
            String textAtBoth = graph.textAt(both);
            assertThat(textAtA).as(name).isEqualTo(plain.textAt(a.events()));
            assertThat(textAtBoth).as(name).isEqualTo(plain.textAt(both.events()));
            List<TextEdit> edits = graph.editsBetween(a, both);
            assertThat(Texts.apply(textAtA, edits)).as(name).isEqualTo(textAtBoth);
            assertThat(graph.includes(both, a)).as(name).isTrue();
            assertThat(graph.includes(a, b)).as(name).isEqualTo(plain.includes(a.events(), b.events()));
            assertThat(graph.merge(b, a)).as(name).isEqualTo(both);
            assertThat(graph.merge(both, a)).as(name).isEqualTo(both);
            Version common = graph.common(a, b);
            assertThat(plain.isCommon(common.events(), a.events(), b.events()))
                    .as(name)
                    .isTrue();
            assertThat(graph.merge(common, common)).as(name).isEqualTo(common);
            assertThat(graph.textAt(common)).as(name).isEqualTo(plain.textAt(common.events()));
        }
        return plain;
    }

    /** An editor's buffer on some replica: its text, and the version that the text shows. */
    private static final class View {
        Version version = Version.ROOT;
        String text = "";
    }

    /** One sidecar with two editors, and what is under way to it. */
    private static final class Peer {
        final ReplicaId writer;
        final EventGraph graph = new EventGraph();
        final List<View> views = List.of(new View(), new View());
        final List<Bundle> inbox = new ArrayList<>();
        /** The sequence numbers before and after each of its edits, undone ones and undoings as well. */
        final List<int[]> edits = new ArrayList<>();

        Peer(ReplicaId writer) {
            this.writer = writer;
        }
    }

    /** Peers type and undo in views that lag, lose nothing but get everything late, twice and in the wrong order. */
    @Test
    void peersThatMeetShowOneText() throws Exception {
        long seed = Seed.draw("meeting peers");
        int operations = 0;
        for (int meeting = 0; meeting < MEETINGS; meeting++) {
            String name = "meeting " + meeting + " of seed " + seed;
            Random random = new Random(seed + meeting);
            List<Peer> peers = new ArrayList<>();
            for (int i = 2 + random.nextInt(7); i > 0; i--) {
                peers.add(new Peer(writer(peers.size())));
            }
            List<Version> versions = new ArrayList<>(List.of(Version.ROOT));
            for (int step = 0; step < STEPS_A_MEETING; step++) {
                Peer peer = peers.get(random.nextInt(peers.size()));
                View view = peer.views.get(random.nextInt(2));
                switch (random.nextInt(9)) {
                    case 0, 1 -> type(peer, view, RandomText.edits(random, view.text), peers);
                    case 2, 3 -> pull(name, peer, view);
                    case 4, 5 -> receive(random, peer);
                    case 6 -> undo(name, random, peer, view, peers);
                    default -> catchUp(random, peers, peer);
                }
                TrackerCheck.check(peer.graph, random);
                versions.add(view.version);
            }
            for (Peer peer : peers) {
                for (Peer other : peers) {
                    exchange(other, peer);
                }
            }
            for (Peer peer : peers) {
                exchange(peers.get(peers.size() - 1), peer);
            }
            EventGraph first = peers.get(0).graph;
            compareWithPlain(name, random, first, known(first, versions));
            for (Peer peer : peers) {
                assertThat(peer.graph.vector()).as(name).isEqualTo(first.vector());
                assertThat(peer.graph.tip()).as(name).isEqualTo(first.tip());
                assertThat(peer.graph.text()).as(name).isEqualTo(first.text());
                peer.views.forEach(view -> pull(name, peer, view));
            }
            operations += first.eventCount();
        }
        assertThat(operations).isGreaterThan(100_000 * TIMES);
    }

    private static List<Version> known(EventGraph graph, List<Version> versions) {
        return versions.stream().filter(graph::knows).toList();
    }

    private static void type(Peer peer, View view, List<TextEdit> edits, List<Peer> peers) {
        int seq = peer.graph.vector().nextSeq(peer.writer);
        List<Bundle> recorded = peer.graph.edit(peer.writer, view.version, edits);
        if (!recorded.isEmpty()) {
            peer.edits.add(new int[] {seq, peer.graph.vector().nextSeq(peer.writer)});
            view.text = Texts.apply(view.text, edits);
            view.version = versionAfter(recorded);
            for (Peer other : peers) {
                if (other != peer) {
                    other.inbox.addAll(recorded);
                }
            }
        }
    }

    /** Takes one of the peer's last edits back, or an undoing of one, which redoes it. */
    private static void undo(String name, Random random, Peer peer, View view, List<Peer> peers) {
        if (peer.edits.isEmpty()) {
            return;
        }
        pull(name, peer, view);
        int[] edit = peer.edits.get(peer.edits.size() - 1 - random.nextInt(Math.min(5, peer.edits.size())));
        EventId first = new EventId(peer.writer, edit[0]);
        type(peer, view, peer.graph.editsWithout(first, edit[1] - edit[0]), peers);
    }

    private static void pull(String name, Peer peer, View view) {
        Version tip = peer.graph.tip();
        view.text = Texts.apply(view.text, peer.graph.editsBetween(view.version, tip));
        view.version = tip;
        assertThat(view.text).as(name).isEqualTo(peer.graph.text());
    }

    private static void receive(Random random, Peer peer) throws Exception {
        for (int i = random.nextInt(6); i > 0 && !peer.inbox.isEmpty(); i--) {
            Bundle bundle = peer.inbox.get(random.nextInt(Math.min(4, peer.inbox.size())));
            Admission admission = peer.graph.admit(BundleCodec.decode(BundleCodec.encode(bundle)));
            assertThat(admission).isNotInstanceOf(Admission.Refused.class);
            if (!(admission instanceof Admission.Missing) && random.nextInt(4) > 0) {
                peer.inbox.remove(bundle);
            }
        }
    }

    private static void catchUp(Random random, List<Peer> peers, Peer peer) {
        if (random.nextInt(8) == 0) {
            exchange(peers.get(random.nextInt(peers.size())), peer);
        }
    }

    /** Sends everything one peer has and the other lacks. */
    private static void exchange(Peer from, Peer to) {
        for (Bundle bundle : from.graph.since(to.graph.vector())) {
            assertThat(to.graph.admit(bundle)).isInstanceOf(Admission.Added.class);
        }
    }
}
