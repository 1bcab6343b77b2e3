package dev.metalog.server.membership.invite;

import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.server.identity.Derivation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The owner's side of one invitation, by link or by code. It only ever answers: whoever asks repeats what is not answered yet,
 * and the same question gets the same answer, so a wire that loses, repeats and reorders changes nothing.
 *
 * <pre>
 *   by code:  OPEN ── first round ──▶ MEETING ── the words are right ──▶ PROVED ── asks ──┐
 *                                        └─ the words are wrong ─▶ BURNT                  ▼
 *   by link:  OPEN ── asks, sealed with the link's secret ──────────────────────────▶ PENDING
 *                                                                                    │     │
 *   OPEN, MEETING, PROVED ── the time is over ──▶ EXPIRED ◀── nobody decides ────────┤     │
 *                                                          APPROVED ◀── approve ─────┘     └── reject ──▶ REJECTED
 * </pre>
 *
 * <p>An invitation serves one device: who asks with another one is told that it was used. The device may ask
 * again, with a new attempt by a link, and gets the answer that there is. A code is tied to the first attempt whose first
 * round is sound, and one wrong guess burns it. Whoever can write to the topic can burn a code, and learns nothing by it.
 *
 * <p>Nothing is kept of a message that is not sound. What is unsound about a code costs some milliseconds to tell, so after
 * one that is, messages about the words are passed over for {@value #PAUSE_MILLIS} ms; they come again.
 */
public final class Inviting {
    /** How long the owner has to decide, and the one who was let in to collect what it gets. */
    public static final long DECISION_MILLIS = 24 * 60 * 60 * 1_000L;

    /** How many random bytes it is handed. */
    public static final int RANDOM_BYTES = Sealing.SALT_BYTES + Meeting.RANDOM_BYTES;

    static final int PART_BYTES = 128 << 10;

    /** Attempts of one device that are answered; the oldest is forgotten. */
    private static final int ATTEMPTS = 16;

    private static final long PAUSE_MILLIS = 200;
    private static final List<byte[]> NOTHING = List.of();

    /** Where it stands. */
    public enum State {
        OPEN,
        MEETING,
        PROVED,
        PENDING,
        APPROVED,
        REJECTED,
        EXPIRED,
        BURNT
    }

    private final String topicTag;
    private final SpokenCode code;
    private final byte[] salt;
    private final byte[] meetingRandom;

    private State state = State.OPEN;
    private String why = "It was made.";
    private long untilMillis;
    private long deafUntilMillis = Long.MIN_VALUE;
    private Sealing sealing;

    /** About the words: the one attempt, and its messages with their answers. */
    private Meeting meeting;

    private byte[] session;
    private byte[] firstRound;
    private byte[] firstAnswer;
    private byte[] proof;
    private byte[] proofAnswer;

    private Question question;
    /** Of the device that asks, oldest first: only to these is given what it gets. */
    private final Set<ByteBuffer> attempts = new LinkedHashSet<>();

    private byte[] latest;
    private byte[] welcome;

    private Inviting(String topicTag, SpokenCode code, Sealing sealing, byte[] random, long expiresAtMillis) {
        if (random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException("An invitation takes " + RANDOM_BYTES + " random bytes.");
        }
        this.topicTag = topicTag;
        this.code = code;
        this.sealing = sealing;
        this.salt = Arrays.copyOf(random, Sealing.SALT_BYTES);
        this.meetingRandom = Arrays.copyOfRange(random, Sealing.SALT_BYTES, RANDOM_BYTES);
        this.untilMillis = expiresAtMillis;
    }

    /**
     * Invites by a link.
     *
     * @param random {@value #RANDOM_BYTES} fresh bytes, others for each run that uses the link
     * @param expiresAtMillis when it does, {@link WorkspaceInvitation#VALID_MILLIS} after it was made
     */
    public static Inviting byLink(WorkspaceInvitation link, byte[] random, long expiresAtMillis) {
        Derivation secret = secret(link);
        return new Inviting(linkTag(secret), null, new Sealing(secret), random, expiresAtMillis);
    }

    /**
     * Invites by a code.
     *
     * @param expiresAtMillis when it does, {@link SpokenCode#VALID_MILLIS} after it was made
     */
    public static Inviting byCode(SpokenCode code, byte[] random, long expiresAtMillis) {
        return new Inviting(code.topicTag(), code, null, random, expiresAtMillis);
    }

    static Derivation secret(WorkspaceInvitation link) {
        byte[] secret = ByteBuffer.allocate(32 + 16)
                .put(link.secret())
                .put(link.workspace().bytes())
                .array();
        return Derivation.of("meta-log/link-secret/1", secret);
    }

    static String linkTag(Derivation secret) {
        return secret.tag("meta-log/link-topic/1");
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

    /** When it changes by itself, if nothing is heard. */
    public long untilMillis() {
        return untilMillis;
    }

    /** Who asks, from {@link State#PENDING} on. */
    public Optional<Question> question() {
        return Optional.ofNullable(question);
    }

    /**
     * Takes a message from the topic.
     *
     * @return what to say there
     */
    public List<byte[]> hear(byte[] message, long nowMillis) {
        expire(nowMillis);
        Frame frame = Frame.read(message);
        if (frame == null || nowMillis >= untilMillis) {
            return NOTHING;
        }
        return switch (frame.kind()) {
            case Frame.ASKER_MEETS -> meet(frame, message, nowMillis);
            case Frame.ASKER_PROVES -> prove(frame, message, nowMillis);
            case Frame.ASKER_SAYS -> sealing == null ? NOTHING : listen(frame, nowMillis);
            default -> NOTHING;
        };
    }

    private List<byte[]> meet(Frame frame, byte[] message, long nowMillis) {
        if (firstRound != null) {
            return Arrays.equals(firstRound, message) ? List.of(firstAnswer) : NOTHING;
        }
        if (code == null || frame.body().length != Meeting.ROUND_1_BYTES || nowMillis < deafUntilMillis) {
            return NOTHING;
        }
        // The same bytes for each try are safe: nothing of a try is said that does not succeed.
        Meeting tried = Meeting.inviter(code, frame.session(), meetingRandom);
        byte[] own = tried.round1();
        if (!tried.hearRound1(frame.body())) {
            deafUntilMillis = nowMillis + PAUSE_MILLIS;
            return NOTHING;
        }
        meeting = tried;
        session = frame.session();
        firstRound = message.clone();
        firstAnswer = Frame.bytes(Frame.INVITER_MEETS, session, own, tried.round2());
        move(State.MEETING, "Somebody has the digits of the code.", untilMillis);
        return List.of(firstAnswer);
    }

    private List<byte[]> prove(Frame frame, byte[] message, long nowMillis) {
        if (proof != null) {
            return Arrays.equals(proof, message) ? List.of(proofAnswer) : NOTHING;
        }
        boolean isExpected = state == State.MEETING
                && Arrays.equals(session, frame.session())
                && frame.body().length == Meeting.ROUND_2_BYTES + Meeting.ROUND_3_BYTES;
        if (!isExpected || nowMillis < deafUntilMillis) {
            return NOTHING;
        }
        if (!meeting.hearRound2(Arrays.copyOf(frame.body(), Meeting.ROUND_2_BYTES))) {
            deafUntilMillis = nowMillis + PAUSE_MILLIS;
            return NOTHING;
        }
        byte[] last = Arrays.copyOfRange(frame.body(), Meeting.ROUND_2_BYTES, frame.body().length);
        proof = message.clone();
        // Said in any case: by this the asker, too, learns that the words are not the same.
        proofAnswer = Frame.bytes(Frame.INVITER_PROVES, session, meeting.round3());
        if (meeting.hearRound3(last)) {
            sealing = new Sealing(meeting.secret());
            move(State.PROVED, "The words are right.", untilMillis);
        } else {
            move(State.BURNT, "Somebody tried other words. Make another code.", untilMillis);
        }
        return List.of(proofAnswer);
    }

    private List<byte[]> listen(Frame frame, long nowMillis) {
        Sealing.Said said = sealing.open(frame);
        if (said == null) {
            return NOTHING;
        }
        if (said.number() != Sealing.ASK) {
            return part(frame.session(), said.number() - Sealing.WANT);
        }
        Question asked = Question.decode(said.text(), sealing.transcript(frame.session()));
        if (asked == null) {
            return NOTHING;
        }
        if (question != null && !question.certificate().equals(asked.certificate())) {
            return List.of(say(frame.session(), Sealing.TAKEN));
        }
        if (question == null) {
            question = asked;
            move(State.PENDING, "Somebody asks to be let in.", nowMillis + DECISION_MILLIS);
        }
        remember(frame.session());
        return List.of(answer(frame.session()));
    }

    /** An attempt that is heard of again, perhaps from somebody who recorded it, does not become the latest. */
    private void remember(byte[] attempt) {
        if (attempts.add(ByteBuffer.wrap(attempt))) {
            latest = attempt;
            if (attempts.size() > ATTEMPTS) {
                attempts.remove(attempts.iterator().next());
            }
        }
    }

    private byte[] answer(byte[] to) {
        return switch (state) {
            case APPROVED -> {
                byte[] text = ByteBuffer.allocate(Integer.BYTES)
                        .putInt(parts(welcome.length))
                        .array();
                yield sealing.inviter(to, salt, Sealing.APPROVED, text);
            }
            case REJECTED -> say(to, Sealing.REJECTED);
            default -> say(to, Sealing.PENDING);
        };
    }

    private List<byte[]> part(byte[] asking, int index) {
        boolean isAsker = attempts.contains(ByteBuffer.wrap(asking));
        if (state != State.APPROVED || !isAsker || index >= parts(welcome.length)) {
            return NOTHING;
        }
        int from = index * PART_BYTES;
        byte[] text = Arrays.copyOfRange(welcome, from, Math.min(welcome.length, from + PART_BYTES));
        return List.of(sealing.inviter(asking, salt, Sealing.PART + index, text));
    }

    private byte[] say(byte[] to, int number) {
        return sealing.inviter(to, salt, number, new byte[0]);
    }

    /**
     * The owner lets the device in: after the record that does has been taken in by the log.
     *
     * @return what to say; nothing when nobody is asking
     */
    public List<byte[]> approve(Welcome given, long nowMillis) {
        if (state(nowMillis) != State.PENDING) {
            return NOTHING;
        }
        welcome = given.encode();
        move(State.APPROVED, "The owner let them in.", nowMillis + DECISION_MILLIS);
        return List.of(answer(latest));
    }

    /** The owner does not. */
    public List<byte[]> reject(long nowMillis) {
        if (state(nowMillis) != State.PENDING) {
            return NOTHING;
        }
        move(State.REJECTED, "The owner did not let them in.", nowMillis + DECISION_MILLIS);
        return List.of(answer(latest));
    }

    private void expire(long nowMillis) {
        boolean isUndecided =
                state == State.OPEN || state == State.MEETING || state == State.PROVED || state == State.PENDING;
        if (isUndecided && nowMillis >= untilMillis) {
            move(State.EXPIRED, "Its time was over.", untilMillis);
        }
    }

    private void move(State to, String reason, long until) {
        state = to;
        why = reason;
        untilMillis = until;
    }

    static int parts(int bytes) {
        return (bytes + PART_BYTES - 1) / PART_BYTES;
    }

    @Override
    public String toString() {
        return "Inviting(" + state + ")";
    }
}
