package dev.metalog.server.workspace;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.server.identity.Announcement;
import dev.metalog.server.identity.PeerIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The public side: which brokers are reached, that this peer is announced there, and what editors publish and hear on
 * public topics. Where something has to be signed ({@link PeerTable}, {@link PublicPost}), only what was verified is heard.
 */
final class Federation {
    /** Announcements are repeated well before others would find them stale. */
    static final long ANNOUNCE_EVERY_MILLIS = 5 * 60 * 1_000;
    /** Somebody cleared our announcement, or another sidecar of this peer ended: we say again that we are here. */
    static final long REANNOUNCE_MILLIS = 1_000;
    /** How long a request waits for a broker. */
    static final long REQUEST_MILLIS = 10_000;

    private static final String ANNOUNCE = "/peers/announce";
    /** Who is told which peers come and go. */
    interface PeerWatch {
        /** It announced itself, for the first time or again, when the clock said this. */
        void heard(EditorMessages.Peer peer, long wallMillis);

        void left(String peerId);
    }

    /** One broker as last observed. */
    private static final class Way {
        String state = "connecting";
        String explanation;
        /** The user whose password it wants, or {@code null}. */
        String passwordOf;
        /** How many passwords editors gave. */
        int passwords;

        boolean isUp() {
            return state.equals("connected");
        }
    }

    /** A request that waits for a broker's acknowledgement. */
    private record Waiting(Ticket ticket, Object result, long untilMillis) {}

    private final PeerIdentity self;
    private final boolean created;
    private final String prefix;
    private final String homeBroker;
    private final boolean homeIsEmbedded;
    private final Timeline time;
    private final Outbox out;
    private final Map<String, Way> ways = new LinkedHashMap<>();
    private final Map<Long, Waiting> published = new HashMap<>();
    private final Map<Ticket, Waiting> connecting = new LinkedHashMap<>();
    /** Those that gave a password; told as well when it was wrong. */
    private final Map<Ticket, Waiting> proving = new LinkedHashMap<>();

    private final RefusalCounts refusals;
    private final PeerTable table;
    private final PublicPost post;
    private final Stamper stamper;
    private long announceAtMillis = Long.MAX_VALUE;
    private long announcedAtMillis;

    /** @param blocked whom the person wants nothing to be sent to */
    Federation(
            PeerIdentity self,
            Settings settings,
            PeerWatch watch,
            Predicate<PeerId> blocked,
            Timeline time,
            Outbox out) {
        this.self = self;
        this.created = settings.identityCreated();
        this.prefix = settings.topicPrefix();
        this.homeBroker = settings.broker();
        this.homeIsEmbedded = settings.brokerEmbedded();
        this.time = time;
        this.out = out;
        this.refusals = new RefusalCounts(out);
        this.table = new PeerTable(self.peerId(), watch, refusals, time, out);
        this.post = new PublicPost(self, prefix, blocked, this::carry, refusals, time, out);
        this.stamper = new Stamper(time);
    }

    void start() {
        needed().forEach(topic -> out.add(new Effect.Subscribe(topic)));
        if (!homeBroker.isEmpty()) {
            reach(homeBroker);
        }
    }

    /** Whether this topic filter is one that is always subscribed. */
    boolean needs(String filter) {
        return needed().contains(filter);
    }

    private List<String> needed() {
        List<String> topics = new ArrayList<>(List.of(prefix + ANNOUNCE, prefix + ANNOUNCE + "/+"));
        topics.addAll(post.topics());
        return topics;
    }

    PeerIdentity self() {
        return self;
    }

    /** Who announces itself. */
    PeerTable table() {
        return table;
    }

    /** What is sent in public, signed. */
    PublicPost post() {
        return post;
    }

    /** What was refused on public topics. */
    List<FederationMessages.Refusals> refusals() {
        return refusals.list();
    }

    EditorMessages.Identity identity() {
        return new EditorMessages.Identity(self.peerId().value(), self.publicKey(), self.address(), created);
    }

    /** Brokers that are connected or being connected to: what is published goes to all of them. */
    Collection<String> brokers() {
        return ways.keySet();
    }

    boolean isConnected() {
        return ways.values().stream().anyMatch(Way::isUp);
    }

    /** Whether this workspace meets others at all. */
    boolean isFederated() {
        return !homeBroker.isEmpty() || !ways.isEmpty();
    }

    /** Where others can meet us: the first broker that is up, or else the one we are set to. */
    String meetingPlace() {
        for (Map.Entry<String, Way> way : ways.entrySet()) {
            if (way.getValue().isUp()) {
                return way.getKey();
            }
        }
        return homeBroker;
    }

    /** Why a broker was not reached, and what to do. */
    static String tooMany() {
        return Limits.BROKERS
                + " brokers is the limit of one workspace. Leave a document that was joined through another"
                + " broker and start again, or open this one in another workspace.";
    }

