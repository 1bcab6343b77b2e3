package dev.metalog.server.workspace;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.identity.Announcement;
import dev.metalog.server.identity.AnnouncementGate;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.identity.Verdict;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public side: which brokers are reached, who announced themselves there, and what editors publish and hear on public
 * topics. A peer is one whose announcement was verified; nobody else is in the table.
 */
final class Federation {
    /** Announcements are repeated well before others would find them stale. */
    static final long ANNOUNCE_EVERY_MILLIS = 5 * 60 * 1_000;
    /** A peer that did not repeat its announcement is gone. */
    static final long PEER_GONE_MILLIS = 3 * ANNOUNCE_EVERY_MILLIS;
    /** Somebody cleared our announcement, or another sidecar of this peer ended: we say again that we are here. */
    static final long REANNOUNCE_MILLIS = 1_000;
    /** How long a request waits for a broker. */
    static final long REQUEST_MILLIS = 10_000;

    private static final String ANNOUNCE = "/peers/announce";
    /** Topics that one peer alone listens to. */
    private static final Pattern ADDRESSED =
            Pattern.compile("/peers/(peer-[0-9a-f]{40})/messages|/webrtc/signaling/(peer-[0-9a-f]{40})");

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

        boolean isUp() {
            return state.equals("connected");
        }
    }

    /** A request that waits for a broker's acknowledgement. */
    private record Waiting(Ticket ticket, Object result, long untilMillis) {}

    private record Known(EditorMessages.Peer peer, long heardAtMillis) {}

    private final PeerIdentity self;
    private final boolean created;
    private final String prefix;
    private final String homeBroker;
    private final boolean homeIsEmbedded;
    private final PeerWatch watch;
    private final Timeline time;
    private final Outbox out;
    private final AnnouncementGate gate = new AnnouncementGate();
    private final Map<String, Way> ways = new LinkedHashMap<>();
    private final Map<Long, Waiting> published = new HashMap<>();
    private final Map<Ticket, Waiting> connecting = new LinkedHashMap<>();
    private final Map<PeerId, Known> peers = new LinkedHashMap<>();
    private final EnumMap<Verdict.Fault, Integer> refused = new EnumMap<>(Verdict.Fault.class);
    private long announceAtMillis = Long.MAX_VALUE;
    private long announcedAtMillis;
    /** The time of the clock in the last announcement; others take only a later one. */
    private long stampedMillis;

    Federation(PeerIdentity self, Settings settings, PeerWatch watch, Timeline time, Outbox out) {
        this.watch = watch;
        this.self = self;
        this.created = settings.identityCreated();
        this.prefix = settings.topicPrefix();
        this.homeBroker = settings.broker();
        this.homeIsEmbedded = settings.brokerEmbedded();
        this.time = time;
        this.out = out;
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
        return List.of(prefix + ANNOUNCE, prefix + ANNOUNCE + "/+", prefix + "/peers/" + self.peerId() + "/messages");
    }

    PeerIdentity self() {
        return self;
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
        tell(broker);
        announce(List.of(broker), null, nowMillis);
        for (Map.Entry<Ticket, Waiting> waiting : List.copyOf(connecting.entrySet())) {
            if (waiting.getValue().result().equals(broker)) {
                connecting.remove(waiting.getKey());
                out.answer(waiting.getKey(), connection(broker));
            }
        }
    }

    void linkDown(String broker, String explanation) {
        Way way = ways.computeIfAbsent(broker, unknown -> new Way());
        boolean changed = !way.state.equals("disconnected") || !explanation.equals(way.explanation);
        way.state = "disconnected";
        way.explanation = explanation;
        if (changed) {
            tell(broker);
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

    void publish(Ticket ticket, EditorMessages.PublishParams params, long nowMillis) {
        if (!isConnected()) {
            refuseUnconnected(ticket);
            return;
        }
        long token = out.nextNumber();
        published.put(token, new Waiting(ticket, new EditorMessages.Done(), nowMillis + REQUEST_MILLIS));
        byte[] payload = params.message().getBytes(StandardCharsets.UTF_8);
        out.add(new Effect.Publish(meetingPlace(), params.topic(), payload, params.qos(), params.retain(), token));
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
        if (topic.equals(prefix + ANNOUNCE)) {
            heed(gate.judge(payload, time.wallMillis()), nowMillis);
        } else if (topic.startsWith(prefix + ANNOUNCE + "/")) {
            String about = topic.substring((prefix + ANNOUNCE + "/").length());
            if (payload.length == 0) {
                left = cleared(about, nowMillis);
            } else {
                heed(gate.judgeUnder(about, payload, time.wallMillis()), nowMillis);
            }
        }
        if (payload.length > 0) {
            pass(topic, payload, retained);
        }
        return left;
    }

    /** Whom a topic is for, or {@code null} when it is not for one peer alone. */
    PeerId addressee(String topic) {
        Matcher addressed = ADDRESSED.matcher(topic.startsWith(prefix) ? topic.substring(prefix.length()) : "");
        if (!addressed.matches()) {
            return null;
        }
        return new PeerId(addressed.group(1) == null ? addressed.group(2) : addressed.group(1));
    }

    /** The person blocked it: it is no longer in the table. That it left is nothing to be told to others. */
    void forget(PeerId peer) {
        if (peers.remove(peer) != null) {
            out.add(new Effect.TellPeerLeft(peer.value()));
        }
    }

    List<EditorMessages.Peer> peers(long nowMillis) {
        expire(nowMillis);
        List<EditorMessages.Peer> list = new ArrayList<>();
        peers.values().forEach(known -> list.add(known.peer()));
        return list;
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
        expire(nowMillis);
        timeOut(published.values().iterator(), nowMillis);
        timeOut(connecting.values().iterator(), nowMillis);
    }

    long wakeAtMillis() {
        long at = announceAtMillis;
        for (Waiting waiting : published.values()) {
            at = Math.min(at, waiting.untilMillis());
        }
        for (Waiting waiting : connecting.values()) {
            at = Math.min(at, waiting.untilMillis());
        }
        return at;
    }

    /** Forgets what an editor that left was waiting for. */
    void editorWent(EditorId editor) {
        published.values().removeIf(waiting -> waiting.ticket().editor().equals(editor));
        connecting.values().removeIf(waiting -> waiting.ticket().editor().equals(editor));
    }

    private void announce(List<String> brokers, Ticket ticket, long nowMillis) {
        // After a clock that went far ahead, others refuse everything until it is right again: so is what we count
        // from.
        boolean wasAhead = stampedMillis - time.wallMillis() > Limits.ANNOUNCEMENT_SKEW_MILLIS;
        long stampMillis = wasAhead ? time.wallMillis() : Math.max(time.wallMillis(), stampedMillis + 1);
        stampedMillis = stampMillis;
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

    private void heed(Verdict<Announcement> verdict, long nowMillis) {
        verdict.dispatch(new Verdict.Handler<Announcement, Void>() {
            @Override
            public Void accepted(Announcement announcement) {
                learn(announcement, nowMillis);
                return null;
            }

            @Override
            public Void refused(Verdict.Fault fault, String detail) {
                refuse(fault, detail);
                return null;
            }
        });
    }

    private void refuse(Verdict.Fault fault, String detail) {
        int times = refused.merge(fault, 1, Integer::sum);
        // Reported at 1, 2, 4, 8, … so that a flood of forgeries is not a flood of lines.
        if (fault.isSuspicious() && Integer.bitCount(times) == 1) {
            out.add(new Effect.Log("Refused an announcement (" + fault.word() + " = " + times + "): " + detail));
        }
    }

    private void learn(Announcement announcement, long nowMillis) {
        if (announcement.peerId().equals(self.peerId())) {
            return;
        }
        EditorMessages.Peer peer = new EditorMessages.Peer(
                announcement.peerId().value(),
                announcement.publicKey(),
                announcement.address(),
                announcement.timestamp().toString(),
                "relay");
        boolean isNew = peers.remove(announcement.peerId()) == null;
        if (peers.size() >= Limits.PEERS) {
            Iterator<PeerId> longestAgo = peers.keySet().iterator();
            longestAgo.next();
            longestAgo.remove();
        }
        peers.put(announcement.peerId(), new Known(peer, nowMillis));
        if (isNew) {
            out.add(new Effect.TellPeer(peer));
        }
        watch.heard(peer, time.wallMillis());
    }

    private Optional<PeerId> cleared(String about, long nowMillis) {
        if (about.equals(self.peerId().value())) {
            announceAtMillis = Math.min(announceAtMillis, Math.max(nowMillis, announcedAtMillis + REANNOUNCE_MILLIS));
            return Optional.empty();
        }
        Optional<PeerId> left = peers.keySet().stream()
                .filter(peer -> peer.value().equals(about))
                .findFirst();
        left.ifPresent(peer -> {
            peers.remove(peer);
            out.add(new Effect.TellPeerLeft(about));
            watch.left(about);
        });
        return left;
    }

    private void expire(long nowMillis) {
        for (Iterator<Known> all = peers.values().iterator(); all.hasNext(); ) {
            Known known = all.next();
            if (nowMillis - known.heardAtMillis() > PEER_GONE_MILLIS) {
                all.remove();
                out.add(new Effect.TellPeerLeft(known.peer().peerId()));
                watch.left(known.peer().peerId());
            }
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
        return new EditorMessages.Connection(broker, way.state, way.explanation, embedded);
    }

    private String ownTopic() {
        return prefix + ANNOUNCE + "/" + self.peerId();
    }
}
