package dev.metalog.server.sync;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.sync.PeerSession.Reason;
import dev.metalog.server.sync.PeerSession.State;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps one thing equal among its peers by anti-entropy, over any links. What is published as it happens only makes that
 * fast: all of it may be lost, repeated or reordered.
 *
 * <pre>
 *   A                                 everybody
 *   │ ── hello: my frontier, my content ─▶ │   when a link opens, every 15 s while somebody may differ, else every 2 min;
 *   │                                      │   after a link opened also a few times while nobody is heard
 *   │ ◀─ (to A) hello ──────────────────── │   from those at the same frontier, if it asks
 *   │ ◀─ have: my version vector ───────── │   from one of those at another: a moment of chance later, and whoever hears
 *   │ ── have ───────────────────────────▶ │   it first and has no more than that stays silent
 *   │ ── (to B) want: what I expect ─────▶ B   to one that has what we lack, and of each part to one only
 *   │ ◀─ (to A) part, part, part: last ─── B   so much at a time; then the next wish
 * </pre>
 *
 * So what is missing anywhere arrives within two round trips and the time its bytes take, equal peers say nothing more than
 * that, and what is large goes once, to whom it is for. Where each peer stands is kept by {@link PeerSession}. Owned by the
 * conductor.
 */
public final class Conversation {
    /** The longest time between two hellos while somebody may not have what we have, or we what they have. */
    public static final long ACTIVE_MILLIS = 15_000;
    /** The same when everybody is known to have the same. */
    static final long IDLE_MILLIS = 120_000;
    /** Hellos that follow soon on the one at which a link opened, while nobody is heard: any of them may be lost. */
    static final int MOST_ALONE = 4;
    /** What follows on something missing has often only overtaken it. */
    static final long GAP_MILLIS = 100;
    /** Something was dropped because too much came at once: so soon it is asked whether anything is missing. */
    static final long DROPPED_MILLIS = 1_000;
    /** Wishes that are thought about in one go; there may be hundreds, and somebody may be typing. */
    static final int WISHES_AT_ONCE = 8;
    /** The bytes of one answer; whoever wants more asks again, so what others say in between is not held up. */
    static final int ANSWER_BYTES = 512 << 10;

    private static final String TOO_MUCH =
            "more came at once than is listened to. It was dropped, and what is missing is asked for.";

    private final Replicated mine;
    private final Jitter jitter;
    private final Sessions sessions;
    private final Pending pending = new Pending();
    private final Haves haves;
    private List<SyncEffect> effects = new ArrayList<>();
    private long helloAtMillis;
    private long wakeAtMillis;
    private boolean caughtUp;
    /** Hellos since the link opened that nobody is known to have heard, the next one included. */
    private int alone = MOST_ALONE;

    public Conversation(Replicated mine, Jitter jitter, long nowMillis) {
        this.mine = mine;
        this.jitter = jitter;
        this.haves = new Haves(jitter);
        this.sessions = new Sessions(nowMillis);
        this.helloAtMillis = nowMillis + ACTIVE_MILLIS;
        this.wakeAtMillis = helloAtMillis;
    }

    /** Gives back what was kept as waiting. To be called before anything is heard. */
    public void recall(List<Chunk> waiting) {
        for (Chunk chunk : waiting) {
            Verdict verdict = mine.admit(chunk);
            if (verdict.kind() == Verdict.Kind.WAITS) {
                pending.recall(chunk, verdict.waitsFor());
            } else if (verdict.kind() == Verdict.Kind.ADDED) {
                effects.add(new SyncEffect.KeepAdmitted(chunk));
            }
        }
        drainPending();
    }

    /** A way to the others opened; with many conversations it is better to begin one after the other. */
    public List<SyncEffect> connected(long delayMillis, long nowMillis) {
        helloAtMillis = Math.min(helloAtMillis, nowMillis + delayMillis);
        alone = 0;
        return wake(nowMillis);
    }

    /** Somebody wants to know: asks also those who are known to have the same. */
    public List<SyncEffect> ask(long nowMillis) {
        say(null, hello(true));
        return finish(nowMillis);
    }

