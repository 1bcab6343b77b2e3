package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.identity.AnnouncementVerdict.Fault;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

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
 * retained ones together); what comes above that is refused unseen, and true peers announce themselves again.
 */
public final class AnnouncementGate {
    /** How many peers' newest timestamps are kept. */
    public static final int MAX_PEERS = 4_096;

    static final int CHECKS_PER_SECOND = 50;
    static final int CHECKS_AT_ONCE = 2_048;

    private static final int MAX_DEPTH = 32;
    private static final Pattern PEER_ID = Pattern.compile("peer-[0-9a-f]{40}");
    private static final Pattern PUBLIC_KEY = Pattern.compile("0x04[0-9a-f]{128}");
    private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-f]{40}");
    private static final Pattern SIGNATURE = Pattern.compile("0x[0-9a-f]{130}");
    private static final Pattern TIMESTAMP =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z");
    private static final Map<String, Pattern> SHAPES = Map.of(
            "peer_id", PEER_ID,
            "public_key", PUBLIC_KEY,
            "address", ADDRESS,
            "timestamp", TIMESTAMP,
            "signature", SIGNATURE);
    private static final JsonMapper JSON = StrictJson.mapper(MAX_DEPTH);

    @SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
    private record Newest(Instant timestamp, byte[] payloadHash) {}

    /** In the order of when each peer was accepted last. */
    private final Map<PeerId, Newest> newestByPeer = new LinkedHashMap<>();

    private final int maxPeers;
    private final int checksAtOnce;
    private double checksLeft;
    private long countedAtMillis;

    public AnnouncementGate() {
        this(MAX_PEERS, CHECKS_AT_ONCE);
    }

    AnnouncementGate(int maxPeers, int checksAtOnce) {
        this.maxPeers = maxPeers;
        this.checksAtOnce = checksAtOnce;
        this.checksLeft = checksAtOnce;
    }

    /**
     * Judges what arrived on the common announcement topic.
     *
     * @param payload as received
     * @param nowMillis our clock, milliseconds since 1970-01-01T00:00Z
     */
    public AnnouncementVerdict judge(byte[] payload, long nowMillis) {
        return judge(payload, nowMillis, peerId -> true);
    }

    /**
     * Judges what arrived on a peer's own announcement topic.
     *
     * @param topicPeer the last level of that topic. A true announcement under another peer's topic is refused before it
     *     is remembered, or else the same one under the right topic would count as a repetition and the peer stay unknown
     */
    public AnnouncementVerdict judgeUnder(String topicPeer, byte[] payload, long nowMillis) {
        return judge(payload, nowMillis, topicPeer::equals);
    }

    private AnnouncementVerdict judge(byte[] payload, long nowMillis, Predicate<String> belongsHere) {
        if (payload.length > Announcement.MAX_BYTES) {
            return refused(
                    Fault.TOO_LARGE, "It has " + payload.length + " bytes, more than " + Announcement.MAX_BYTES + ".");
        }
        JsonNode json = StrictJson.parse(JSON, payload);
        if (json == null) {
            return refused(Fault.NOT_JSON, "It is not one well-formed JSON value.");
        }
        if (!json.isObject() || !Announcement.TYPE.equals(json.path("type").textValue())) {
            return refused(Fault.WRONG_SHAPE, "It is not an object of type " + Announcement.TYPE + ".");
        }
        for (Map.Entry<String, Pattern> member : SHAPES.entrySet()) {
            String value = json.path(member.getKey()).textValue();
            if (value == null || !member.getValue().matcher(value).matches()) {
                return refused(Fault.WRONG_SHAPE, "Its member " + member.getKey() + " is missing or not well-formed.");
            }
        }
        if (!belongsHere.test(json.get("peer_id").textValue())) {
            return refused(Fault.WRONG_TOPIC, "It stands under the topic of another peer.");
        }
        return judgeShaped((ObjectNode) json, hash(payload), nowMillis);
    }

    private AnnouncementVerdict judgeShaped(ObjectNode json, byte[] payloadHash, long nowMillis) {
        PeerId peerId = new PeerId(json.get("peer_id").textValue());
        String publicKey = json.get("public_key").textValue();
        String address = json.get("address").textValue();
        String digits = peerId.value().substring("peer-".length());
        byte[] key = HexFormat.of().parseHex(publicKey, 4, publicKey.length());
        if (!address.equals("0x" + digits) || !Signatures.addressDigits(key).equals(digits)) {
            return refused(Fault.FOREIGN_KEY, "Its public key or address does not belong to its peer id.");
        }
        Optional<Instant> timestamp = instant(json.get("timestamp").textValue());
        if (timestamp.isEmpty()) {
            return refused(Fault.WRONG_SHAPE, "Its timestamp names no moment.");
        }
        if (isStale(timestamp.get(), nowMillis)) {
            return refused(
                    Fault.STALE,
                    "Its timestamp differs from our clock by more than ten minutes. Check the clocks of both machines.");
        }
        Newest newest = newestByPeer.get(peerId);
        if (newest != null && Arrays.equals(newest.payloadHash(), payloadHash)) {
            return refused(Fault.REPEATED, "It is the one we have.");
        }
        if (!takeCheck(nowMillis)) {
            return refused(
                    Fault.TOO_MANY, "More announcements arrive than can be checked. Somebody floods this broker.");
        }
        if (!isSignedBy(key, json)) {
            return refused(Fault.FORGED, "Its signature is not the one of its peer id.");
        }
        if (newest != null && !timestamp.get().isAfter(newest.timestamp())) {
            return refused(Fault.REPLAY, "It is not newer than the one we have of that peer.");
        }
        remember(peerId, new Newest(timestamp.get(), payloadHash));
        return new AnnouncementVerdict.Accepted(new Announcement(peerId, publicKey, address, timestamp.get()));
    }

    private void remember(PeerId peerId, Newest newest) {
        newestByPeer.remove(peerId);
        newestByPeer.put(peerId, newest);
        if (newestByPeer.size() > maxPeers) {
            newestByPeer.remove(newestByPeer.keySet().iterator().next());
        }
    }

    /** Whether one more signature may be checked. A clock that is set back earns nothing by that, and loses nothing. */
    private boolean takeCheck(long nowMillis) {
        long passedMillis = Math.max(0, nowMillis - countedAtMillis);
        countedAtMillis = nowMillis;
        checksLeft = Math.min(checksAtOnce, checksLeft + passedMillis * CHECKS_PER_SECOND / 1_000.0);
        if (checksLeft < 1) {
            return false;
        }
        checksLeft--;
        return true;
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException noSuchDay) {
            return Optional.empty();
        }
    }

    private static boolean isStale(Instant timestamp, long nowMillis) {
        Duration apart =
                Duration.between(timestamp, Instant.ofEpochMilli(nowMillis)).abs();
        return apart.compareTo(Duration.ofMillis(Announcement.MAX_SKEW_MILLIS)) > 0;
    }

    private static boolean isSignedBy(byte[] key, ObjectNode json) {
        ObjectNode unsigned = json.deepCopy();
        String signature = unsigned.remove("signature").textValue();
        try {
            return Signatures.recoverKey(SigningDomain.PEER_ANNOUNCE, CanonicalJson.bytes(unsigned), signature)
                    .filter(signer -> Arrays.equals(signer, key))
                    .isPresent();
        } catch (IdentityRefused notCanonical) {
            // What has no canonical form cannot have been signed.
            return false;
        }
    }

    private static byte[] hash(byte[] payload) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(payload);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }

    private static AnnouncementVerdict refused(Fault fault, String detail) {
        return new AnnouncementVerdict.Refused(fault, "An announcement was refused. " + detail);
    }
}
