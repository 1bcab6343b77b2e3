package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.PeerId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OffersTest {
    private static final PeerId ADA = peer(1);
    private static final PeerId BEN = peer(2);

    private final Offers offers = new Offers();

    private static PeerId peer(int number) {
        return new PeerId(String.format("peer-%040x", number));
    }

    private static SharedDocument document(int number, String path) {
        byte[] id = new byte[16];
        id[0] = (byte) number;
        id[1] = (byte) (number >> 8);
        return new SharedDocument(DocumentId.fromRandom(id), "file:///w/x", new DocumentPath(path), new byte[32], "");
    }

    private static List<String> paths(List<Offers.Offer> offers) {
        return offers.stream().map(offer -> offer.path().value()).toList();
    }

    @Test
    void theNewestThatEachMemberSaidIsListedByPath() {
        offers.heard(ADA, Offers.encode(List.of(document(1, "b c/\u00e4.txt"), document(2, "a"))));
        offers.heard(BEN, Offers.encode(List.of(document(3, "c"), document(2, "a2"))));
        assertThat(paths(offers.of(List.of(ADA, BEN)))).containsExactly("a2", "b c/\u00e4.txt", "c");
        assertThat(paths(offers.of(List.of(ADA)))).containsExactly("a", "b c/\u00e4.txt");
        assertThat(offers.of(List.of())).isEmpty();
        offers.heard(ADA, Offers.encode(List.of()));
        assertThat(paths(offers.of(List.of(ADA)))).isEmpty();
    }

    @Test
    void whatIsNoListCountsNothing() {
        offers.heard(ADA, Offers.encode(List.of(document(1, "a"))));
        String id = document(1, "a").id().value();
        for (String bad : List.of(
                "", "x", "meta-log/offers/1\nno", "meta-log/offers/1\n" + id + " ../up", "meta-log/offers/1\nid a")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> offers.heard(ADA, bad.getBytes(StandardCharsets.UTF_8)));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> offers.heard(ADA, new byte[Offers.MOST_BYTES + 1]));
        assertThat(paths(offers.of(List.of(ADA)))).containsExactly("a");
    }

    @Test
    void whatDoesNotFitIsNotSaidAndWhoSaidItLongestAgoIsForgotten() {
        List<SharedDocument> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(document(i, "p".repeat(200) + i));
        }
        byte[] list = Offers.encode(many);
        assertThat(list.length).isBetween(Offers.MOST_BYTES - 300, Offers.MOST_BYTES);
        offers.heard(ADA, list);
        assertThat(offers.of(List.of(ADA))).hasSizeBetween(1_000, 1_999);
        for (int i = 0; i < Offers.MOST_PEERS; i++) {
            offers.heard(peer(100 + i), Offers.encode(List.of(document(i, "q" + i))));
        }
        assertThat(offers.of(List.of(ADA))).isEmpty();
        List<PeerId> all = Stream.iterate(100, i -> i + 1)
                .limit(Offers.MOST_PEERS)
                .map(OffersTest::peer)
                .toList();
        assertThat(offers.of(all)).hasSize(Offers.MOST_PEERS);
    }
}