    /** Says where we are to one who should know, unless that has left or is blocked; to all when it is {@code null}. */
    public List<SyncEffect> tell(Speaker to, long nowMillis) {
        if (to == null || sessions.knows(to)) {
            say(to, hello(false));
        }
        return finish(nowMillis);
    }

    /** Something happened here, and was kept: this is to be said to all. What else is due is left to {@link #wake}. */
    public List<PeerMessage> recorded(List<Chunk> chunks, long nowMillis) {
        List<PeerMessage> messages = new ArrayList<>();
        for (Chunk chunk : chunks) {
            messages.add(new PeerMessage.Events(chunk));
        }
        drainPending();
        changed(nowMillis);
        wakeAtMillis = wakeAt();
        return messages;
    }

    /**
     * A peer said the parts one after the other, which amount to the whole. Of that all is taken in at once, or else, as when it is
     * refused for one of them, each by itself.
     */
    public List<SyncEffect> hear(Speaker from, Chunk whole, List<Chunk> parts, long nowMillis) {
        List<Chunk> heard = new ArrayList<>();
        PeerSession session = null;
        for (Chunk part : parts) {
            PeerSession listened = listenTo(from, new PeerMessage.Events(part), nowMillis);
            if (listened != null) {
                session = listened;
                heard.add(part);
            }
        }
        if (session != null && !session.is(State.FOREIGN)) {
            session.change(Reason.SPOKE, nowMillis);
            boolean isTaken = heard.size() == parts.size() && mine.admit(whole).kind() == Verdict.Kind.ADDED;
            if (isTaken) {
                added(whole, nowMillis);
            } else {
                Ear ear = new Ear(session, nowMillis);
                heard.forEach(part -> ear.events(new PeerMessage.Events(part)));
            }
        }
        return finish(nowMillis);
    }

    /** The session of who said it; {@code null} if it is not listened to. */
    private PeerSession listenTo(Speaker from, PeerMessage message, long nowMillis) {
        int before = sessions.count();
        PeerSession session = sessions.heard(from, nowMillis);
        if (session == null || !session.allows(message, nowMillis)) {
            effects.add(new SyncEffect.Refused(from, TOO_MUCH, false));
            helloWithin(DROPPED_MILLIS, nowMillis);
            return null;
        }
        alone = MOST_ALONE;
        if (sessions.count() > before) {
            helloWithin(ACTIVE_MILLIS, nowMillis);
        }
        return session;
    }

    /** A peer said something. */
    public List<SyncEffect> hear(Speaker from, PeerMessage message, long nowMillis) {
        PeerSession session = listenTo(from, message, nowMillis);
        if (session == null) {
            return finish(nowMillis);
        }
        if (!(message instanceof PeerMessage.Want) && !(message instanceof PeerMessage.Part)) {
            // A wish, and an answer without anything in it, are no sign that asking again would help: two who both wait
            // for
            // what a third has would ask each other without end.
            session.change(Reason.SPOKE, nowMillis);
        }
        if (!session.is(State.FOREIGN) || message instanceof PeerMessage.Hello) {
            message.dispatch(new Ear(session, nowMillis));
        }
        return finish(nowMillis);
    }

    /** To be called when {@link #wakeAtMillis} has come. */
    public List<SyncEffect> wake(long nowMillis) {
        sessions.forget(mine.frontier(), nowMillis);
        tend(nowMillis);
        if (haves.isDue(nowMillis)) {
            say(null, haves.say(mine, nowMillis));
        }
        if (nowMillis >= helloAtMillis) {
            boolean unsure = isUnsure();
            say(null, hello(unsure || !caughtUp));
            long interval = unsure || alone < MOST_ALONE ? ACTIVE_MILLIS : IDLE_MILLIS;
            alone = Math.min(MOST_ALONE, alone + 1);
            helloAtMillis = nowMillis + interval - jitter.below(interval / 5);
        }
        return finish(nowMillis);
    }

    public long wakeAtMillis() {
        return wakeAtMillis;
    }

    /** Whether some peer was found to have nothing that we lack: from then on what is here is what was shared. */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    /** Peers heard of about this in the last while. */
    public int peers(long nowMillis) {
        return sessions.peers(nowMillis);
    }

