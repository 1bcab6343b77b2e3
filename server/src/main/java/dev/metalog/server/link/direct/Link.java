package dev.metalog.server.link.direct;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.codec.DirectFrameCodec;
import dev.metalog.server.link.LinkLimits;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection to or from another sidecar. Of the network's thread, but for what says otherwise.
 *
 * <pre>
 *            TLS done            hello, wants, ready heard        another link is kept
 *  OPENING ───────────▶ GREETING ────────────────────────▶ UP ───────────────────────▶ LEAVING
 *     │                    │                                │                             │
 *     └────────────────────┴───────────── CLOSED ◀──────────┴─────────────────────────────┘
 *                            (trouble, a goodbye, our doing, or the end of LEAVING)
 * </pre>
 *
 * <p>A link that is LEAVING says nothing more, and hears the other end out until that has left it too: so between two links
 * there is no moment at which none carries.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails ends its connection, which is heard of there
final class Link extends SimpleChannelInboundHandler<DirectFrame> {
    private static final System.Logger LOGGER = System.getLogger(Link.class.getPackageName());
    private static final int TICKS_A_PING = 4;

    private enum State {
        OPENING,
        GREETING,
        UP,
        LEAVING,
        CLOSED
    }

    private final Network network;
    private final Judge judge;
    private final DirectAddress where;
    private final Seeker seeker;
    private final long mark;

    private final Sender sender;
    private final Unheard unheard;
    private final Unwanted unwanted = new Unwanted();
    private final Pulse pulse;
    private final Set<String> wants = ConcurrentHashMap.newKeySet();
    private final AtomicLong messagesIn = new AtomicLong();
    private final AtomicLong bytesIn = new AtomicLong();
    private volatile Link successor;

    private State state = State.OPENING;
    private ChannelHandlerContext context;
    private boolean greeted;
    private boolean wasUp;
    private long rank;
    private boolean otherLeaves;
    private Future<?> timer;
    private long upSinceNanos;
    private volatile long upSinceMillis;

    /** @param seeker who dialled, or null when the other end did */
    Link(Network network, Judge judge, DirectAddress where, Seeker seeker, long mark) {
        this.network = network;
        this.judge = judge;
        this.where = where;
        this.seeker = seeker;
        this.mark = mark;
        sender = new Sender(network);
        unheard = new Unheard(network);
        pulse = new Pulse(network.times());
    }

    /** Any thread. */
    Network network() {
        return network;
    }

    DirectAddress where() {
        return where;
    }

    Judge judge() {
        return judge;
    }

    /** Who dialled, or null when the other end did. */
    Seeker seeker() {
        return seeker;
    }

    /** Known from GREETING on. Any thread. */
    RemoteDevice who() {
        return judge.who();
    }

    byte[] spki() {
        return judge.spki();
    }

    /** Made of what both ends drew, so both see the same; of two links the one with the smaller is kept. */
    long rank() {
        return rank;
    }

    boolean isOpening() {
        return state == State.OPENING;
    }

    boolean isUp() {
        return state == State.UP;
    }

    boolean wasUp() {
        return wasUp;
    }

    /** Whether the other end has said goodbye because it keeps another link. */
    boolean isLeftByOther() {
        return otherLeaves;
    }

    boolean wasUpFor(Duration time) {
        return System.nanoTime() - upSinceNanos >= time.toNanos();
    }

