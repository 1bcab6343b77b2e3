package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.server.eventgraph.Admission.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Events that a faulty or hostile peer may send, judged by the text they claim to have been made in. */
final class RandomAdmissionTest {
    private static final int GRAPHS = 60;
    private static final int EDITS = 30;
    private static final int OFFERS = 40;

    @Test
    void anEventIsAdmittedExactlyIfItFitsTheTextOfItsParents() {
        long seed = Seed.draw("hostile events");
        int admitted = 0;
        int refused = 0;
        for (int i = 0; i < GRAPHS; i++) {
            String name = "graph " + i + " of seed " + seed;
            Random random = new Random(seed + i);
            EventGraph graph = new EventGraph();
            List<Version> versions = new ArrayList<>(List.of(Version.ROOT));
            fill(random, graph, versions);
            for (int offer = 0; offer < OFFERS; offer++) {
                Version parents = graph.merge(pick(random, versions), pick(random, versions));
                String text = graph.textAt(parents);
                Event event = offer(random, graph, parents, text.length());
                Snapshot before = Snapshot.of(graph);
                Admission admission = graph.admit(new Bundle(List.of(event)));
                Reason reason = judge(event, text);
                if (reason == null) {
                    assertThat(admission).as(name).isEqualTo(new Admission.Added(event.length()));
                    versions.add(Version.of(event.lastId()));
                    admitted++;
                } else {
                    assertThat(admission).as(name).isInstanceOfSatisfying(Admission.Refused.class, r -> {
                        assertThat(r.reason()).isEqualTo(reason);
                        assertThat(r.event()).isEqualTo(event.id());
                    });
                    assertThat(Snapshot.of(graph)).as(name).isEqualTo(before);
                    refused++;
                }
            }
            PlainWalker plain = new PlainWalker();
            graph.since(VersionVector.EMPTY).forEach(bundle -> plain.add(bundle.events()));
            assertThat(graph.text()).as(name).isEqualTo(plain.text());
        }
        assertThat(admitted).isGreaterThan(GRAPHS);
        assertThat(refused).isGreaterThan(GRAPHS);
    }

    private record Snapshot(String text, Version tip, VersionVector vector, int events) {
        static Snapshot of(EventGraph graph) {
            return new Snapshot(graph.text(), graph.tip(), graph.vector(), graph.eventCount());
        }
    }

    private static void fill(Random random, EventGraph graph, List<Version> versions) {
        for (int edit = 0; edit < EDITS; edit++) {
            Version parents = graph.merge(pick(random, versions), pick(random, versions));
            List<TextEdit> edits = RandomText.edits(random, graph.textAt(parents));
            for (Bundle bundle : graph.edit(writer(random), parents, edits)) {
                List<Event> events = bundle.events();
                versions.add(Version.of(events.get(events.size() - 1).lastId()));
            }
        }
    }

    private static Version pick(Random random, List<Version> versions) {
        return versions.get(random.nextInt(versions.size()));
    }

    private static ReplicaId writer(Random random) {
        return new ReplicaId("w" + random.nextInt(4));
    }

    private static Event offer(Random random, EventGraph graph, Version parents, int length) {
        ReplicaId writer = writer(random);
        EventId id = new EventId(writer, graph.vector().nextSeq(writer));
        int position = random.nextInt(length + 2);
        return random.nextBoolean()
                ? Event.insertion(id, parents.events(), position, RandomText.text(random, 1 + random.nextInt(3)))
                : Event.deletion(id, parents.events(), position, 1 + random.nextInt(4));
    }

    private static Reason judge(Event event, String text) {
        boolean insertion = event.kind() == Event.Kind.INSERTION;
        int end = insertion ? event.position() : event.position() + event.length();
        if (end > text.length()) {
            return Reason.OUT_OF_RANGE;
        }
        return splits(text, event.position()) || splits(text, end) ? Reason.SPLITS_A_CHARACTER : null;
    }

    private static boolean splits(String text, int position) {
        return position > 0
                && position < text.length()
                && Character.isHighSurrogate(text.charAt(position - 1))
                && Character.isLowSurrogate(text.charAt(position));
    }
}