    /** Speakers that are kept in mind. */
    public int sessions() {
        return sessions.count();
    }

    /** What came and waits for something before it. */
    public int waiting() {
        return pending.size();
    }

    /** How that queue stands. */
    public MetricsMessages.Queue queue(String about) {
        return pending.queue(about);
    }

    /** All of that, as {@link #recall} wants it. */
    public List<Chunk> waitingChunks() {
        return pending.all();
    }

    /** Whether it was heard about this, and has not left. */
    public boolean hasHeard(PeerId peer) {
        return sessions.knows(peer);
    }

    /** The run of a peer that was heard last; {@code null} when none was, or it has left. */
    public Speaker speakerOf(PeerId peer) {
        return sessions.lastOf(peer);
    }

    public void left(PeerId peer) {
        sessions.left(peer);
        wakeAtMillis = wakeAt();
    }

    private boolean isUnsure() {
        boolean nothingCame = !caughtUp && mine.vector().nextSeqs().isEmpty();
        return nothingCame || !pending.isEmpty() || sessions.anyWithout(mine.frontier()) || sessions.anyAlarmed();
    }

    private void say(Speaker to, PeerMessage message) {
        effects.add(new SyncEffect.Say(to, message));
    }

    private PeerMessage hello(boolean asks) {
        return new PeerMessage.Hello(ProtocolRange.OURS, mine.frontier(), mine.content(), asks, Extras.NONE);
    }

    private void helloWithin(long millis, long nowMillis) {
        helloAtMillis = Math.min(helloAtMillis, nowMillis + millis - jitter.below(millis / 5));
    }

    private void changed(long nowMillis) {
        sessions.change(Reason.CHANGED_HERE, nowMillis);
        if (helloAtMillis > nowMillis + ACTIVE_MILLIS) {
            helloWithin(ACTIVE_MILLIS, nowMillis);
        }
    }

    private List<SyncEffect> finish(long nowMillis) {
        tend(nowMillis);
        wakeAtMillis = wakeAt();
        List<SyncEffect> done = effects;
        effects = new ArrayList<>();
        return done;
    }

    private long wakeAt() {
        return Math.min(helloAtMillis, Math.min(haves.dueMillis(), sessions.wakeAtMillis()));
    }

    private void sameAs(PeerSession session, long nowMillis) {
        if (!session.is(State.EQUAL)) {
            effects.add(new SyncEffect.Synced(session.speaker().peer()));
        }
        session.change(Reason.SAID_OUR_FRONTIER, nowMillis);
        caughtUp = true;
    }

    /** Takes a chunk in, or lets it wait; returns what became of it. */
    private Verdict.Kind take(PeerSession from, Chunk chunk, long nowMillis) {
        Verdict verdict = mine.admit(chunk);
        switch (verdict.kind()) {
            case ADDED -> added(chunk, nowMillis);
            case WAITS -> {
                if (pending.add(from.speaker(), chunk, verdict.waitsFor())) {
                    effects.add(new SyncEffect.Keep(chunk, true));
                }
            }
            case REFUSED -> {
                boolean madeUp = verdict.madeUpBy().test(from.speaker().peer());
                effects.add(new SyncEffect.Refused(from.speaker(), verdict.explanation(), madeUp));
            }
            case KNOWN -> {
                // Said twice, or by two.
            }
        }
        return verdict.kind();
    }

    private void added(Chunk chunk, long nowMillis) {
        effects.add(new SyncEffect.Keep(chunk, false));
        drainPending();
        changed(nowMillis);
    }

    private void drainPending() {
        List<Pending.Waiting> ready = pending.takeReady(mine);
        while (!ready.isEmpty()) {
            for (Pending.Waiting waiting : ready) {
                Verdict verdict = mine.admit(waiting.chunk());
                if (verdict.kind() == Verdict.Kind.WAITS) {
                    pending.putBack(waiting, verdict.waitsFor());
                } else if (verdict.kind() == Verdict.Kind.ADDED) {
                    effects.add(new SyncEffect.KeepAdmitted(waiting.chunk()));
                } else if (verdict.kind() == Verdict.Kind.REFUSED && waiting.from() != null) {
                    // It came some time ago, who knows by which way.
                    effects.add(new SyncEffect.Refused(waiting.from(), verdict.explanation(), false));
                }
            }
            ready = pending.takeReady(mine);
        }
    }

