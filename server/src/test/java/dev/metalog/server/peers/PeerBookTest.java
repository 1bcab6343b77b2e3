package dev.metalog.server.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.peers.PlainPeerBook.Happened;
import dev.metalog.server.peers.PlainPeerBook.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PeerBookTest {
    private static final Moment START = new Moment(1_000, 5_000_000);

    private static final List<Kind> WHAT =
            Arrays.stream(Kind.values()).filter(kind -> kind != Kind.RESTART).toList();

    private static PeerId peer(int number) {
        return new PeerId(String.format("peer-%040x", number));
    }

    private static DocumentId about(int number) {
        byte[] bytes = new byte[16];
        bytes[15] = (byte) number;
        bytes[14] = (byte) (number >> 8);
        return DocumentId.fromRandom(bytes);
    }

    private static Moment later(long millis) {
        return new Moment(START.millis() + millis, START.wallMillis() + millis);
    }

    @Test
    void whatHappensIsWhatIsCounted() {
        long seed = Seed.draw("PeerBookTest");
        for (int history = 0; history < 150; history++) {
            Random random = new Random(seed + history);
            PeerBook book = new PeerBook();
            PlainPeerBook plain = new PlainPeerBook();
            Map<PeerId, PeerStatus> told = new HashMap<>();
            long millis = 0;
            // A clock that is set back and forth tells when, and decides nothing.
            long clock = 0;
            for (int step = 0; step < 80; step++) {
                millis += random.nextInt(4) == 0 ? random.nextInt(1_200_000) : random.nextInt(20_000);
                clock += random.nextInt(50) == 0 ? random.nextInt(200_000_000) - 100_000_000 : 1_000;
                Moment now = new Moment(millis, 1_800_000_000_000L + clock);
                Happened happened = new Happened(
                        WHAT.get(random.nextInt(WHAT.size())),
                        peer(random.nextInt(3)),
                        about(random.nextInt(2)),
                        random.nextInt(1_000),
                        "why " + random.nextInt(5),
                        now);
                book.wake(now);
                play(book, plain, happened);
                book.takeChanges().forEach(change -> told.put(change.peer(), change.status()));
                if (random.nextInt(30) == 0) {
                    // As a restart: what is kept is there again, and nobody is active before it is heard.
                    List<PeerRecord> before = book.records();
                    book = restored(book);
                    for (PeerRecord record : before) {
                        plain.happened(new Happened(Kind.RESTART, record.peer(), null, 0, "", now));
                        told.computeIfPresent(
                                record.peer(), (peer, was) -> was == PeerStatus.ACTIVE ? PeerStatus.INACTIVE : was);
                    }
                }
                compare(book, plain, told, now, seed + history);
            }
        }
    }

    private static PeerBook restored(PeerBook book) {
        try {
            PeerBook again = new PeerBook();
            again.restore(PeerBookCodec.decode(PeerBookCodec.encode(book.records())));
            return again;
        } catch (MalformedPeersException e) {
            throw new AssertionError(e);
        }
    }

    private static void play(PeerBook book, PlainPeerBook plain, Happened happened) {
        PeerId peer = happened.peer();
        DocumentId about = happened.about();
        Moment now = happened.at();
        boolean met = book.record(peer) != null
                && book.record(peer).relations().stream()
                        .anyMatch(relation -> relation.about().equals(about));
        switch (happened.kind()) {
            case HEARD -> book.heard(peer, about, now);
            case ANNOUNCED -> book.announced(peer, now);
            case LEFT -> book.left(peer, now);
            case BLOCKED -> assertThat(book.block(peer, now)).isTrue();
            case UNBLOCKED -> {
                if (book.unblock(peer, now) != plain.isBlocked(peer)) {
                    throw new AssertionError("unblocked what was not blocked, or the other way round");
                }
                if (!plain.isBlocked(peer)) {
                    return;
                }
            }
            case DROPPED -> {
                if (!plain.isBlocked(peer)) {
                    return;
                }
                book.dropped(peer);
            }
            default -> {
                // The conversation tells these only of who was heard about it.
                if (!met) {
                    return;
                }
                tell(book, happened);
            }
        }
        if (happened.kind() == Kind.BLOCKED && plain.isBlocked(peer)) {
            return;
        }
        boolean announced = happened.kind() == Kind.ANNOUNCED;
        plain.happened(announced ? new Happened(happened.kind(), peer, null, 0, happened.why(), now) : happened);
    }

    private static void tell(PeerBook book, Happened happened) {
        PeerId peer = happened.peer();
        DocumentId about = happened.about();
        switch (happened.kind()) {
            case SYNCED -> book.synced(peer, about, happened.at());
            case ASKED -> book.asked(peer, about);
            case ANSWERED -> book.answered(peer, about);
            case UNANSWERED -> book.unanswered(peer, about, happened.why(), happened.at());
            case RECEIVED -> book.received(peer, about, happened.bytes());
            case SENT -> book.sent(peer, about, happened.bytes());
            case FAILED -> book.failed(peer, about, happened.why(), happened.at());
            default -> throw new AssertionError(happened);
        }
    }

    private static void compare(
            PeerBook book, PlainPeerBook plain, Map<PeerId, PeerStatus> told, Moment now, long seed) {
        for (PeerRecord record : book.records()) {
            PeerId peer = record.peer();
            assertThat(record.status()).as("seed %d: %s", seed, peer).isEqualTo(plain.status(peer, now));
            assertThat(record.dealings()).as("seed %d: %s", seed, peer).isEqualTo(plain.dealings(peer, null));
            assertThat(record.dropped()).isEqualTo(plain.dropped(peer));
            assertThat(book.isBlocked(peer)).isEqualTo(plain.isBlocked(peer));
            assertThat(told.getOrDefault(peer, PeerStatus.INACTIVE))
                    .as("seed %d: what was told of %s", seed, peer)
                    .isEqualTo(record.status());
            for (PeerRecord.Relation relation : record.relations()) {
                assertThat(relation.dealings())
                        .as("seed %d: %s about %s", seed, peer, relation.about())
                        .isEqualTo(plain.dealings(peer, relation.about()));
            }
            assertThat(book.record(peer)).isEqualTo(record);
        }
    }

    @Test
    void aFloodOfPeersCostsNeitherBlocksNorMemory() {
        PeerBook book = new PeerBook();
        PeerId blocked = peer(1_000_000);
        book.heard(blocked, about(0), START);
        assertThat(book.block(blocked, START)).isTrue();
        for (int i = 0; i < 3 * PeerBook.MOST_PEERS; i++) {
            book.heard(peer(i), about(i), later(i));
        }
        List<PeerRecord> records = book.records();
        assertThat(records).hasSize(PeerBook.MOST_PEERS);
        assertThat(book.isBlocked(blocked)).isTrue();
        assertThat(records).extracting(PeerRecord::peer).contains(peer(3 * PeerBook.MOST_PEERS - 1));
        assertThat(book.record(peer(0))).as("heard of longest ago").isNull();
        assertThat(records.stream()
                        .mapToInt(record -> record.relations().size())
                        .sum())
                .as("relations go with their peer")
                .isEqualTo(PeerBook.MOST_PEERS);
    }

    @Test
    void relationsHaveABound() {
        PeerBook book = new PeerBook();
        for (int i = 0; i <= PeerBook.MOST_RELATIONS; i++) {
            book.heard(peer(0), about(i), later(i));
        }
        List<PeerRecord.Relation> relations = book.record(peer(0)).relations();
        assertThat(relations).hasSize(PeerBook.MOST_RELATIONS);
        assertThat(relations.get(0).about()).as("the first went").isEqualTo(about(1));
    }

    @Test
    void soManyAreBlockedAndNoMore() {
        PeerBook book = new PeerBook();
        for (int i = 0; i < PeerBook.MOST_BLOCKED; i++) {
            assertThat(book.block(peer(i), START)).isTrue();
        }
        assertThat(book.block(peer(5), START)).as("blocked already").isTrue();
        PeerId oneMore = peer(PeerBook.MOST_BLOCKED);
        assertThat(book.block(oneMore, START)).isFalse();
        assertThat(book.record(oneMore)).isNull();
        book.unblock(peer(0), START);
        assertThat(book.block(oneMore, START)).isTrue();
        assertThat(restored(book).records())
                .hasSize(PeerBook.MOST_BLOCKED + 1)
                .allMatch(record -> record.peer().equals(peer(0)) || record.status() == PeerStatus.BLOCKED);
    }

    @Test
    void whoIsBlockedBeforeItIsHeardWasNeverSeen() {
        PeerBook book = new PeerBook();
        book.block(peer(1), START);
        book.heard(peer(1), about(0), later(5));
        PeerRecord record = book.record(peer(1));
        assertThat(record.firstSeenMillis()).isZero();
        assertThat(record.relations()).isEmpty();
        assertThat(record.dealings()).isEqualTo(Dealings.NONE);
        assertThat(record.blockedAtMillis()).isEqualTo(START.wallMillis());
    }

    @Test
    void aDropIsToldOnceForEachBlock() {
        PeerBook book = new PeerBook();
        book.block(peer(1), START);
        assertThat(book.dropped(peer(1))).isTrue();
        assertThat(book.dropped(peer(1))).isFalse();
        book.unblock(peer(1), START);
        assertThatThrownBy(() -> book.dropped(peer(1))).isInstanceOf(IllegalArgumentException.class);
        book.block(peer(1), START);
        assertThat(book.dropped(peer(1))).isTrue();
        assertThat(book.record(peer(1)).dropped()).isEqualTo(3);
    }

    @Test
    void whyIsCutAndNeverInTheMiddleOfACharacter() {
        PeerBook book = new PeerBook();
        book.heard(peer(1), about(0), START);
        book.failed(peer(1), about(0), "x".repeat(PeerBook.FAILURE_UNITS - 1) + "😀 and more", START);
        assertThat(book.record(peer(1)).dealings().failure()).isEqualTo("x".repeat(PeerBook.FAILURE_UNITS - 1));
    }

    @Test
    void whatIsNotWhatWasWrittenIsRefused() throws MalformedPeersException {
        long seed = Seed.draw("PeerBookTest damage");
        PeerBook book = new PeerBook();
        book.heard(peer(1), about(0), START);
        book.received(peer(1), about(0), 7);
        book.failed(peer(1), about(0), "did not \"answer\"", START);
        book.block(peer(2), START);
        byte[] sound = PeerBookCodec.encode(book.records());
        List<PeerRecord> inactive = PeerBookCodec.decode(sound);
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] changed =
                    Arrays.copyOf(sound, random.nextInt(10) == 0 ? random.nextInt(sound.length) : sound.length);
            for (int k = 0; k <= random.nextInt(3) && changed.length > 0; k++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                // What can still be read can be written again.
                List<PeerRecord> read = PeerBookCodec.decode(changed);
                assertThat(PeerBookCodec.decode(PeerBookCodec.encode(read))).isEqualTo(read);
            } catch (MalformedPeersException e) {
                assertThat(e.getMessage()).isNotEmpty();
                refused++;
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(1_000);
        assertThat(PeerBookCodec.decode(PeerBookCodec.encode(inactive))).isEqualTo(inactive);
        List<String> odd = new ArrayList<>(List.of("", "null", "[]", "{}", "{\"peers\":1}", "{\"peers\":[1]}"));
        String line = "{\"peer\":\"" + peer(1) + "\"}";
        odd.add("{\"peers\":[" + line + "," + line + "]}");
        odd.add("{\"peers\":[{\"peer\":\"" + peer(1) + "\",\"asked\":-1}]}");
        odd.add("{\"peers\":[{\"peer\":\"" + peer(1) + "\",\"asked\":1.5}]}");
        odd.add("{\"peers\":[{\"peer\":\"" + peer(1) + "\",\"asked\":99999999999999999999}]}");
        odd.add("{\"peers\":[" + line + "]} {}");
        for (String text : odd) {
            assertThatThrownBy(() -> PeerBookCodec.decode(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .as(text)
                    .isInstanceOf(MalformedPeersException.class);
        }
    }
}
