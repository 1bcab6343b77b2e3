package dev.metalog.server.workspace;

import static dev.metalog.server.workspace.Attacker.delete;
import static dev.metalog.server.workspace.Attacker.insert;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.WriterProof;
import dev.metalog.server.authorship.Forger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Histories that cannot be, or that nobody writes who does not mean harm; all of them truly signed by a member. */
enum GraphAttack implements Attack {
    PARENT_THAT_NEVER_WAS(Outcome.PASSED_OVER, s -> {
        Version nowhere = Version.of(new EventId(new ReplicaId("nobody"), 5));
        s.mallory.send(s.mallory.ownPen().sign(insert(s.mallory.ownPen().id(0), nowhere, 0, "x")));
    }),
    PARENT_THAT_AN_HONEST_WRITER_HAS_NOT_WRITTEN_YET(Outcome.PASSED_OVER, s -> {
        EventId last = s.tip().events().get(0);
        Version future = Version.of(new EventId(last.replica(), last.seq() + 1_000));
        s.mallory.send(s.mallory.ownPen().sign(insert(s.mallory.ownPen().id(0), future, 0, "x")));
    }),
    CYCLE_OF_TWO_NAMES(Outcome.PASSED_OVER, s -> {
        Forger one = s.mallory.pen();
        Forger other = s.mallory.pen();
        s.mallory.send(one.sign(insert(one.id(0), Version.of(other.id(0)), 0, "x")));
        s.mallory.send(other.sign(insert(other.id(0), Version.of(one.id(0)), 0, "y")));
    }),
    CYCLE_OF_A_HUNDRED_NAMES(Outcome.PASSED_OVER, s -> {
        List<Forger> pens = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            pens.add(s.mallory.pen());
        }
        for (int i = 0; i < 100; i++) {
            Forger next = pens.get((i + 1) % 100);
            Forger pen = pens.get(i);
            s.mallory.send(pen.sign(insert(pen.id(0), Version.of(next.id(0)), 0, "x")));
        }
    }),
    GAP_BEFORE_THE_FIRST(Outcome.PASSED_OVER, s -> {
        Forger pen = s.mallory.pen();
        pen.sign(insert(pen.id(0), s.tip(), 0, "never sent"));
        s.mallory.send(pen.sign(insert(pen.id(10), s.tip(), 0, "x")));
    }),
    OTHER_TEXT_UNDER_THE_SAME_NAMES(Outcome.REFUSED, s -> {
        byte[] nonce = s.mallory.bytes(WriterProof.NONCE_BYTES);
        Forger first = new Forger(s.document, s.mallory.device, nonce);
        Forger second = new Forger(s.document, s.mallory.device, nonce);
        s.mallory.send(first.sign(insert(first.id(0), s.tip(), 0, "one")));
        s.mallory.send(second.sign(insert(second.id(0), s.tip(), 0, "other")));
    }),
    OTHER_PLACE_UNDER_THE_SAME_NAMES(Outcome.REFUSED, s -> {
        byte[] nonce = s.mallory.bytes(WriterProof.NONCE_BYTES);
        Forger first = new Forger(s.document, s.mallory.device, nonce);
        Forger second = new Forger(s.document, s.mallory.device, nonce);
        Version tip = s.tip();
        s.mallory.send(first.sign(insert(first.id(0), tip, 0, "one")));
        s.mallory.send(second.sign(insert(second.id(0), tip, 2, "one"), insert(second.id(3), tip, 0, "x")));
    }),
    OVERLAP_THAT_IS_TRUE(Outcome.ALLOWED, s -> {
        byte[] nonce = s.mallory.bytes(WriterProof.NONCE_BYTES);
        Forger first = new Forger(s.document, s.mallory.device, nonce);
        Forger second = new Forger(s.document, s.mallory.device, nonce);
        Version tip = s.tip();
        s.mallory.send(first.sign(insert(first.id(0), tip, 0, "one")));
        s.mallory.send(second.sign(insert(second.id(0), tip, 0, "one and more")));
    }),
    SEQ_AT_THE_END_OF_NUMBERS(Outcome.PASSED_OVER, s -> {
        Forger pen = s.mallory.pen();
        WriterProof proof = pen.truth(insert(pen.id(0), s.tip(), 0, "x"));
        Event last = insert(pen.id(Integer.MAX_VALUE - 2), s.tip(), 0, "x");
        s.mallory.send(Forger.encode(Forger.runs(last), proof));
    }),
    DELETES_A_BILLION(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        s.mallory.send(pen.sign(delete(pen.id(0), s.tip(), 0, 1 << 30)));
    }),
    DELETES_ONE_BEYOND_THE_END(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        s.mallory.send(pen.sign(delete(pen.id(0), s.tip(), s.text().length(), 1)));
    }),
    WRITES_ONE_BEYOND_THE_END(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        s.mallory.send(pen.sign(insert(pen.id(0), s.tip(), s.text().length() + 1, "x")));
    }),
    WRITES_AT_THE_END_OF_NUMBERS(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        s.mallory.send(pen.sign(insert(pen.id(0), s.tip(), Integer.MAX_VALUE - 1, "x")));
    }),
    WRITES_INTO_A_SURROGATE_PAIR(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        s.mallory.send(pen.sign(insert(pen.id(0), s.tip(), pair(s) + 1, "x")));
    }),
    DELETES_HALF_A_SURROGATE_PAIR(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        s.mallory.send(pen.sign(delete(pen.id(0), s.tip(), pair(s), 1)));
    }),
    SURROGATE_AS_UTF_8(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        byte[] bytes = pen.sign(insert(pen.id(0), s.tip(), 0, "\u4e01")).bytes().clone();
        int at = indexOf(bytes, new byte[] {(byte) 0xe4, (byte) 0xb8, (byte) 0x81});
        System.arraycopy(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, 0, bytes, at, 3);
        s.mallory.send(bytes);
    }),
    GOOD_EVENTS_BEFORE_A_BAD_ONE(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        Version tip = s.tip();
        s.mallory.send(
                pen.sign(insert(pen.id(0), tip, 0, "good"), delete(pen.id(4), Version.of(pen.id(3)), 0, 1 << 18)));
    }),
    PARENTS_OF_WHICH_ONE_FOLLOWS_THE_OTHER(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        s.mallory.send(pen.sign(insert(pen.id(0), s.tip(), 0, "ab")));
        List<EventId> both = List.of(pen.id(0), pen.id(1));
        s.mallory.send(pen.sign(Event.insertion(pen.id(2), both, 0, "x")));
    }),
    LADDER_OF_TWO_NAMES(Outcome.ALLOWED, s -> {
        Forger left = s.mallory.pen();
        Forger right = s.mallory.pen();
        Version both = s.tip();
        for (int i = 0; i < 400; i++) {
            s.mallory.send(left.sign(insert(left.id(i), both, 0, "l")));
            s.mallory.send(right.sign(insert(right.id(i), both, 0, "r")));
            both = new Version(List.of(left.id(i), right.id(i)));
        }
    }),
    MANY_ROOTS(Outcome.ALLOWED, s -> {
        Forger pen = s.mallory.pen();
        for (int i = 0; i < 300; i++) {
            s.mallory.send(pen.sign(insert(pen.id(i), Version.ROOT, 0, "x")));
        }
    }),
    THE_MOST_PARENTS(Outcome.ALLOWED, s -> {
        List<EventId> heads = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            Forger pen = s.mallory.pen();
            s.mallory.send(pen.sign(insert(pen.id(0), Version.ROOT, 0, "x")));
            heads.add(pen.id(0));
        }
        Forger pen = s.mallory.pen();
        s.mallory.send(pen.sign(Event.insertion(pen.id(0), heads, 0, "y")));
    }),
    DELETES_THE_SAME_AT_THE_SAME_TIME(Outcome.ALLOWED, s -> {
        Forger pen = s.mallory.pen();
        s.mallory.send(pen.sign(insert(pen.id(0), Version.ROOT, 0, "its own, at the very beginning")));
        for (int i = 0; i < 100; i++) {
            Forger other = s.mallory.pen();
            s.mallory.send(other.sign(delete(other.id(0), Version.of(pen.id(29)), 0, 30)));
        }
    }),
    STAMPS_OF_ANOTHER_AGE(Outcome.ALLOWED, s -> {
        Forger pen = s.mallory.pen();
        Version tip = s.tip();
        s.mallory.send(pen.sign(
                insert(pen.id(0), tip, 0, "x").stamped(Integer.MAX_VALUE),
                insert(pen.id(1), Version.of(pen.id(0)), 0, "y").stamped(0)));
        s.mallory.send(pen.sign(insert(pen.id(2), Version.of(pen.id(1)), 0, "z").stamped(Stamp.AS_BEFORE)));
    }),
    CUT_OFF_ANYWHERE(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        byte[] whole = pen.sign(insert(pen.id(0), s.tip(), 0, "some text")).bytes();
        for (int length = 1; length < whole.length; length++) {
            s.mallory.send(Arrays.copyOf(whole, length));
        }
    }),
    SOMETHING_BEHIND_THE_END(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        byte[] whole = pen.sign(insert(pen.id(0), s.tip(), 0, "some text")).bytes();
        s.mallory.send(Arrays.copyOf(whole, whole.length + 1));
    }),
    ANY_BYTE_CHANGED(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        byte[] whole = pen.sign(insert(pen.id(0), s.tip(), 0, "some text"), delete(pen.id(9), s.tip(), 0, 2))
                .bytes();
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) (1 + s.mallory.random.nextInt(255));
            s.mallory.send(new Chunk(changed));
        }
    });

    private final Outcome outcome;
    private final Play play;

    GraphAttack(Outcome outcome, Play play) {
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

    private static int pair(AttackScene scene) {
        return scene.text().indexOf("\uD83D\uDE00");
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int at = 0; at + part.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("It is not there.");
    }
}