    /** Does what is due: gives up on who does not answer, and sends wishes to those who have what nobody else was asked for. */
    private void tend(long nowMillis) {
        boolean gaveUp = false;
        for (PeerSession session : sessions.due(nowMillis)) {
            if (session.is(State.FETCHING)) {
                unanswered(session, nowMillis);
                gaveUp = true;
            } else {
                session.change(Reason.RESTED, nowMillis);
            }
        }
        if (gaveUp) {
            sessions.release(nowMillis);
        }
        List<PeerSession> due = sessions.due(nowMillis);
        if (due.isEmpty()) {
            return;
        }
        VersionVector own = mine.vector();
        for (PeerSession session : due.subList(0, Math.min(due.size(), WISHES_AT_ONCE))) {
            VersionVector expected = sessions.expected(own, session);
            if (!lacks(own, session)) {
                session.change(Reason.ALL_CAME, nowMillis);
            } else if (session.vector() != null && expected.includes(mine.heed(session.vector()))) {
                session.waitUntil(nowMillis + PeerSession.ANSWER_MILLIS);
            } else {
                wish(session, own, expected, nowMillis);
            }
        }
    }

    private boolean lacks(VersionVector own, PeerSession session) {
        return session.vector() == null ? !pending.isEmpty() : !own.includes(mine.heed(session.vector()));
    }

    private void wish(PeerSession session, VersionVector own, VersionVector expected, long nowMillis) {
        session.change(Reason.WISH_SENT, nowMillis);
        int number = session.nextWish(expected, !own.includes(expected));
        say(session.speaker(), new PeerMessage.Want(number, expected, Extras.NONE));
    }

    private void unanswered(PeerSession session, long nowMillis) {
        effects.add(new SyncEffect.Unanswered(session.speaker().peer()));
        session.change(Reason.UNANSWERED, nowMillis);
    }

    /** The last piece of an answer came. */
    private void answered(PeerSession session, boolean more, long nowMillis) {
        VersionVector own = mine.vector();
        boolean complete = !more && !lacks(own, session);
        if (complete || session.progressed() || session.wishCountsOnOthers()) {
            effects.add(new SyncEffect.Answered(session.speaker().peer()));
        }
        if (complete) {
            caughtUp |= session.vector() != null;
            effects.add(new SyncEffect.Synced(session.speaker().peer()));
            session.change(Reason.ALL_CAME, nowMillis);
        } else if (session.progressed()) {
            wish(session, own, sessions.expected(own, session), nowMillis);
        } else if (session.wishCountsOnOthers()) {
            session.change(Reason.NEEDS_WHAT_OTHERS_SEND, nowMillis);
            return;
        } else {
            // It says that it has more than it sends: as good as no answer, and never asked in a circle.
            unanswered(session, nowMillis);
        }
        sessions.release(nowMillis);
    }

    /** Hears one message. */
    private final class Ear implements PeerMessage.Handler<Void> {
        private final PeerSession session;
        private final long nowMillis;

        Ear(PeerSession session, long nowMillis) {
            this.session = session;
            this.nowMillis = nowMillis;
        }

        @Override
        public Void hello(PeerMessage.Hello hello) {
            if (!ProtocolRange.OURS.meets(hello.range())) {
                if (!session.is(State.FOREIGN)) {
                    effects.add(new SyncEffect.Foreign(session.speaker(), hello.range()));
                }
                session.change(Reason.SPEAKS_ANOTHER_PROTOCOL, nowMillis);
                return null;
            }
            session.change(Reason.SPEAKS_OUR_PROTOCOL, nowMillis);
            session.told(hello.frontier());
            if (hello.frontier().equals(mine.frontier())) {
                boolean alarm = alarm(hello.content());
                sameAs(session, nowMillis);
                if (hello.asks() || alarm) {
                    say(session.speaker(), Conversation.this.hello(false));
                }
            } else {
                session.change(Reason.SAID_ANOTHER, nowMillis);
                haves.answerHello(sessions.count(), nowMillis);
                speakIfDue();
            }
            return null;
        }

