package dev.metalog.server.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Attention;
import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Caret;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who is shown, where, and for how long. */
class CompanyTest {
    private static final long SEED = Long.getLong("metalog.seed", System.nanoTime());
    private static final ReplicaId WRITER = new ReplicaId("w");

    private final Company company = new Company();
    private final EventGraph graph = new EventGraph();

    private static PeerId peer(int number) {
        return new PeerId("peer-" + String.format("%040x", number));
    }

    private static Speaker speaker(int number) {
        return new Speaker(peer(number), number);
    }

    private static PeerMessage.Presence said(long number, Attention attention, Version version, Caret... carets) {
        return new PeerMessage.Presence(number, attention, "P", version, List.of(carets), Extras.NONE);
    }

    private static PeerMessage.Presence said(long number, Version version, int at) {
        return said(number, Attention.IN_FRONT, version, new Caret(at, at));
    }

    private List<Person> seen() {
        return company.seenAt(graph, graph.tip(), graph.snapshot());
    }

    private int onlyCaret() {
        return seen().get(0).carets().all().get(0).head();
    }

    @Test
    void theNewestWinsInWhateverOrderTheyCome() {
        assertThat(company.heard(speaker(1), said(5, Attention.BEHIND, Version.ROOT), graph, 0))
                .isTrue();
        assertThat(company.heard(speaker(1), said(4, Version.ROOT, 0), graph, 0))
                .isFalse();
        assertThat(seen()).singleElement().extracting(Person::attention).isEqualTo(Attention.BEHIND);

        company.heard(speaker(1), said(6, Attention.GONE, Version.ROOT), graph, 0);
        assertThat(seen()).isEmpty();
        company.heard(speaker(1), said(3, Version.ROOT, 0), graph, 0);
        assertThat(seen()).as("what was said before it went").isEmpty();
    }

    @Test
    void whoIsSilentIsGoneAndWhoLeavesIsGoneAtOnce() {
        company.heard(speaker(1), said(1, Version.ROOT, 0), graph, 0);
        company.heard(speaker(2), said(1, Version.ROOT, 0), graph, 10);
        assertThat(company.expiresAtMillis()).isEqualTo(Present.EXPIRY_MILLIS);
        assertThat(company.expire(Present.EXPIRY_MILLIS - 1)).isFalse();
        assertThat(company.expire(Present.EXPIRY_MILLIS)).isTrue();
        assertThat(seen()).extracting(Person::peer).containsExactly(peer(2));
        assertThat(company.left(peer(2))).isTrue();
        assertThat(company.isEmpty()).isTrue();
    }

    @Test
    void whatIsSaidOfAVersionThatIsNotHereWaitsForIt() {
        EventGraph ahead = new EventGraph();
        List<Bundle> typed = ahead.edit(WRITER, Version.ROOT, List.of(new TextEdit(0, 0, "hello")));
        company.heard(speaker(1), said(1, Version.ROOT, 0), graph, 0);
        company.heard(speaker(1), said(2, ahead.tip(), 2), graph, 0);
        company.heard(speaker(1), said(3, ahead.tip(), 5), graph, 0);
        assertThat(onlyCaret()).isZero();

        typed.forEach(graph::admit);
        assertThat(company.catchUp(graph)).isTrue();
        assertThat(onlyCaret()).as("the newest of them").isEqualTo(5);
        assertThat(company.catchUp(graph)).isFalse();
    }

    @Test
    void anEditorThatShowsAnOlderTextSeesThemWhereTheirTextWillBe() {
        graph.edit(WRITER, Version.ROOT, List.of(new TextEdit(0, 0, "one two")));
        Version shown = graph.tip();
        graph.edit(WRITER, shown, List.of(new TextEdit(4, 0, "and ")));
        company.heard(speaker(1), said(1, graph.tip(), 11), graph, 0);
        company.heard(speaker(2), said(1, graph.tip(), 6), graph, 0);
        List<Person> people = company.seenAt(graph, shown, graph.snapshotAt(shown));
        assertThat(people)
                .extracting(person -> person.carets().all().get(0).head())
                .containsExactlyInAnyOrder(7, 4);
    }

    @Test
    void placesOutsideOfTheTextAreItsEnd() {
        graph.edit(WRITER, Version.ROOT, List.of(new TextEdit(0, 0, "a\uD83D\uDE00")));
        company.heard(speaker(1), said(1, Attention.IN_FRONT, graph.tip(), new Caret(Integer.MAX_VALUE, 2)), graph, 0);
        assertThat(seen().get(0).carets().all()).containsExactly(new Caret(3, 1));
    }

    /** Overflow: nobody drives out who is here, and a peer only itself. */
    @Test
    void thereIsRoomForSoManyAndForFourOfOnePeer() {
        for (int i = 1; i <= Limits.PRESENCE_SPEAKERS + 5; i++) {
            company.heard(speaker(i), said(1, Version.ROOT, 0), graph, i);
        }
        assertThat(seen()).hasSize(Limits.PRESENCE_SPEAKERS);
        assertThat(company.has(speaker(1))).isTrue();
        assertThat(company.has(speaker(Limits.PRESENCE_SPEAKERS + 1))).isFalse();

        company.clear();
        for (int boot = 1; boot <= Company.MOST_OF_ONE + 1; boot++) {
            company.heard(new Speaker(peer(7), boot), said(1, Version.ROOT, 0), graph, boot);
        }
        assertThat(seen()).hasSize(Company.MOST_OF_ONE);
        assertThat(company.has(new Speaker(peer(7), 1))).isFalse();
    }