    // ---- opening

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done && state == State.OPENING) {
            if (done.isSuccess()) {
                greet();
            } else {
                close(Troubles.ofHandshake(judge, done.cause()), 0);
            }
        }
    }

    private void greet() {
        String protocol = context.pipeline().get(SslHandler.class).applicationProtocol();
        if (judge.who() == null || !TlsHandlers.APPLICATION_PROTOCOL.equals(protocol)) {
            close(new Refusal(DirectDown.NO_TLS, "What is spoken there is not meta-log's protocol."), 0);
            return;
        }
        become(State.GREETING, "TLS is done");
        sender.open(context);
        say(new DirectFrame.Hello(DirectFrame.VERSIONS, mark, Extras.NONE));
        network.wanted().allTold().forEach(topic -> say(new DirectFrame.Want(topic)));
        say(new DirectFrame.Ready());
        after(network.times().greeting(), () -> close(Troubles.silent("said no hello"), 0));
    }

    // ---- what is heard

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DirectFrame frame) {
        if (state == State.CLOSED) {
            return;
        }
        pulse.heard(System.nanoTime());
        if (greeted || frame instanceof DirectFrame.Hello || frame instanceof DirectFrame.Bye) {
            frame.dispatch(hearing);
        } else {
            badFrames("The first frame is no hello.");
        }
    }

    private final DirectFrame.Handler<Void> hearing = new DirectFrame.Handler<>() {
        @Override
        public Void hello(DirectFrame.Hello hello) {
            if (greeted) {
                badFrames("It said hello twice.");
            } else if (!hello.range().meets(DirectFrame.VERSIONS)) {
                close(Troubles.upgradeNeeded(hello.range()), DirectFrame.Bye.UPGRADE_NEEDED);
            } else {
                greeted = true;
                rank = mark ^ hello.mark();
            }
            return null;
        }

        @Override
        public Void ready(DirectFrame.Ready ready) {
            if (state == State.GREETING) {
                comeUp();
            } else {
                badFrames("It said twice that it is ready.");
            }
            return null;
        }

        @Override
        public Void want(DirectFrame.Want want) {
            wants.add(want.topic());
            if (wants.size() > LinkLimits.DIRECT_TOPICS) {
                close(Troubles.TOO_MANY_TOPICS, DirectFrame.Bye.OVERFLOW);
            }
            return null;
        }

        @Override
        public Void unwant(DirectFrame.Unwant unwant) {
            wants.remove(unwant.topic());
            return null;
        }

        @Override
        public Void message(DirectFrame.Message message) {
            if (state == State.GREETING) {
                badFrames("It sent a message before it was ready.");
            } else {
                heard(message);
            }
            return null;
        }

        @Override
        public Void ping(DirectFrame.Ping ping) {
            say(new DirectFrame.Pong(ping.number()));
            return null;
        }

        @Override
        public Void pong(DirectFrame.Pong pong) {
            pulse.answered(pong, System.nanoTime());
            return null;
        }

        @Override
        public Void bye(DirectFrame.Bye bye) {
            heardBye(bye);
            return null;
        }

        @Override
        public Void unknown(DirectFrame.Unknown unknown) {
            LOGGER.log(Level.DEBUG, "Left out a frame of kind {0} from {1}.", unknown.kind(), where);
            return null;
        }
    };

    private void comeUp() {
        stopTimer();
        long now = System.nanoTime();
        upSinceNanos = now;
        upSinceMillis = System.currentTimeMillis();
        become(State.UP, "the other end is ready");
        Refusal refusal = network.takeUp(this);
        if (refusal != null) {
            close(refusal, DirectFrame.Bye.FULL);
            return;
        }
        wasUp = true;
        if (state == State.UP) {
            say(pulse.ping(now));
            tick();
        }
    }

    private void heard(DirectFrame.Message message) {
        messagesIn.incrementAndGet();
        bytesIn.addAndGet(message.topic().length() + message.payload().length);
        if (network.wanted().isTold(message.topic())) {
            unheard.arrived(context.channel(), message.payload().length);
            network.deliverMessage(this, message);
        } else if (unwanted.isTooMany(System.nanoTime())) {
            badFrames("It sends more than " + LinkLimits.DIRECT_UNWANTED_A_MINUTE
                    + " messages a minute on topics that are not wanted here.");
        }
    }

    /** The listener is done with a message. Any thread. */
    void delivered(int bytes) {
        unheard.delivered(context.channel(), bytes);
    }

    private void heardBye(DirectFrame.Bye bye) {
        if (bye.code() != DirectFrame.Bye.REPLACED) {
            close(Troubles.ofBye(bye), 0);
        } else if (state == State.LEAVING) {
            close(Troubles.REPLACED, 0);
        } else if (state == State.UP) {
            // The other end keeps a link that is not up here yet; until it is, this one still carries what we say.
            otherLeaves = true;
            after(network.times().greeting(), () -> close(Troubles.lost("The other end left for another link."), 0));
        } else {
            close(Troubles.lost("The other end kept another link."), 0);
        }
    }

    private void badFrames(String complaint) {
        close(new Refusal(DirectDown.BAD_FRAMES, complaint), DirectFrame.Bye.BAD_FRAMES);
    }

    // ---- what is said

    /** Whether the other end wants to hear this topic. Any thread. */
    boolean wants(String topic) {
        return wants.contains(topic);
    }

    /** Sends a message; closes the link when it has no room. Any thread. */
    boolean offer(byte[] frame, boolean urgent) {
        if (sender.offer(frame, urgent)) {
            return true;
        }
        Link instead = successor;
        if (instead != null) {
            return instead.offer(frame, urgent);
        }
        network.execute(this::overflow);
        return false;
    }

    /** Says something about the link itself. */
    void say(DirectFrame frame) {
        boolean speaks = state == State.GREETING || state == State.UP;
        if (speaks && !sender.offerControl(DirectFrameCodec.encode(frame))) {
            overflow();
        }
    }

    private void overflow() {
        if (state == State.GREETING || state == State.UP) {
            close(Troubles.OVERFLOW, DirectFrame.Bye.OVERFLOW);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            sender.drain();
        }
    }

    /** Whether the other end said something after this, as far as can be known. */
    boolean hasShownLifeSince(long nanos) {
        return state == State.UP && pulse.isHeardSince(nanos);
    }

    /** Makes the other end say something, unless it said it or was asked for it since. */
    void demandLifeSince(long nanos, long nowNanos) {
        if (!pulse.isHeardSince(nanos) && !pulse.isPingedSince(nanos)) {
            say(pulse.ping(nowNanos));
        }
    }

    private void tick() {
        long now = System.nanoTime();
        if (unheard.isPaused()) {
            // Whoever is not listened to cannot be told from the dead.
            pulse.heard(now);
        }
        if (pulse.isDead(now)) {
            close(Troubles.dead(network.times().dead()), 0);
            return;
        }
        if (pulse.isPingDue(now)) {
            say(pulse.ping(now));
        }
        network.schedule(network.times().ping().dividedBy(TICKS_A_PING), () -> {
            if (state == State.UP) {
                tick();
            }
        });
    }

    // ---- the end

    /** Says no more here, and what waits over there; hears the other end out. */
    void leaveFor(Link winner) {
        become(State.LEAVING, "another link is kept");
        successor = winner;
        byte[] bye =
                DirectFrameCodec.encode(new DirectFrame.Bye(DirectFrame.Bye.REPLACED, "Another link to you is kept."));
        if (!sender.endWith(bye, winner.sender)) {
            winner.overflow();
        }
        stopTimer();
        if (otherLeaves) {
            network.execute(() -> close(Troubles.REPLACED, 0));
        } else {
            after(network.times().leave(), () -> close(Troubles.REPLACED, 0));
        }
    }

    /** @param byeCode what the other end is told, if it is listening; 0 for nothing */
    void close(Refusal refusal, int byeCode) {
        if (state == State.CLOSED) {
            return;
        }
        boolean greeting = state == State.GREETING || state == State.UP;
        boolean leaving = state == State.LEAVING;
        become(State.CLOSED, refusal.reason().name());
        stopTimer();
        sender.end();
        network.ended(this, refusal);
        if (context == null) {
            return;
        }
        if (greeting && byeCode != 0) {
            DirectFrame.Bye bye = new DirectFrame.Bye(byeCode, Troubles.briefly(refusal));
            // Hanging up with something unread would take the goodbye away from whoever has not read it yet: the other
            // end does
            // it, or the timer below.
            context.channel().config().setAutoRead(true);
            context.writeAndFlush(Unpooled.wrappedBuffer(DirectFrameCodec.encode(bye)));
        } else if (leaving) {
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            context.close();
        }
        // Whoever does not read does not get a goodbye either.
        network.schedule(LinkLimits.DIRECT_BYE_TIMEOUT, this::forceClosed);
    }

    /** Past TLS, which would wait to say its own goodbye first. */
    private void forceClosed() {
        Channel.Unsafe transport = context.channel().unsafe();
        transport.close(transport.voidPromise());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state == State.OPENING) {
            close(Troubles.ofHandshake(judge, null), 0);
        } else {
            close(Troubles.lost("The connection ended."), 0);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Refusal refusal = state == State.OPENING ? Troubles.ofHandshake(judge, cause) : Troubles.of(cause);
        close(refusal, Troubles.byeCodeFor(refusal.reason()));
    }

    /** One timer at a time is enough: each state has one end to wait for. */
    private void after(Duration time, Runnable then) {
        stopTimer();
        timer = network.schedule(time, then);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** The one place where the state changes. */
    private void become(State next, String reason) {
        LOGGER.log(Level.DEBUG, "Direct link with {0}: {1} to {2}, {3}", where, state, next, reason);
        state = next;
    }

    /** Any thread. */
    DirectLinkView view() {
        return new DirectLinkView(
                who(),
                where,
                seeker != null,
                upSinceMillis,
                messagesIn.get(),
                bytesIn.get(),
                sender.framesOut(),
                sender.bytesOut(),
                sender.messages(),
                sender.bytes(),
                unwanted.all(),
                pulse.roundTripMicros());
    }
}
