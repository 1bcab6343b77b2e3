package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.codec.BlackboardCodec;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.blackboard.Blackboard;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One blackboard between workspaces: sealed, kept, exchanged, watched. */
final class BlackboardSharingTest {
    private static final EditorId EDITOR = new EditorId(7);
    private static final long YEAR_MILLIS = 365L * 24 * 60 * 60 * 1_000;

    private SimulatedWorld world;
    private SimulatedWorld.Sidecar first;
    private SimulatedWorld.Sidecar second;

    @BeforeEach
    void twoWorkspaces() {
        begin(11);
    }

    private void begin(long seed) {
        world = new SimulatedWorld(seed);
        first = come(world.sidecar());
        second = come(world.sidecar());
        first.connect();
        second.connect();
        world.settle();
    }

    private static SimulatedWorld.Sidecar come(SimulatedWorld.Sidecar sidecar) {
        sidecar.hear(new Input.EditorCame(EDITOR, PositionEncoding.UTF_16, "test", 1));
        return sidecar;
    }

    private static Object ask(SimulatedWorld.Sidecar sidecar, BlackboardRequest request) {
        return sidecar.ask(EDITOR, new Request.Blackboard(request));
    }

    private static Object set(SimulatedWorld.Sidecar sidecar, String name, String value) {
        return set(sidecar, name, value, 0);
    }

    private static Object set(SimulatedWorld.Sidecar sidecar, String name, String value, int ttlSeconds) {
        return ask(
                sidecar, new BlackboardRequest.Set(new BlackboardMessages.WriteParams("n", name, value, ttlSeconds)));
    }

    private static String get(SimulatedWorld.Sidecar sidecar, String name) {
        BlackboardMessages.Found found = (BlackboardMessages.Found)
                ask(sidecar, new BlackboardRequest.Get(new BlackboardMessages.NameParams("n", name)));
        return found.entry() == null ? null : found.entry().items().get(0).value();
    }

    private void share() {
        BlackboardMessages.Invited invited = (BlackboardMessages.Invited) ask(first, new BlackboardRequest.Invite());
        ask(second, new BlackboardRequest.Join(new BlackboardMessages.BoardJoinParams(invited.invitation(), false)));
        world.settle();
    }

    @Test
    void whatIsSetHereIsReadThereAndTheOtherWayRound() {
        set(first, "before", "1");
        set(second, "mine", "2");
        share();
        assertThat(get(second, "before")).isEqualTo("1");
        assertThat(get(first, "mine")).as("what was there goes along").isEqualTo("2");
        set(second, "before", "{\"b\": 1, \"a\": 0.50}");
        world.settle();
        assertThat(get(first, "before")).isEqualTo("{\"a\":0.50,\"b\":1}");
    }

    @Test
    void nobodyHearsOfABlackboardThatIsNotShared() {
        int published = world.published();
        set(first, "a", "1");
        assertThat(world.published()).isEqualTo(published);
    }

    @Test
    void whatIsSetWhilePartedConverges() {
        share();
        second.disconnect();
        set(first, "a", "1");
        set(second, "a", "2");
        set(second, "b", "3");
        world.settle();
        assertThat(get(first, "b")).isNull();
        second.connect();
        world.settle();
        assertThat(get(first, "a")).isEqualTo(get(second, "a")).isNotNull();
        assertThat(get(first, "b")).isEqualTo("3");
    }

    @Test
    void aKilledSidecarHasEverythingAgainAndWritesOn() {
        set(first, "a", "1");
        share();
        set(second, "b", "2");
        world.settle();
        world.kill(first);
        set(second, "while", "3");
        SimulatedWorld.Sidecar again = come(world.sidecar(first.stored()));
        assertThat(get(again, "a")).isEqualTo("1");
        assertThat(get(again, "b")).isEqualTo("2");
        again.connect();
        world.settle();
        assertThat(get(again, "while")).isEqualTo("3");
        set(again, "b", "4");
        world.settle();
        assertThat(get(second, "b")).isEqualTo("4");
    }

