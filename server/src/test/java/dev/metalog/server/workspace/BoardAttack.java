package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.server.blackboard.Posted;
import java.util.List;

/** Writing on the blackboard in another's name, or with proofs that prove something else. */
enum BoardAttack implements Attack {
    AN_ENTRY_THAT_NOBODY_SIGNED(Outcome.REFUSED, s -> {
        BoardAttacker board = new BoardAttacker(s);
        Posting posting = board.posting("x", "1", s.mallory.identity.peerId());
        board.say(List.of(new BlackboardWrite(board.nextId(), List.of(), posting)));
        assertNothingFrom(s, s.mallory.identity.peerId());
    }),
    AN_ENTRY_IN_THE_NAME_OF_AN_HONEST_PEER(Outcome.REFUSED, s -> {
        BoardAttacker board = new BoardAttacker(s);
        EventId id = board.nextId();
        Posting posting = board.posting("x", "1", s.ben.identity.peerId());
        board.say(List.of(new BlackboardWrite(id, List.of(), posting.with(board.sign(board.board(), id, posting)))));
        assertNothingFrom(s, s.ben.identity.peerId());
    }),
    A_TRUE_PROOF_UNDER_ANOTHER_VALUE(Outcome.REFUSED, s -> {
        BoardAttacker board = new BoardAttacker(s);
        Posted genuine = adasEntry(s);
        Posting changed = board.posting("x", "\"\u2620\"", s.ada.identity.peerId())
                .with(genuine.posting().proof());
        board.say(List.of(new BlackboardWrite(board.nextId(), List.of(), changed)));
        EventId next = new EventId(genuine.id().replica(), genuine.id().seq() + 1);
        board.say(List.of(new BlackboardWrite(next, List.of(), changed)));
        s.settle();
        assertThat(values(s)).doesNotContain("\"\u2620\"");
    }),
    A_TRUE_ENTRY_UNDER_ANOTHER_ID(Outcome.REFUSED, s -> {
        BoardAttacker board = new BoardAttacker(s);
        Posted genuine = adasEntry(s);
        for (int i = 0; i < 20; i++) {
            board.say(List.of(new BlackboardWrite(board.nextId(), List.of(), genuine.posting())));
        }
        s.settle();
        assertThat(values(s)).containsOnlyOnce(genuine.posting().value().json());
    }),
    AN_ENTRY_THAT_IS_SIGNED_FOR_ANOTHER_BLACKBOARD(Outcome.REFUSED, s -> {
        BoardAttacker board = new BoardAttacker(s);
        DocumentId other = DocumentId.fromRandom(s.mallory.bytes(16));
        EventId id = board.nextId();
        Posting posting = board.posting("x", "1", s.mallory.identity.peerId());
        board.say(List.of(new BlackboardWrite(id, List.of(), posting.with(board.sign(other, id, posting)))));
        assertNothingFrom(s, s.mallory.identity.peerId());
    }),
    TRUE_ENTRIES_OF_ITS_OWN(Outcome.ALLOWED, s -> {
        BoardAttacker board = new BoardAttacker(s);
        board.post("x", "\"mine\"");
        s.settle();
        assertThat(values(s)).contains("\"mine\"");
    });

    private final Outcome outcome;
    private final Play play;

    BoardAttack(Outcome outcome, Play play) {
        this.outcome = outcome;
        this.play = play;
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public Play play() {
        return play;
    }

    private static Posted adasEntry(AttackScene s) {
        var unused = s.ada.ask(
                s.adas.id,
                new Request.Blackboard(
                        new BlackboardRequest.Set(new BlackboardMessages.WriteParams("adas", "entry", "\"true\"", 0))));
        s.settle();
        return standing(s.ben).stream()
                .filter(posted -> posted.posting().name().namespace().equals("adas"))
                .findFirst()
                .orElseThrow();
    }

    private static List<Posted> standing(SimulatedWorld.Sidecar sidecar) {
        return sidecar.workspace.auditBlackboard().board().standing();
    }

    private static List<String> values(AttackScene s) {
        assertThat(standing(s.ada).size()).isEqualTo(standing(s.ben).size());
        return standing(s.ben).stream()
                .map(posted -> posted.posting().value().json())
                .toList();
    }

    private static void assertNothingFrom(AttackScene s, PeerId author) {
        s.settle();
        for (SimulatedWorld.Sidecar honest : List.of(s.ada, s.ben)) {
            assertThat(standing(honest))
                    .noneMatch(posted -> posted.posting().author().equals(author)
                            && posted.posting().name().namespace().equals("junk"));
        }
    }
}