        /** The same events, and other content: one of the two computes wrongly, or two writers use one name. */
        private boolean alarm(Digest content) {
            Digest ours = mine.content();
            if (content.equals(ours)) {
                if (session.endAlarm()) {
                    effects.add(new SyncEffect.Agrees(session.speaker()));
                }
                return false;
            }
            if (!session.isNewAlarm(mine.frontier())) {
                return false;
            }
            effects.add(new SyncEffect.Diverged(session.speaker(), mine.frontier(), ours, content));
            return true;
        }

        @Override
        public Void events(PeerMessage.Events events) {
            if (take(session, events.chunk(), nowMillis) == Verdict.Kind.WAITS && !session.isBusy()) {
                session.change(Reason.HAS_MORE, nowMillis);
                session.waitUntil(nowMillis + GAP_MILLIS);
            }
            return null;
        }

        @Override
        public Void have(PeerMessage.Have have) {
            VersionVector own = mine.vector();
            VersionVector theirs = mine.heed(have.vector());
            session.told(have.frontier());
            if (theirs.includes(own)) {
                haves.saidByAnother(mine.frontier(), nowMillis);
            } else {
                haves.answerHave(mine.frontier(), sessions.count(), nowMillis);
                speakIfDue();
            }
            if (!own.includes(theirs)) {
                session.change(Reason.SAID_ANOTHER, nowMillis);
                sessions.hasMore(session, theirs, own);
                session.change(Reason.HAS_MORE, nowMillis);
            } else if (have.frontier().equals(mine.frontier())) {
                sameAs(session, nowMillis);
            } else {
                session.change(Reason.SAID_ANOTHER, nowMillis);
                caughtUp = true;
                if (theirs.equals(own)) {
                    tellWhatNoVectorSays(own);
                }
            }
            return null;
        }

        /** What is known beyond a gap, which the other one cannot know that it lacks. */
        private void tellWhatNoVectorSays(VersionVector own) {
            for (Chunk chunk : mine.since(own, ANSWER_BYTES).chunks()) {
                say(session.speaker(), new PeerMessage.Events(chunk));
            }
        }

        private void speakIfDue() {
            if (haves.isDue(nowMillis)) {
                say(null, haves.say(mine, nowMillis));
            }
        }

        @Override
        public Void want(PeerMessage.Want want) {
            Replicated.Slice slice = mine.answer(session.speaker(), want.vector(), ANSWER_BYTES);
            List<Chunk> chunks = slice.chunks().isEmpty() ? List.of(Chunk.EMPTY) : slice.chunks();
            for (int i = 0; i < chunks.size(); i++) {
                boolean last = i == chunks.size() - 1;
                say(session.speaker(), new PeerMessage.Part(want.number(), last, last && slice.more(), chunks.get(i)));
            }
            return null;
        }

        @Override
        public Void part(PeerMessage.Part part) {
            boolean brought = part.chunk().length() > 0 && take(session, part.chunk(), nowMillis) == Verdict.Kind.ADDED;
            if (session.awaits(part.number())) {
                session.answers(brought, nowMillis);
                if (part.last()) {
                    answered(session, part.more(), nowMillis);
                }
            }
            return null;
        }

        /** It is about the way and not about what is shared: whoever carries messages heeds it. */
        @Override
        public Void reachable(PeerMessage.Reachable reachable) {
            return null;
        }

        /** The same: it is about people, and nothing of it is kept equal. */
        @Override
        public Void presence(PeerMessage.Presence presence) {
            return null;
        }

        @Override
        public Void probe(PeerMessage.Probe probe) {
            return null;
        }

        @Override
        public Void hears(PeerMessage.Hears hears) {
            return null;
        }

        /** Whoever keeps documents heeds it. */
        @Override
        public Void testimonies(PeerMessage.Testimonies testimonies) {
            return null;
        }

        /** The same. */
        @Override
        public Void contradiction(PeerMessage.Contradiction contradiction) {
            return null;
        }

        @Override
        public Void unknown(PeerMessage.Unknown unknown) {
            return null;
        }
    }
}
