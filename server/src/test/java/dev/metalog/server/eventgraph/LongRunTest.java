package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What came as columns, whose runs may be longer than an event, is sent on in events. */
class LongRunTest {
    @ParameterizedTest
    @ValueSource(strings = {"x", "xy\uD83D\uDE00"})
    void aLongPasteIsSentOnByWhoReceivedIt(String piece) throws Exception {
        EventGraph writer = new EventGraph();
        String text = piece.repeat(300_000 / piece.length());
        List<Bundle> bundles = writer.edit(new ReplicaId("w"), writer.tip(), List.of(new TextEdit(0, 0, text)));
        EventGraph second = new EventGraph();
        for (Bundle bundle : bundles) {
            second.admit(BundleCodec.decodeRuns(BundleCodec.encode(bundle)));
        }
        EventGraph third = new EventGraph();
        for (Bundle bundle : second.since(VersionVector.EMPTY)) {
            assertThat(bundle.events()).allMatch(event -> event.length() <= Limits.EVENT_INSERTED_UNITS);
            third.admit(BundleCodec.decodeRuns(BundleCodec.encode(bundle)));
        }
        assertThat(third.text()).isEqualTo(text);
        assertThat(third.tip()).isEqualTo(writer.tip());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, 100_000})
    void partsOfAHistoryFollowOneAnother(int aboutBytes) {
        EventGraph writer = new EventGraph();
        for (int i = 0; i < 300; i++) {
            String typed = "line " + i + "\n";
            writer.edit(new ReplicaId("w" + i % 3), writer.tip(), List.of(new TextEdit(i % 5, 0, typed)));
        }
        EventGraph reader = new EventGraph();
        int parts = 0;
        boolean more = true;
        while (more) {
            EventGraph.Slice slice = writer.since(reader.vector(), aboutBytes);
            assertThat(slice.bundles()).isNotEmpty();
            slice.bundles().forEach(reader::admit);
            more = slice.more();
            parts++;
        }
        assertThat(reader.text()).isEqualTo(writer.text());
        assertThat(parts).isLessThanOrEqualTo(300);
        assertThat(writer.since(reader.vector(), aboutBytes).bundles()).isEmpty();
    }
}