    /** Whoever starts first on what an older build kept, puts it there as theirs. */
    @Test
    void whatWasNotSignedIsVouchedForAndReachesTheOthers() throws Exception {
        Blackboard older = new Blackboard(first.identity.peerId(), new ReplicaId("older"));
        PeerId someone = new PeerId("peer-" + "5".repeat(40));
        Blackboard others = new Blackboard(someone, new ReplicaId("others"));
        List<StoredDocument.Item> records = new ArrayList<>();
        for (BlackboardWrite write : List.of(
                older.set(new EntryName("n", "mine"), EntryValue.of("1"), 0, world.nowMillis),
                others.set(new EntryName("n", "theirs"), EntryValue.of("2"), 0, world.nowMillis))) {
            records.add(new StoredDocument.Item(
                    LogKind.BLACKBOARD.number(), BlackboardCodec.encode(new BlackboardMessage.Writes(List.of(write)))));
        }
        set(first, "any", "0");
        world.kill(first);
        SharedDocument board = first.board;
        first = come(world.sidecarOf(first.identity, List.of(new StoredDocument(board, records))));
        first.connect();
        share();
        for (SimulatedWorld.Sidecar sidecar : List.of(first, second)) {
            assertThat(get(sidecar, "mine")).isEqualTo("1");
            assertThat(get(sidecar, "theirs")).isEqualTo("2");
            assertThat(sidecar.workspace.auditBlackboard().board().standing())
                    .filteredOn(posted -> posted.posting().name().namespace().equals("n"))
                    .allMatch(posted -> posted.posting().author().equals(first.identity.peerId())
                            && posted.posting().proof() != null);
        }
        List<StoredDocument> kept = first.stored();
        world.kill(first);
        first = come(world.sidecarOf(first.identity, kept));
        assertThat(first.boardLog.values())
                .as("once is enough")
                .allMatch(log -> log.size() == kept.get(0).records().size());
        assertThat(get(first, "theirs")).isEqualTo("2");
    }

    /** Nobody has what was in it, and what was written after it is behind a gap that nobody ever closes. */
    @Test
    void whatStandsBehindADamagedRecordReachesTheOthers() {
        share();
        first.disconnect();
        set(first, "lost", "1");
        set(first, "behind", "2");
        world.kill(first);
        SimulatedWorld.Sidecar again = come(world.sidecar(withoutEntry(first.stored(), "lost")));
        assertThat(get(again, "lost")).isNull();
        again.connect();
        world.settle();
        assertThat(get(second, "behind")).isEqualTo("2");
        set(again, "later", "3");
        second.disconnect();
        set(again, "missed", "4");
        second.connect();
        world.settle();
        assertThat(get(second, "later")).isEqualTo("3");
        assertThat(get(second, "missed")).isEqualTo("4");
        assertThat(second.workspace.auditBlackboard().frontier())
                .isEqualTo(again.workspace.auditBlackboard().frontier());
    }

    private static List<StoredDocument> withoutEntry(List<StoredDocument> stored, String name) {
        return stored.stream()
                .map(one -> new StoredDocument(
                        one.shared(),
                        one.records().stream()
                                .filter(record ->
                                        !new String(record.body(), StandardCharsets.ISO_8859_1).contains(name))
                                .toList()))
                .toList();
    }

    @Test
    void thoseWhoWatchAreToldAlsoOfWhatExpires() {
        share();
        ask(second, new BlackboardRequest.Watch(new BlackboardMessages.WatchParams("n")));
        set(first, "a", "1", 600);
        ask(first, new BlackboardRequest.Set(new BlackboardMessages.WriteParams("other", "x", "1", 0)));
        world.settle();
        assertThat(second.boardTold).hasSizeGreaterThanOrEqualTo(1);
        assertThat(second.boardTold.get(0).entry().items().get(0).expiresAt()).isNotNull();
        second.boardTold.clear();
        world.pass(700_000);
        world.settle();
        assertThat(second.boardTold)
                .isNotEmpty()
                .allMatch(change -> change.namespace().equals("n"));
        assertThat(second.boardTold.get(0).entry()).isNull();
        ask(second, new BlackboardRequest.Unwatch());
        second.boardTold.clear();
        set(first, "a", "2");
        world.settle();
        assertThat(second.boardTold).isEmpty();
    }

    @Test
    void anExchangeTellsWhatWasSeenAndNobodyWhenNobodyWas() {
        BlackboardMessages.Synced alone = (BlackboardMessages.Synced)
                ask(first, new BlackboardRequest.Sync(new BlackboardMessages.SyncParams(null)));
        assertThat(alone.peers()).isEmpty();
        assertThat(alone.explanation()).contains("Nobody");
        share();
        second.disconnect();
        set(first, "a", "1");
        set(first, "b", "2");
        set(second, "c", "3");
        BlackboardMessages.Synced parted = exchange();
        assertThat(parted.peers()).isEmpty();
        assertThat(parted.explanation()).startsWith("Nobody answered");
        world.lossPercent = 100;
        second.connect();
        world.lossPercent = 0;
        BlackboardMessages.Synced synced = exchange();
        assertThat(synced.peers())
                .containsExactly(
                        new BlackboardMessages.Exchange(second.identity.peerId().value(), 2, 1, true));
        assertThat(exchange().peers())
                .containsExactly(
                        new BlackboardMessages.Exchange(second.identity.peerId().value(), 0, 0, true));
    }

