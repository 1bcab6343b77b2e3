package dev.metalog.server.membership.invite;

import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.server.identity.Derivation;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.membership.Accepted;
import dev.metalog.server.membership.MembershipLog;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The side of whoever wants to be let in, by link or by code. It repeats its last message until it is answered, after one
 * second, two, four, up to every {@value #SLOWEST_MILLIS} ms.
 *
 * <pre>
 *   by code:  MEETING ── their rounds ──▶ PROVING ── the words are the same ──▶ ASKING
 *                                            └─ they are not ─▶ BURNT              │
 *   by link:  ─────────────────────────────────────────────────────────────────▶ ASKING ── the person is asked ──▶ PENDING
 *                                                                                  │                                │
 *   any but the last: ── the time is over ──▶ EXPIRED     BURNT ◀── used already ──┤                                │
 *                                                      REJECTED ◀──────────────────┴────────────────────────────────┤
 *              SPOILT ◀── it does not let this device in ── COLLECTING ◀── let in ──────────────────────────────────┘
 *                                                               └── all of it is here ──▶ JOINED
 * </pre>
 *
 * <p>What comes is believed as far as it proves itself: the chain has to be the workspace's, and to let this device in with a
 * key that it can open.
 */
public final class Asking {
    /** How many random bytes it is handed. */
    public static final int RANDOM_BYTES = Frame.SESSION_BYTES + Meeting.RANDOM_BYTES;

    private static final long FASTEST_MILLIS = 1_000;
    private static final long SLOWEST_MILLIS = 15_000;
    private static final long PAUSE_MILLIS = 200;
    private static final List<byte[]> NOTHING = List.of();

    /** Where it stands. */
    public enum State {
        MEETING,
        PROVING,
        ASKING,
        PENDING,
        COLLECTING,
        JOINED,
        REJECTED,
        EXPIRED,
        BURNT,
        SPOILT;

        private boolean isOver() {
            return compareTo(JOINED) >= 0;
        }
    }

    /** What there is in the end. */
    public record Joined(MembershipLog log, List<Invited> documents) {
        public Joined {
            documents = List.copyOf(documents);
        }
    }

    private final String topicTag;
    private final DeviceKey device;
    private final MemberName name;
    private final byte[] session;
    /** The workspace that the link names; {@code null} by code. */
    private final WorkspaceId wanted;

    private State state;
    private String why = "It was begun.";
    private long untilMillis;
    private byte[] message;
    private long delayMillis = FASTEST_MILLIS;
    private long repeatAtMillis;
    private long deafUntilMillis = Long.MIN_VALUE;

    private Meeting meeting;
    private boolean isMet;
    private byte[] ownSecondRound;
    private Sealing sealing;

    private byte[] question;
    /** Whose parts are collected: another run of the inviter may have something else to give. */
    private byte[] salt;

    private int parts;
    private int collected;
    private ByteArrayOutputStream welcome;
    private Joined joined;

    private Asking(
            String topicTag, DeviceKey device, MemberName name, WorkspaceId wanted, byte[] random, long untilMillis) {
        if (random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException("Asking takes " + RANDOM_BYTES + " random bytes.");
        }
        this.topicTag = topicTag;
        this.device = device;
        this.name = name;
        this.wanted = wanted;
        this.session = Arrays.copyOf(random, Frame.SESSION_BYTES);
        this.untilMillis = untilMillis;
    }

    /** Asks by a link; {@link #tick} says the first message. */
    public static Asking byLink(
            WorkspaceInvitation link, DeviceKey device, MemberName name, byte[] random, long nowMillis) {
        Derivation secret = Inviting.secret(link);
        Asking asking = new Asking(
                Inviting.linkTag(secret),
                device,
                name,
                link.workspace(),
                random,
                nowMillis + WorkspaceInvitation.VALID_MILLIS);
        asking.sealing = new Sealing(secret);
        asking.ask(nowMillis);
        return asking;
    }

    /** Asks by a code; {@link #tick} says the first message. */
    public static Asking byCode(SpokenCode code, DeviceKey device, MemberName name, byte[] random, long nowMillis) {
        Asking asking = new Asking(code.topicTag(), device, name, null, random, nowMillis + SpokenCode.VALID_MILLIS);
        byte[] rest = Arrays.copyOfRange(random, Frame.SESSION_BYTES, RANDOM_BYTES);
        asking.meeting = Meeting.asker(code, asking.session, rest);
        byte[] first = asking.meeting.round1();
        asking.move(State.MEETING, "It looks for whoever made the code.");
        asking.say(Frame.bytes(Frame.ASKER_MEETS, asking.session, first), nowMillis);
        return asking;
    }

    /** The leaf of the topic where both speak. */
    public String topicTag() {
        return topicTag;
    }

    public State state(long nowMillis) {
        expire(nowMillis);
        return state;
    }

    /** Why it is in that state, for the person. */
    public String why() {
        return why;
    }

    /** What there is once it is {@link State#JOINED}. */
    public Optional<Joined> joined() {
        return Optional.ofNullable(joined);
    }

    /** When {@link #tick} has something to do; {@link Long#MAX_VALUE} when it is over. */
    public long wakeAtMillis() {
        return state.isOver() ? Long.MAX_VALUE : Math.min(repeatAtMillis, untilMillis);
    }

    /**
     * Time has passed.
     *
     * @return what to say on the topic
     */
    public List<byte[]> tick(long nowMillis) {
        expire(nowMillis);
        if (state.isOver() || nowMillis < repeatAtMillis) {
            return NOTHING;
        }
        repeatAtMillis = nowMillis + delayMillis;
        delayMillis = Math.min(2 * delayMillis, SLOWEST_MILLIS);
        // An inviter that was started anew knows of no decision: it is asked again, as well.
        boolean isUnheard = state == State.COLLECTING && delayMillis == SLOWEST_MILLIS;
        return isUnheard ? List.of(message, question) : List.of(message);
    }

    /**
     * Takes a message from the topic.
     *
     * @return what to say there
     */
    public List<byte[]> hear(byte[] heard, long nowMillis) {
        expire(nowMillis);
        Frame frame = Frame.read(heard);
        if (state.isOver() || frame == null || !Arrays.equals(frame.session(), session)) {
            return NOTHING;
        }
        return switch (frame.kind()) {
            case Frame.INVITER_MEETS -> meet(frame.body(), nowMillis);
            case Frame.INVITER_PROVES -> prove(frame.body(), nowMillis);
            case Frame.INVITER_SAYS -> sealing == null ? NOTHING : listen(frame, nowMillis);
            default -> NOTHING;
        };
    }

    private List<byte[]> meet(byte[] body, long nowMillis) {
        boolean isExpected = state == State.MEETING && body.length == Meeting.ROUND_1_BYTES + Meeting.ROUND_2_BYTES;
        if (!isExpected || nowMillis < deafUntilMillis) {
            return NOTHING;
        }
        if (!isMet && meeting.hearRound1(Arrays.copyOf(body, Meeting.ROUND_1_BYTES))) {
            isMet = true;
            ownSecondRound = meeting.round2();
        }
        if (!isMet || !meeting.hearRound2(Arrays.copyOfRange(body, Meeting.ROUND_1_BYTES, body.length))) {
            deafUntilMillis = nowMillis + PAUSE_MILLIS;
            return NOTHING;
        }
        move(State.PROVING, "It compares the words.");
        say(Frame.bytes(Frame.ASKER_PROVES, session, ownSecondRound, meeting.round3()), nowMillis);
        return tick(nowMillis);
    }

    private List<byte[]> prove(byte[] body, long nowMillis) {
        if (state != State.PROVING || body.length != Meeting.ROUND_3_BYTES) {
            return NOTHING;
        }
        if (!meeting.hearRound3(body)) {
            move(State.BURNT, "The words are not those of the code, and it is burnt now. Ask for another one.");
            return NOTHING;
        }
        sealing = new Sealing(meeting.secret());
        ask(nowMillis);
        return tick(nowMillis);
    }

    private void ask(long nowMillis) {
        move(State.ASKING, "It asks to be let in.");
        byte[] text = Question.encode(device, name, sealing.transcript(session));
        question = sealing.asker(session, Sealing.ASK, text);
        say(question, nowMillis);
    }

    private List<byte[]> listen(Frame frame, long nowMillis) {
        Sealing.Said said = sealing.open(frame);
        if (said == null) {
            return NOTHING;
        }
        if (state == State.COLLECTING && (said.number() >= Sealing.PART || Arrays.equals(said.salt(), salt))) {
            return collect(said, nowMillis);
        }
        switch (said.number()) {
            case Sealing.PENDING -> {
                if (state == State.ASKING) {
                    move(State.PENDING, "The owner is asked.");
                    untilMillis = nowMillis + Inviting.DECISION_MILLIS;
                }
            }
            case Sealing.REJECTED -> move(State.REJECTED, "The owner did not let this device in.");
            case Sealing.TAKEN ->
                move(State.BURNT, "The invitation was used by somebody else already. Ask for another one.");
            case Sealing.APPROVED -> {
                return begin(said, nowMillis);
            }
            default -> {
                // Parts of what was not announced yet: they are asked for when it is.
            }
        }
        return NOTHING;
    }

    private List<byte[]> begin(Sealing.Said said, long nowMillis) {
        ByteBuffer text = ByteBuffer.wrap(said.text());
        if (said.text().length != Integer.BYTES) {
            return NOTHING;
        }
        parts = text.getInt();
        if (parts < 1 || parts > Inviting.parts(Welcome.MOST_BYTES)) {
            return NOTHING;
        }
        salt = said.salt();
        collected = 0;
        welcome = new ByteArrayOutputStream();
        move(State.COLLECTING, "The owner let this device in; what there is comes now.");
        untilMillis = nowMillis + Inviting.DECISION_MILLIS;
        return want(nowMillis);
    }

    private List<byte[]> want(long nowMillis) {
        say(sealing.asker(session, Sealing.WANT + collected, new byte[0]), nowMillis);
        return tick(nowMillis);
    }

    private List<byte[]> collect(Sealing.Said said, long nowMillis) {
        boolean isNext = said.number() == Sealing.PART + collected && Arrays.equals(said.salt(), salt);
        if (!isNext || said.text().length > Inviting.PART_BYTES) {
            return NOTHING;
        }
        welcome.writeBytes(said.text());
        collected++;
        if (collected < parts) {
            return want(nowMillis);
        }
        joined = join(Welcome.decode(welcome.toByteArray()));
        welcome = null;
        if (joined == null) {
            move(State.SPOILT, "What came does not let this device in. Ask the owner for another invitation.");
        } else {
            move(State.JOINED, "This device belongs to the workspace.");
        }
        return NOTHING;
    }

    /** {@code null} when it does not let this device into the workspace that was asked for. */
    private Joined join(Welcome given) {
        if (given == null || (wanted != null && !wanted.equals(given.workspace()))) {
            return null;
        }
        MembershipLog log = new MembershipLog(given.workspace());
        for (byte[] record : given.records()) {
            if (!(log.accept(record) instanceof Accepted.Added)) {
                return null;
            }
        }
        boolean isIn = log.role(device.certificate().device()).isPresent()
                && log.epochKey(log.epoch(), device).isPresent();
        return isIn ? new Joined(log, given.documents()) : null;
    }

    private void say(byte[] next, long nowMillis) {
        message = next;
        delayMillis = FASTEST_MILLIS;
        repeatAtMillis = nowMillis;
    }

    private void expire(long nowMillis) {
        if (!state.isOver() && nowMillis >= untilMillis) {
            move(State.EXPIRED, "Nobody answered in time. Ask for another invitation.");
        }
    }

    private void move(State to, String reason) {
        state = to;
        why = reason;
    }

    @Override
    public String toString() {
        return "Asking(" + state + ")";
    }
}
