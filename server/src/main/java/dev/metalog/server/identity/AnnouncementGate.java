package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.identity.Verdict.Fault;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Decides which announcements are true. Owns the newest accepted announcement of each peer, and the budget of signatures
 * to check; one thread may call it.
 *
 * <p>The cheap tests come first (size, shape, the key belongs to the id, the clock, the very one we have), so that junk
 * and repetitions cost microseconds; the signature comes before anything is remembered.
 *
 * <p>Two bounds. The table holds {@value #MAX_PEERS} peers; when it is full the peer that was heard longest ago is
 * forgotten. That can only let an old announcement of that peer be repeated until it is stale, ten minutes later: keys
 * cost nothing, so refusing newcomers instead would let a stranger close the door for everybody. And signatures are
 * checked at a rate of {@value #CHECKS_PER_SECOND} a second, {@value #CHECKS_AT_ONCE} at once (a late joiner meets all
 * retained ones together); what comes above that is refused unseen, and true peers announce themselves again. Of one peer
 * {@value Limits#ANNOUNCEMENTS_PER_MINUTE} are taken in a minute; only those count that it did sign, so nobody can use up
 * another's.
 */
public final class AnnouncementGate {
    /** How many peers' newest timestamps are kept. */
    public static final int MAX_PEERS = 4_096;

    static final int CHECKS_PER_SECOND = 50;
    static final int CHECKS_AT_ONCE = 2_048;

    private static final long MINUTE_MILLIS = 60_000;

    @SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
    private record Newest(Instant timestamp, byte[] payloadHash, long minuteBeganMillis, int inMinute) {
        boolean isTooMany(long nowMillis) {
            return inMinute >= Limits.ANNOUNCEMENTS_PER_MINUTE && isSameMinute(nowMillis);
        }

        private boolean isSameMinute(long nowMillis) {
            return Math.abs(nowMillis - minuteBeganMillis) < MINUTE_MILLIS;
        }

        static Newest after(Newest before, Instant timestamp, byte[] payloadHash, long nowMillis) {
            return before == null || !before.isSameMinute(nowMillis)
                    ? new Newest(timestamp, payloadHash, nowMillis, 1)
                    : new Newest(timestamp, payloadHash, before.minuteBeganMillis(), before.inMinute() + 1);
        }
    }

    /** In the order of when each peer was accepted last. */
    private final Map<PeerId, Newest> newestByPeer = new LinkedHashMap<>();

    private final int maxPeers;
    private final CheckBudget budget;

    public AnnouncementGate() {
        this(MAX_PEERS, CHECKS_AT_ONCE);
    }

    AnnouncementGate(int maxPeers, int checksAtOnce) {
        this.maxPeers = maxPeers;
        this.budget = new CheckBudget(CHECKS_PER_SECOND, checksAtOnce);
    }

    /**
     * Judges what arrived on the common announcement topic.
     *
     * @param payload as received
     * @param nowMillis our clock, milliseconds since 1970-01-01T00:00Z
     */
    public Verdict<Announcement> judge(byte[] payload, long nowMillis) {
        return judge(payload, nowMillis, peerId -> true);
    }

    /**
     * Judges what arrived on a peer's own announcement topic.
     *
     * @param topicPeer the last level of that topic. A true announcement under another peer's topic is refused before it
     *     is remembered, or else the same one under the right topic would count as a repetition and the peer stay unknown
     */
    public Verdict<Announcement> judgeUnder(String topicPeer, byte[] payload, long nowMillis) {
        return judge(payload, nowMillis, topicPeer::equals);
    }

    private Verdict<Announcement> judge(byte[] payload, long nowMillis, Predicate<String> belongsHere) {
        try {
            ObjectNode json = Announcement.FORM.read(payload);
            if (!belongsHere.test(json.get("peer_id").textValue())) {
                throw new StatementRefused(Fault.WRONG_TOPIC, "It stands under the topic of another peer.");
            }
            return new Verdict.Accepted<>(judgeShaped(json, SignedJson.hash(payload), nowMillis));
        } catch (StatementRefused e) {
            return e.verdict("An announcement");
        }
    }

    private Announcement judgeShaped(ObjectNode json, byte[] payloadHash, long nowMillis) throws StatementRefused {
        PeerId peerId = new PeerId(json.get("peer_id").textValue());
        String publicKey = json.get("public_key").textValue();
        String address = json.get("address").textValue();
        String digits = peerId.value().substring("peer-".length());
        byte[] key = HexFormat.of().parseHex(publicKey, 4, publicKey.length());
        if (!address.equals("0x" + digits) || !Signatures.addressDigits(key).equals(digits)) {
            throw new StatementRefused(Fault.FOREIGN_KEY, "Its public key or address does not belong to its peer id.");
        }
        Instant timestamp = SignedJson.fresh(json, nowMillis);
        Newest newest = newestByPeer.get(peerId);
        if (newest != null && Arrays.equals(newest.payloadHash(), payloadHash)) {
            throw new StatementRefused(Fault.REPEATED, "It is the one we have.");
        }
        if (newest != null && newest.isTooMany(nowMillis)) {
            throw new StatementRefused(
                    Fault.TOO_MANY,
                    "A peer announces itself more than " + Limits.ANNOUNCEMENTS_PER_MINUTE + " times a minute.");
        }
        if (!budget.take(nowMillis)) {
            throw new StatementRefused(
                    Fault.TOO_MANY, "More announcements arrive than can be checked. Somebody floods this broker.");
        }
        Announcement.FORM.check(json, SignedJson.content(json), peerId.value());
        if (newest != null && !timestamp.isAfter(newest.timestamp())) {
            throw new StatementRefused(Fault.REPLAY, "It is not newer than the one we have of that peer.");
        }
        remember(peerId, Newest.after(newest, timestamp, payloadHash, nowMillis));
        return new Announcement(peerId, publicKey, address, timestamp);
    }

    private void remember(PeerId peerId, Newest newest) {
        newestByPeer.remove(peerId);
        newestByPeer.put(peerId, newest);
        if (newestByPeer.size() > maxPeers) {
            newestByPeer.remove(newestByPeer.keySet().iterator().next());
        }
    }
}
