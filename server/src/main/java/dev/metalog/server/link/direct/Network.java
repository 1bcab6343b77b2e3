package dev.metalog.server.link.direct;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.server.link.LinkLimits;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;

/**
 * All connections, and the one thread that owns them; all of it runs there but for what says otherwise. Nothing before this
 * class loads Netty.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails ends its connection, which is heard of there
final class Network {
    private static final System.Logger LOGGER = System.getLogger(Network.class.getPackageName());

    /** Our own doing, of which nobody has to be told. */
    private static final Set<DirectDown> QUIET =
            EnumSet.of(DirectDown.REPLACED, DirectDown.FORSAKEN, DirectDown.CLOSED);

    private final Doorman doorman;
    private final DirectListener listener;
    private final DirectTimes times;
    private final Wanted wanted;
    private final Deliveries deliveries;
    private final Settlements settlements;
    private final LinkTable table;
    private final DirectTallies tallies;
    private final TransportKey key;
    private final SideThreads threads = new SideThreads();
    private final TlsHandlers tls;
    private final EventLoopGroup loop;
    private final Listening listening;
    private final SecureRandom random = new SecureRandom();
    private final Unproven unproven = new Unproven();
    private final RareReports reports;
    private final Map<String, Seeker> seekers = new HashMap<>();
    /** Every connection that has not ended; those that came in are counted as long as they prove nothing. */
    private final Set<Link> links = new HashSet<>();

    private final Set<Link> counted = new HashSet<>();
    private final Proofs proofs = new Proofs(this);
    private boolean closed;

    /** Makes the TLS key and starts the thread; takes a moment, which is why nobody who is in a hurry does it. */
    Network(
            DirectSettings settings,
            Doorman doorman,
            DirectListener listener,
            DirectTimes times,
            Wanted wanted,
            Deliveries deliveries,
            Settlements settlements,
            LinkTable table,
            DirectTallies tallies) {
        this.doorman = doorman;
        this.listener = listener;
        this.times = times;
        this.wanted = wanted;
        this.deliveries = deliveries;
        this.settlements = settlements;
        this.table = table;
        this.tallies = tallies;
        reports = new RareReports(times.reportAgain().toNanos());
        key = TransportKey.create(doorman::voucher);
        tls = new TlsHandlers(key, times, threads.handshakes());
        loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("meta-log-direct", true), NioIoHandler.newFactory());
        listening = new Listening(this, settings, loop, threads);
    }

    /** Any thread. */
    void execute(Runnable task) {
        if (!loop.isShuttingDown()) {
            loop.execute(task);
        }
    }

    Future<?> schedule(Duration time, Runnable task) {
        return loop.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    DirectTimes times() {
        return times;
    }

    DirectTallies tallies() {
        return tallies;
    }

    /** Messages of all links that wait for the listener. */
    int unheard() {
        return deliveries.waiting();
    }

    Settlements settlements() {
        return settlements;
    }

    /** Any thread. */
    Proofs proofs() {
        return proofs;
    }

    Wanted wanted() {
        return wanted;
    }

    RandomGenerator random() {
        return random;
    }

    // ---- what the owner asks for

    void listen() {
        listening.begin();
    }

    void seek(String device, List<DirectAddress> addresses) {
        Seeker known = seekers.get(device);
        if (known != null) {
            known.seekAt(addresses);
        } else if (seekers.size() >= LinkLimits.DIRECT_SOUGHT) {
            if (!addresses.isEmpty()) {
                report(
                        addresses.get(0),
                        new Refusal(
                                DirectDown.FULL,
                                LinkLimits.DIRECT_SOUGHT + " devices are sought already; device " + device
                                        + " is not."));
            }
        } else {
            Seeker seeker = new Seeker(this, device, addresses);
            seekers.put(device, seeker);
            seeker.start(table.of(device) != null);
        }
    }

    void forsake(String device) {
        Seeker seeker = seekers.remove(device);
        if (seeker != null) {
            seeker.end();
        }
        for (Link link : List.copyOf(links)) {
            if (link.who() != null && link.who().device().equals(device)) {
                link.close(Troubles.FORSAKEN, DirectFrame.Bye.FORSAKEN);
            }
        }
    }

    void tell(Wanted.Change change) {
        for (Link link : List.copyOf(links)) {
            change.off().forEach(topic -> link.say(new DirectFrame.Unwant(topic)));
            change.on().forEach(topic -> link.say(new DirectFrame.Want(topic)));
        }
    }

    /** Says goodbye to all and ends the thread. Any thread; returns within about two seconds. */
    void close() {
        execute(() -> {
            closed = true;
            listening.end();
            seekers.values().forEach(Seeker::end);
            seekers.clear();
            List.copyOf(links).forEach(link -> link.close(Troubles.CLOSED, DirectFrame.Bye.CLOSING));
            deliveries.end();
            // The goodbyes have as long as the quiet time of this lasts.
            loop.shutdownGracefully(100, LinkLimits.DIRECT_BYE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        });
        loop.terminationFuture().awaitUninterruptibly(2 * LinkLimits.DIRECT_BYE_TIMEOUT.toMillis());
        threads.end();
    }

    // ---- connections

    void dial(Seeker seeker, DirectAddress address, int round) {
        threads.lookUp(
                address,
                socketAddress -> execute(() -> {
                    if (!seeker.isDialling(round)) {
                        return;
                    }
                    if (socketAddress.isUnresolved()) {
                        report(address, new Refusal(DirectDown.UNREACHABLE, "The name of the host is not known."));
                        seeker.failed(round);
                        return;
                    }
                    connect(seeker, address, socketAddress, round);
                }));
    }

    private void connect(Seeker seeker, DirectAddress address, InetSocketAddress socketAddress, int round) {
        Link link = new Link(this, judge(seeker.device()), address, seeker, random.nextLong());
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) LinkLimits.CONNECT_TIMEOUT.toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, ALLOCATOR)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // The handlers come once the connection is there.
                    }
                })
                .connect(socketAddress);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                if (seeker.isDialling(round)) {
                    report(address, Troubles.unreachable(done.cause()));
                    seeker.failed(round);
                }
            } else if (!seeker.isDialling(round)) {
                connecting.channel().close();
            } else {
                seeker.connected(link);
                begin(connecting.channel(), link);
            }
        });
    }

    /** A connection came in. */
    void accept(Channel channel) {
        DirectAddress from = addressOf(channel.remoteAddress());
        if (closed || !unproven.enter(from.host())) {
            channel.close();
            if (!closed) {
                report(from, new Refusal(DirectDown.FULL, "Too many connections that prove nothing come from there."));
            }
            return;
        }
        Link link = new Link(this, judge(null), from, null, random.nextLong());
        counted.add(link);
        begin(channel, link);
    }

    private Judge judge(String sought) {
        return new Judge(doorman, key.spki(), sought);
    }

    private void begin(Channel channel, Link link) {
        links.add(link);
        try {
            channel.pipeline()
                    .addLast(
                            link.seeker() == null
                                    ? tls.accepted(channel.alloc(), link.judge())
                                    : tls.dialled(channel.alloc(), link.judge()))
                    .addLast(new FrameReader())
                    .addLast(link);
        } catch (SSLException e) {
            LOGGER.log(Level.ERROR, "This Java runtime cannot speak TLS 1.3.", e);
            link.close(Troubles.ofHandshake(link.judge(), e), 0);
            channel.close();
        }
    }

    /** A link is up. Why it may not be, or null. */
    Refusal takeUp(Link link) {
        Refusal problem = deliveries.isFull()
                ? new Refusal(DirectDown.FULL, "Too much waits to be read here; it is tried again later.")
                : table.problemOf(link);
        if (problem != null) {
            return problem;
        }
        prove(link);
        RemoteDevice who = link.who();
        if (table.add(link)) {
            deliveries.add(() -> listener.up(who, link.where(), link.seeker() != null));
        }
        Seeker seeker = seekers.get(who.device());
        if (seeker != null) {
            seeker.linked(link);
        }
        return null;
    }

    private void prove(Link link) {
        if (counted.remove(link)) {
            unproven.leave(link.where().host());
        }
    }

    /** A connection has ended, or is ending. */
    void ended(Link link, Refusal refusal) {
        links.remove(link);
        prove(link);
        if (table.remove(link)) {
            goneDown(link, refusal);
        } else if (!link.wasUp()) {
            if (link.seeker() != null) {
                link.seeker().failed(link);
            }
            if (!QUIET.contains(refusal.reason())) {
                report(link.where(), refusal);
            }
        }
    }

    private void goneDown(Link link, Refusal refusal) {
        RemoteDevice who = link.who();
        boolean saidGoodbye = refusal.reason() == DirectDown.LEFT;
        for (Link other : List.copyOf(links)) {
            // What this run of the device has still open, over another of its addresses perhaps, goes as well.
            if (table.isLeaving(other, who) || (saidGoodbye && Arrays.equals(other.spki(), link.spki()))) {
                other.close(Troubles.REPLACED, 0);
            }
        }
        deliveries.add(() -> listener.down(who, refusal.reason(), refusal.explanation()));
        Seeker seeker = seekers.get(who.device());
        if (seeker != null) {
            seeker.lost(link.wasUpFor(times.goodLink()));
        }
    }

    // ---- what the listener hears

    void deliverMessage(Link link, DirectFrame.Message message) {
        if (deliveries.isIdle() && takenAtOnce(link, message)) {
            link.delivered(message.payload().length);
            return;
        }
        deliveries.add(() -> {
            try {
                listener.message(link.who(), message.topic(), message.payload());
            } finally {
                link.delivered(message.payload().length);
            }
        });
    }

    private boolean takenAtOnce(Link link, DirectFrame.Message message) {
        try {
            return listener.messageAtOnce(link.who(), message.topic(), message.payload());
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "A listener of direct links failed; the links go on.", e);
            return true;
        }
    }

    void tellProved(long token, boolean is) {
        if (!is) {
            deliveries.add(() -> listener.unproved(token));
            return;
        }
        try {
            listener.proved(token);
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "A listener of direct links failed; the links go on.", e);
        }
    }

    void deliverListening(List<DirectAddress> addresses) {
        deliveries.add(() -> listener.listening(addresses));
    }

    void report(DirectAddress where, Refusal refusal) {
        String explanation = reports.pass(where.host(), refusal, System.nanoTime());
        if (explanation != null) {
            deliveries.add(() -> listener.refused(where, refusal.reason(), where + ": " + explanation));
        }
    }

    static DirectAddress addressOf(SocketAddress address) {
        if (address instanceof InetSocketAddress internet && internet.getAddress() != null) {
            return new DirectAddress(NetUtil.toAddressString(internet.getAddress()), Math.max(1, internet.getPort()));
        }
        return new DirectAddress("unknown", 1);
    }

    /** Heap buffers: TLS of the Java runtime copies others anyway, and nothing is left behind when links end. */
    static final UnpooledByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false);
}