    private BlackboardMessages.Synced exchange() {
        first.answers.clear();
        ask(first, new BlackboardRequest.Sync(new BlackboardMessages.SyncParams(null)));
        for (int i = 0;
                i < 300 && first.answers.values().stream().noneMatch(BlackboardMessages.Synced.class::isInstance);
                i++) {
            world.deliverAll();
            world.pass(100);
        }
        return (BlackboardMessages.Synced) first.answers.values().stream()
                .filter(BlackboardMessages.Synced.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void peersThatAreHeardOfAreRecordedAndNotRenewedWithEveryAnnouncement() {
        String id = second.identity.peerId().value();
        BlackboardRequest.Get ask = new BlackboardRequest.Get(new BlackboardMessages.NameParams("peers", id));
        String before = ((BlackboardMessages.Found) ask(first, ask))
                .entry()
                .items()
                .get(0)
                .value();
        assertThat(before).contains("\"status\":\"active\"").contains(second.identity.publicKey());
        int records = boardRecords(first);
        for (int i = 0; i < 10; i++) {
            world.pass(Federation.ANNOUNCE_EVERY_MILLIS);
            world.deliverAll();
        }
        assertThat(boardRecords(first)).isEqualTo(records);
        for (int i = 0; i < 10; i++) {
            world.pass(Federation.ANNOUNCE_EVERY_MILLIS);
            world.deliverAll();
        }
        assertThat(boardRecords(first)).isEqualTo(records + 1);
        first.hear(new Input.Received(SimulatedWorld.BROKER, "canvasl/peers/announce/" + id, new byte[0], false));
        world.pass(PeerRecorder.GONE_MILLIS);
        assertThat(((BlackboardMessages.Found) ask(first, ask))
                        .entry()
                        .items()
                        .get(0)
                        .value())
                .contains("\"status\":\"gone\"");
    }

    private static int boardRecords(SimulatedWorld.Sidecar sidecar) {
        return sidecar.boardLog.values().stream().mapToInt(List::size).sum();
    }

    @Test
    void mistakesAreRefusedWithTheirReason() {
        refused(set(first, "a", "{"), EditorError.BAD_PARAMS);
        refused(set(first, "", "1"), EditorError.BAD_PARAMS);
        refused(set(first, "a", "1", -1), EditorError.BAD_PARAMS);
        refused(
                ask(first, new BlackboardRequest.Delete(new BlackboardMessages.NameParams("n", "a"))),
                EditorError.UNKNOWN_ENTRY);
        set(first, "a", "1");
        refused(
                ask(first, new BlackboardRequest.Add(new BlackboardMessages.WriteParams("n", "a", "1", 0))),
                EditorError.OTHER_KIND);
        refused(join(second, "metalog1-abc", false), EditorError.BAD_INVITATION);
        refused(
                ask(first, new BlackboardRequest.Watch(new BlackboardMessages.WatchParams("A"))),
                EditorError.BAD_PARAMS);
        refused(
                ask(first, new BlackboardRequest.Listing(new BlackboardMessages.ListParams(null, "nowhere"))),
                EditorError.BAD_PARAMS);
        refused(
                ask(first, new BlackboardRequest.Sync(new BlackboardMessages.SyncParams("me"))),
                EditorError.BAD_PARAMS);
        assertThat(get(first, "a")).isEqualTo("1");
    }

    @Test
    void aSharedBlackboardIsOnlyLeftForAnotherWhenToldSo() {
        share();
        set(second, "theirs", "1");
        SimulatedWorld.Sidecar third = come(world.sidecar());
        third.connect();
        set(third, "third", "3");
        String invitation = ((BlackboardMessages.Invited) ask(third, new BlackboardRequest.Invite())).invitation();
        refused(join(second, invitation, false), EditorError.WOULD_OVERWRITE);
        join(second, invitation, true);
        world.settle();
        assertThat(get(third, "theirs")).isEqualTo("1");
        assertThat(get(second, "third")).isEqualTo("3");
        assertThat(get(first, "third")).isNull();
        SimulatedWorld.Sidecar again = come(world.sidecar(second.stored()));
        assertThat(get(again, "third")).as("kept under its new name").isEqualTo("3");
    }

    private static Object join(SimulatedWorld.Sidecar sidecar, String invitation, boolean merge) {
        return ask(sidecar, new BlackboardRequest.Join(new BlackboardMessages.BoardJoinParams(invitation, merge)));
    }

    private static void refused(Object answer, EditorError error) {
        assertThat(answer).isInstanceOfSatisfying(Effect.Refuse.class, refuse -> {
            assertThat(refuse.error()).isEqualTo(error);
            assertThat(refuse.explanation()).hasSizeGreaterThan(10);
        });
    }

    @Test
    void aLogThatGrewIsReplacedByWhatItAmountsTo() {
        share();
        for (int i = 0; i < 50; i++) {
            set(first, "k" + i % 5, "" + i);
        }
        ask(first, new BlackboardRequest.Delete(new BlackboardMessages.NameParams("n", "k1")));
        List<StoredDocument.Item> log = first.boardLog.get(first.board.id().value());
        List<Effect> effects = first.workspace.on(new Input.LogGrown(first.board.id()), world.nowMillis);
        Snapshot snapshot = effects.stream()
                .filter(Effect.Snapshot.class::isInstance)
                .map(effect -> ((Effect.Snapshot) effect).snapshot())
                .findFirst()
                .orElseThrow();
        List<StoredDocument.Item> records = snapshot.records();
        assertThat(records).hasSizeLessThan(5);
        assertThat(snapshot.differs(log, records)).isNull();
        assertThat(snapshot.differs(log, records.subList(1, records.size()))).isNotNull();
        assertThat(snapshot.differs(log, List.of())).isNotNull();
        SimulatedWorld.Sidecar again = come(world.sidecar(List.of(new StoredDocument(first.board, records))));
        assertThat(listing(again)).isEqualTo(listing(first));
    }

    @Test
    void aLogIsReadWithoutAConductor() {
        set(first, "a \"b\"", "{\"x\": 0.50}");
        ask(first, new BlackboardRequest.Add(new BlackboardMessages.WriteParams("n", "set", "1", 0)));
        List<StoredDocument.Item> log = first.boardLog.get(first.board.id().value());
        Reading reading = Reading.of(log);
        assertThat(reading.trouble()).isNull();
        assertThat(reading.text().lines().filter(line -> line.contains("\"n\"")))
                .containsExactly(
                        "{\"namespace\":\"n\",\"name\":\"a \\\"b\\\"\",\"value\":{\"x\":0.50}}",
                        "{\"namespace\":\"n\",\"name\":\"set\",\"members\":[1]}");
        assertThat(reading.snapshot().differs(log, reading.snapshot().records()))
                .isNull();
        List<StoredDocument.Item> damaged = new ArrayList<>(log);
        damaged.add(new StoredDocument.Item(LogKind.BLACKBOARD.number(), new byte[] {1, 9}));
        assertThat(Reading.of(damaged).trouble()).startsWith("1 of its records could not be used");
        assertThat(Reading.of(damaged).snapshot()).isNull();
        assertThat(Reading.of(damaged).text()).isEqualTo(reading.text());
        SimulatedWorld.Sidecar again = come(world.sidecar(List.of(new StoredDocument(first.board, damaged))));
        assertThat(listing(again)).isEqualTo(listing(first));
        assertThat(again.logged).anyMatch(line -> line.contains("records of the blackboard's log"));
    }

    @Test
    void whatTheDiskDidNotTakeIsNotSentUntilItIsKept() {
        share();
        world.settle();
        first.hear(new Input.NotKept(first.board.id(), "The disk is full."));
        set(first, "a", "1");
        world.settle();
        assertThat(get(second, "a")).isNull();
        first.hear(new Input.KeptAgain(first.board.id()));
        world.settle();
        assertThat(get(second, "a")).isEqualTo("1");
    }

    @Test
    void aClockThatWasSetBackStopsNoExchange() {
        share();
        world.lossPercent = 100;
        set(first, "a", "1");
        world.deliverAll();
        world.lossPercent = 0;
        first.clockMillis -= YEAR_MILLIS;
        second.clockMillis -= YEAR_MILLIS;
        for (int i = 0; i < 40; i++) {
            world.pass(1_000);
            world.deliverAll();
        }
        assertThat(get(second, "a")).isEqualTo("1");
    }

    @Test
    void aClockThatWasSetForwardDoesNotMakeAnybodyGiveUpAtOnce() {
        share();
        first.clockMillis += YEAR_MILLIS;
        world.pass(1_000);
        assertThat(exchange().peers()).hasSize(1);
    }

    @Test
    void anEntryStandsAsLongAsToldAfterTheMachineSlept() {
        long sleptMillis = 8 * Timeline.LONGEST_STEP_MILLIS;
        first.clockMillis += sleptMillis;
        world.pass(1_000);
        BlackboardMessages.Entry entry = (BlackboardMessages.Entry) set(first, "a", "1", 600);
        Instant expires = Instant.ofEpochMilli(world.nowMillis + sleptMillis + 600_000);
        assertThat(entry.items().get(0).expiresAt()).isEqualTo(expires.toString());
    }

    @Test
    void whoWatchesIsToldOfWhatExpiresByTheClockAndOfTheRestAtItsOwnPace() {
        ask(first, new BlackboardRequest.Watch(new BlackboardMessages.WatchParams("n")));
        set(first, "a", "1", 600);
        set(first, "b", "1", 3_000);
        world.pass(1_000);
        first.boardTold.clear();
        first.clockMillis -= YEAR_MILLIS;
        set(first, "c", "1");
        world.pass(1_000);
        assertThat(first.boardTold).extracting(BlackboardMessages.Change::name).containsExactly("c");
        first.clockMillis += YEAR_MILLIS + 1_000_000;
        world.pass(1_000_000);
        assertThat(first.boardTold).extracting(BlackboardMessages.Change::name).containsExactly("c", "a");
    }

    @Test
    void listsComeInParts() {
        for (int i = 0; i < 1_200; i++) {
            set(first, String.format("k%04d", i), "" + i);
        }
        List<String> names = new ArrayList<>();
        String after = null;
        int parts = 0;
        do {
            BlackboardMessages.Listed listed = (BlackboardMessages.Listed)
                    ask(first, new BlackboardRequest.Listing(new BlackboardMessages.ListParams("n", after)));
            listed.entries().forEach(entry -> names.add(entry.name()));
            after = listed.more();
            parts++;
        } while (after != null);
        assertThat(parts).isGreaterThan(2);
        assertThat(names).hasSize(1_200).isSorted();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void threeWhoWriteOverABadWireEndUpEqual(long seed) {
        begin(seed);
        share();
        SimulatedWorld.Sidecar third = come(world.sidecar());
        third.connect();
        join(third, ((BlackboardMessages.Invited) ask(first, new BlackboardRequest.Invite())).invitation(), false);
        world.lossPercent = 20;
        world.doublePercent = 10;
        List<SimulatedWorld.Sidecar> all = List.of(first, second, third);
        for (int i = 0; i < 150; i++) {
            SimulatedWorld.Sidecar one = all.get(world.random.nextInt(3));
            String name = "k" + world.random.nextInt(6);
            switch (world.random.nextInt(5)) {
                case 0 -> ask(one, new BlackboardRequest.Delete(new BlackboardMessages.NameParams("n", name)));
                case 1 ->
                    ask(
                            one,
                            new BlackboardRequest.Add(
                                    new BlackboardMessages.WriteParams("n", "set", "\"" + name + "\"", 0)));
                case 2 ->
                    ask(
                            one,
                            new BlackboardRequest.Remove(
                                    new BlackboardMessages.WriteParams("n", "set", "\"" + name + "\"", 0)));
                default -> set(one, name, "" + i);
            }
            for (int k = world.random.nextInt(10); k > 0; k--) {
                world.step();
            }
            if (world.random.nextInt(20) == 0) {
                if (one.connected) {
                    one.disconnect();
                } else {
                    one.connect();
                }
            }
        }
        all.stream().filter(one -> !one.connected).forEach(SimulatedWorld.Sidecar::connect);
        world.settle();
        Object expected = listing(first);
        assertThat(listing(second)).isEqualTo(expected);
        assertThat(listing(third)).isEqualTo(expected);
        assertThat(first.logged).noneMatch(line -> line.contains("shows something else"));
    }

    private static Object listing(SimulatedWorld.Sidecar sidecar) {
        return ask(sidecar, new BlackboardRequest.Listing(new BlackboardMessages.ListParams("n", null)));
    }
}