    /** Opens a way to a broker unless there is one or there are too many. Returns whether there is one now. */
    boolean reach(String broker) {
        if (ways.containsKey(broker)) {
            return true;
        }
        if (ways.size() >= Limits.BROKERS) {
            out.add(new Effect.Log(broker + " is not connected to: " + tooMany()));
            return false;
        }
        ways.put(broker, new Way());
        out.add(new Effect.OpenLink(broker));
        return true;
    }

    void linkUp(String broker, long nowMillis) {
        Way way = ways.computeIfAbsent(broker, unknown -> new Way());
        way.state = "connected";
        way.explanation = null;
        way.passwordOf = null;
        tell(broker);
        announce(List.of(broker), null, nowMillis);
        takeWaiting(connecting, broker).forEach(ticket -> out.answer(ticket, connection(broker)));
        takeWaiting(proving, broker).forEach(ticket -> out.answer(ticket, connection(broker)));
    }

    private static List<Ticket> takeWaiting(Map<Ticket, Waiting> all, String broker) {
        List<Ticket> taken = all.values().stream()
                .filter(waiting -> waiting.result().equals(broker))
                .map(Waiting::ticket)
                .toList();
        taken.forEach(all::remove);
        return taken;
    }

    void linkDown(Input.LinkDown input) {
        Way way = ways.computeIfAbsent(input.broker(), unknown -> new Way());
        if (input.passwordOf() != null && input.passwordNumber() < way.passwords) {
            // Another password was given since; whether that is right is told next.
            return;
        }
        boolean changed =
                !way.state.equals("disconnected") || !input.explanation().equals(way.explanation);
        way.state = "disconnected";
        way.explanation = input.explanation();
        way.passwordOf = input.passwordOf();
        if (way.passwordOf != null) {
            takeWaiting(proving, input.broker())
                    .forEach(ticket -> out.refuse(ticket, EditorError.BAD_CREDENTIALS, input.explanation()));
        }
        if (changed) {
            tell(input.broker());
        }
    }

    /** {@code meta-log/brokerPassword}: answered when the broker is connected, or wants another one still. */
    void password(Ticket ticket, EditorMessages.BrokerPasswordParams params, long nowMillis) {
        Way way = ways.get(params.broker());
        if (way != null && way.isUp()) {
            out.answer(ticket, connection(params.broker()));
        } else if (way == null || way.passwordOf == null) {
            // It goes to nobody who does not ask, whoever names them.
            out.refuse(ticket, EditorError.BAD_PARAMS, params.broker() + " does not ask for a password of yours now.");
        } else {
            way.passwords++;
            way.passwordOf = null;
            way.state = "connecting";
            way.explanation = null;
            tell(params.broker());
            proving.put(ticket, new Waiting(ticket, params.broker(), nowMillis + REQUEST_MILLIS));
            out.add(new Effect.UsePassword(params.broker(), params.password(), way.passwords));
        }
    }

    /** {@code meta-log/federationInit}: answered when the broker is connected. */
    void init(Ticket ticket, String wanted, long nowMillis) {
        String broker = wanted == null || wanted.isBlank() ? homeBroker : wanted.strip();
        if (broker.isEmpty()) {
            out.refuse(ticket, EditorError.NOT_CONNECTED, "Federation is switched off and no broker was named.");
        } else if (!reach(broker)) {
            out.refuse(ticket, EditorError.LIMIT, "This sidecar talks to " + Limits.BROKERS + " brokers already.");
        } else if (ways.get(broker).isUp()) {
            out.answer(ticket, connection(broker));
        } else {
            connecting.put(ticket, new Waiting(ticket, broker, nowMillis + REQUEST_MILLIS));
        }
    }

    /** {@code meta-log/announce}: answered when a broker acknowledged it. */
    void announce(Ticket ticket, long nowMillis) {
        if (!isConnected()) {
            refuseUnconnected(ticket);
            return;
        }
        announce(List.of(meetingPlace()), ticket, nowMillis);
    }

    void publish(Ticket ticket, EditorMessages.PublishParams params) {
        byte[] payload = params.message().getBytes(StandardCharsets.UTF_8);
        publish(ticket, params.topic(), payload, params.qos(), params.retain(), broker -> new EditorMessages.Done());
    }

    private void carry(Ticket ticket, String topic, byte[] payload, String stamp) {
        publish(ticket, topic, payload, 1, false, broker -> new FederationMessages.Sent(broker, stamp));
    }

    private void publish(
            Ticket ticket, String topic, byte[] payload, int qos, boolean retain, Function<String, Object> result) {
        if (!isConnected()) {
            refuseUnconnected(ticket);
            return;
        }
        String broker = meetingPlace();
        long token = out.nextNumber();
        published.put(token, new Waiting(ticket, result.apply(broker), time.millis() + REQUEST_MILLIS));
        out.add(new Effect.Publish(broker, topic, payload, qos, retain, token));
    }

    void acknowledged(long token) {
        Waiting waiting = published.remove(token);
        if (waiting != null) {
            out.answer(waiting.ticket(), waiting.result());
        }
    }