    @Test
    void whatARunOfAPeerLeftBehindGoesSoonAfterTheNextCame() {
        company.heard(new Speaker(peer(1), 1), said(1, Version.ROOT, 0), graph, 0);
        company.heard(new Speaker(peer(1), 2), said(1, Version.ROOT, 0), graph, 1_000);
        assertThat(company.expire(1_000 + Present.DOUBTED_MILLIS)).isTrue();
        assertThat(seen()).hasSize(1);
    }

    @Test
    void whoeverSaysTooMuchIsNotHeardAndAnotherIs() {
        int heard = 0;
        for (int i = 0; i < 1_000; i++) {
            heard += company.hears(peer(1), 0) ? 1 : 0;
        }
        assertThat(heard).isEqualTo(2 * Limits.PRESENCE_A_SECOND);
        assertThat(company.hears(peer(2), 0)).isTrue();
        for (int i = 0; i < 1_000; i++) {
            heard += company.hears(peer(1), 10_000 + i) ? 1 : 0;
        }
        assertThat(heard).isBetween(5 * Limits.PRESENCE_A_SECOND - 2, 5 * Limits.PRESENCE_A_SECOND);
    }

    @Test
    void coloursDifferAsLongAsThereAreEnough() {
        for (int i = 1; i <= Company.COLOURS; i++) {
            company.heard(speaker(i), said(1, Version.ROOT, 0), graph, 0);
        }
        assertThat(seen()).extracting(Person::colour).doesNotHaveDuplicates().hasSize(Company.COLOURS);
        company.heard(speaker(99), said(1, Version.ROOT, 0), graph, 0);
        assertThat(seen()).extracting(Person::colour).allMatch(colour -> colour < Company.COLOURS);
    }

    /**
     * Several write at the same time, and somebody's caret of one version is looked for in the merge of all. The oracle is in
     * the text, whose characters all differ: a caret stays before the character it stood before, and when that is gone,
     * between those on both sides that are left.
     */
    @Test
    void aCaretStaysBetweenItsNeighboursWhateverOthersWrite() {
        Random random = new Random(SEED);
        for (int round = 0; round < 300; round++) {
            int[] next = {0x4E00};
            List<EventGraph> graphs = List.of(new EventGraph(), new EventGraph(), new EventGraph());
            type(graphs.get(0), 0, random, next, 6);
            graphs.get(0).recordedSince(0).forEach(bundle -> {
                graphs.get(1).admit(bundle);
                graphs.get(2).admit(bundle);
            });
            for (int i = 0; i < 3; i++) {
                type(graphs.get(i), i, random, next, random.nextInt(6));
            }
            EventGraph owner = graphs.get(random.nextInt(3));
            Version version = owner.tip();
            String text = owner.text();
            int at = random.nextInt(text.length() + 1);
            PeerMessage.Presence said = said(1, version, at);
            type(owner, graphs.indexOf(owner), random, next, random.nextInt(4));

            EventGraph merged = new EventGraph();
            Company others = new Company();
            boolean saidFirst = random.nextBoolean();
            if (saidFirst) {
                others.heard(speaker(1), said, merged, 0);
            }
            for (EventGraph one : graphs) {
                for (Bundle bundle : one.recordedSince(0)) {
                    merged.admit(bundle);
                    others.catchUp(merged);
                    others.seenAt(merged, merged.tip(), merged.snapshot());
                }
            }
            if (!saidFirst) {
                others.heard(speaker(1), said, merged, 0);
            }
            int shown = others.seenAt(merged, merged.tip(), merged.snapshot())
                    .get(0)
                    .carets()
                    .all()
                    .get(0)
                    .head();
            String now = merged.text();
            String why = "seed " + SEED + ", round " + round + ": " + at + " of '" + text + "' in '" + now + "'";
            assertThat(shown).as(why).isBetween(after(text, at, now), before(text, at, now));
            if (at < text.length() && now.indexOf(text.charAt(at)) >= 0) {
                assertThat(shown).as(why).isEqualTo(now.indexOf(text.charAt(at)));
            }
        }
    }

    /** Behind the nearest character before a place that is left. */
    private static int after(String text, int at, String now) {
        for (int i = at - 1; i >= 0; i--) {
            if (now.indexOf(text.charAt(i)) >= 0) {
                return now.indexOf(text.charAt(i)) + 1;
            }
        }
        return 0;
    }

    private static int before(String text, int at, String now) {
        for (int i = at; i < text.length(); i++) {
            if (now.indexOf(text.charAt(i)) >= 0) {
                return now.indexOf(text.charAt(i));
            }
        }
        return now.length();
    }

    private static void type(EventGraph graph, int who, Random random, int[] next, int times) {
        for (int i = 0; i < times; i++) {
            int length = graph.length();
            int at = random.nextInt(length + 1);
            int deleted = random.nextInt(3) == 0 ? random.nextInt(Math.min(3, length - at) + 1) : 0;
            StringBuilder inserted = new StringBuilder();
            for (int count = deleted > 0 && random.nextBoolean() ? 0 : 1 + random.nextInt(3); count > 0; count--) {
                inserted.append((char) next[0]++);
            }
            List<TextEdit> edits = new ArrayList<>();
            edits.add(new TextEdit(at, deleted, inserted.toString()));
            graph.edit(new ReplicaId("w" + who), graph.tip(), edits);
        }
    }

    @Test
    void anUnknownVersionAloneShowsNobodyAnywhere() {
        Version unknown = Version.of(new EventId(WRITER, 9));
        company.heard(speaker(1), said(1, unknown, 3), graph, 0);
        assertThat(seen())
                .singleElement()
                .satisfies(person -> assertThat(person.carets().all()).isEmpty());
    }
}
