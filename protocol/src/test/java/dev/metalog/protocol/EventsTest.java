package dev.metalog.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class EventsTest {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");
    private static final EventId A0 = new EventId(ANNA, 0);
    private static final EventId B0 = new EventId(BEN, 0);

    @Test
    void aVersionIsTheSameWhateverOrderItsEventsCameIn() {
        assertThat(new Version(List.of(B0, A0))).isEqualTo(new Version(List.of(A0, B0)));
        assertThat(new Version(List.of(B0, A0)).events()).containsExactly(A0, B0);
        assertThat(new Version(List.of(A0)).toString()).isEqualTo("[anna:0]");
        assertThat(Version.ROOT.toString()).isEqualTo("ROOT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Version(List.of(A0, A0)))
                .withMessageContaining("anna:0 is named twice");
    }

    @Test
    void aVersionDoesNotChangeWithTheListItWasMadeOf() {
        List<EventId> list = new ArrayList<>(List.of(A0));
        Version version = new Version(list);
        list.add(B0);
        assertThat(version.events()).containsExactly(A0);
    }

    @Test
    void aVectorKnowsWhatComesBeforeTheNextSeq() {
        VersionVector vector = vector(3, 1);
        assertThat(vector.contains(new EventId(ANNA, 2))).isTrue();
        assertThat(vector.contains(new EventId(ANNA, 3))).isFalse();
        assertThat(vector.contains(new EventId(new ReplicaId("eve"), 0))).isFalse();
        assertThat(vector.includes(vector(2, 1))).isTrue();
        assertThat(vector.includes(vector(2, 2))).isFalse();
        assertThat(VersionVector.EMPTY.includes(vector)).isFalse();
        assertThat(vector.includes(VersionVector.EMPTY)).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> vector(0, 1)).withMessageContaining("anna");
    }

    private static VersionVector vector(int anna, int ben) {
        TreeMap<ReplicaId, Integer> nextSeqs = new TreeMap<>();
        nextSeqs.put(ANNA, anna);
        nextSeqs.put(BEN, ben);
        return new VersionVector(nextSeqs);
    }

    @Test
    void anEditHasWholeCharactersAndNoNegativeNumbers() {
        assertThat(new TextEdit(0, 2, "\uD83D\uDE00").inserted()).hasSize(2);
        assertThatIllegalArgumentException().isThrownBy(() -> new TextEdit(-1, 0, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> new TextEdit(0, -1, ""));
        for (String broken : List.of("\uD83D", "\uDE00", "a\uDE00\uD83D", "\uD83D\uD83D\uDE00", "\uD83D\uDE00\uDE00")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TextEdit(0, 0, broken))
                    .withMessageContaining("surrogate");
        }
    }

    @Test
    void anEventNamesItsLastUnit() {
        assertThat(Event.insertion(A0, List.of(), 0, "abc").lastId()).isEqualTo(new EventId(ANNA, 2));
        assertThat(Event.deletion(A0, List.of(B0), 7, 1).lastId()).isEqualTo(A0);
    }

    @Test
    void anEventRefusesWhatItCannotMean() {
        refusedEvent(List.of(), Event.Kind.INSERTION, 0, 0, "");
        refusedEvent(List.of(), Event.Kind.DELETION, 0, 0, "");
        refusedEvent(List.of(), Event.Kind.INSERTION, 0, 2, "a");
        refusedEvent(List.of(), Event.Kind.INSERTION, -1, 1, "a");
        refusedEvent(List.of(), Event.Kind.DELETION, 0, 1, "a");
        refusedEvent(List.of(), Event.Kind.INSERTION, 0, 1, "\uD83D");
        refusedEvent(List.of(B0, B0), Event.Kind.DELETION, 0, 1, "");
        refusedEvent(List.of(), Event.Kind.DELETION, 5, Integer.MAX_VALUE, "");
        int tooLong = Limits.EVENT_INSERTED_UNITS + 1;
        refusedEvent(List.of(), Event.Kind.INSERTION, 0, tooLong, "x".repeat(tooLong));
        List<EventId> crowd = new ArrayList<>();
        for (int seq = 0; seq <= Limits.EVENT_PARENTS; seq++) {
            crowd.add(new EventId(BEN, seq));
        }
        refusedEvent(crowd, Event.Kind.DELETION, 0, 1, "");
    }

    @Test
    void aMinuteIsCountedFromTheStartOf2026() {
        long noon = Instant.parse("2026-11-30T12:00:59Z").toEpochMilli();
        int minutes = Stamp.minutesAt(noon);
        assertThat(minutes).isEqualTo((333 * 24 + 12) * 60);
        assertThat(Instant.ofEpochMilli(Stamp.epochMillis(minutes))).isEqualTo(Instant.parse("2026-11-30T12:00:00Z"));
        assertThat(Stamp.epochMillis(Integer.MAX_VALUE)).isGreaterThan(noon);
        for (long wrong : new long[] {Long.MIN_VALUE, 0, Stamp.epochMillis(1) - 1, Long.MAX_VALUE}) {
            assertThat(Stamp.minutesAt(wrong)).isEqualTo(Stamp.UNKNOWN_MINUTES);
        }
        Event event = Event.insertion(A0, List.of(), 0, "a");
        assertThat(event.stampMinutes()).isEqualTo(Stamp.AS_BEFORE);
        assertThat(event.stamped(7).stampMinutes()).isEqualTo(7);
        assertThatIllegalArgumentException().isThrownBy(() -> event.stamped(-2)).withMessageContaining("minute -2");
    }

    private static void refusedEvent(
            List<EventId> parents, Event.Kind kind, int position, int length, String inserted) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Event(A0, parents, kind, position, length, inserted, Stamp.AS_BEFORE))
                .withMessageNotContaining("null");
    }

    @Test
    void aBundleIsNeitherEmptyNorEndless() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Bundle(List.of()));
        List<Event> events = new ArrayList<>();
        for (int seq = 0; seq <= Limits.BATCH_EVENTS; seq++) {
            events.add(Event.deletion(new EventId(ANNA, seq), List.of(), 0, 1));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new Bundle(events));
        assertThat(new Bundle(events.subList(1, events.size())).events()).hasSize(Limits.BATCH_EVENTS);
    }
}