    void notPublished(long token, String explanation) {
        Waiting waiting = published.remove(token);
        if (waiting != null) {
            out.refuse(waiting.ticket(), EditorError.NOT_CONNECTED, explanation);
        }
    }

    /** A message on a topic that is not a document's. Tells which peer left, if one did. */
    Optional<PeerId> received(String topic, byte[] payload, boolean retained, long nowMillis) {
        Optional<PeerId> left = Optional.empty();
        boolean passes = payload.length > 0;
        if (topic.equals(prefix + ANNOUNCE)) {
            passes = table.announced(payload, nowMillis);
        } else if (topic.startsWith(prefix + ANNOUNCE + "/")) {
            String about = topic.substring((prefix + ANNOUNCE + "/").length());
            if (payload.length == 0) {
                left = cleared(about, nowMillis);
            } else {
                passes = table.announcedUnder(about, payload, nowMillis);
            }
        } else if (post.hears(topic)) {
            passes = post.received(topic, payload);
        }
        if (passes) {
            pass(topic, payload, retained);
        }
        return left;
    }

    private Optional<PeerId> cleared(String about, long nowMillis) {
        if (about.equals(self.peerId().value())) {
            announceAtMillis = Math.min(announceAtMillis, Math.max(nowMillis, announcedAtMillis + REANNOUNCE_MILLIS));
            return Optional.empty();
        }
        return table.cleared(about);
    }

    List<EditorMessages.Connection> connections() {
        List<EditorMessages.Connection> list = new ArrayList<>();
        ways.keySet().forEach(broker -> list.add(connection(broker)));
        return list;
    }

    void wake(long nowMillis) {
        if (nowMillis >= announceAtMillis) {
            announce(List.copyOf(ways.keySet()), null, nowMillis);
        }
        table.expire(nowMillis);
        timeOut(published.values().iterator(), nowMillis);
        timeOut(connecting.values().iterator(), nowMillis);
        timeOut(proving.values().iterator(), nowMillis);
    }

    long wakeAtMillis() {
        long at = announceAtMillis;
        for (Waiting waiting : published.values()) {
            at = Math.min(at, waiting.untilMillis());
        }
        for (Waiting waiting : connecting.values()) {
            at = Math.min(at, waiting.untilMillis());
        }
        for (Waiting waiting : proving.values()) {
            at = Math.min(at, waiting.untilMillis());
        }
        return at;
    }

    /** Forgets what an editor that left was waiting for. */
    void editorWent(EditorId editor) {
        published.values().removeIf(waiting -> waiting.ticket().editor().equals(editor));
        connecting.values().removeIf(waiting -> waiting.ticket().editor().equals(editor));
        proving.values().removeIf(waiting -> waiting.ticket().editor().equals(editor));
    }

    private void announce(List<String> brokers, Ticket ticket, long nowMillis) {
        long stampMillis = stamper.nextMillis();
        announcedAtMillis = nowMillis;
        announceAtMillis = nowMillis + ANNOUNCE_EVERY_MILLIS;
        byte[] payload = Announcement.signed(self, stampMillis);
        for (String broker : brokers) {
            out.add(new Effect.Publish(broker, prefix + ANNOUNCE, payload, 1, false, out.nextNumber()));
            long token = out.nextNumber();
            if (ticket != null) {
                Object result = new EditorMessages.Announced(
                        broker, Instant.ofEpochMilli(stampMillis).toString());
                published.put(token, new Waiting(ticket, result, nowMillis + REQUEST_MILLIS));
            }
            out.add(new Effect.Publish(broker, ownTopic(), payload, 1, true, token));
        }
    }

    private void timeOut(Iterator<Waiting> all, long nowMillis) {
        while (all.hasNext()) {
            Waiting waiting = all.next();
            if (nowMillis >= waiting.untilMillis()) {
                all.remove();
                refuseUnconnected(waiting.ticket());
            }
        }
    }

    private void refuseUnconnected(Ticket ticket) {
        StringBuilder why = new StringBuilder("No broker answered within " + REQUEST_MILLIS / 1_000 + " s.");
        ways.forEach((broker, way) -> {
            if (way.explanation != null) {
                why.append(' ').append(way.explanation);
            }
        });
        out.refuse(ticket, EditorError.NOT_CONNECTED, why.toString());
    }

    private void pass(String topic, byte[] payload, boolean retained) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString();
            out.add(new Effect.TellMessage(new EditorMessages.MessageReceived(topic, text, retained)));
        } catch (CharacterCodingException e) {
            out.add(new Effect.Log("A message on " + topic + " is not UTF-8 and was not passed on."));
        }
    }

    private void tell(String broker) {
        out.add(new Effect.TellConnection(connection(broker)));
    }

    private EditorMessages.Connection connection(String broker) {
        Way way = ways.get(broker);
        boolean embedded = homeIsEmbedded && broker.equals(homeBroker);
        return new EditorMessages.Connection(broker, way.state, way.explanation, embedded, way.passwordOf);
    }

    private String ownTopic() {
        return prefix + ANNOUNCE + "/" + self.peerId();
    }
}
