package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.identity.Verdict.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Decides which files and messages on public topics are what their peers sent, and lets each pass once. Owns what passed
 * lately, and the budget of signatures to check; one thread may call it.
 *
 * <p>What comes above {@value #BYTES_PER_SECOND} bytes a second of files, or of messages, after {@value #BYTES_AT_ONCE} at
 * once, is refused unread: to read and hash a large file takes ten milliseconds of the thread that also types.
 *
 * <p>The cheap tests come first, and the signature before anything is remembered. What passed is remembered by the hash of
 * what was signed, so neither white space nor another order of members makes it new, until it would be stale. That is
 * twenty minutes at most, in which no more than {@value #CHECKS_PER_SECOND} a second can pass, so there is always room; own
 * ones may fill it, and then what arrives is refused until there is room again.
 *
 * <p>Of earlier runs it is only known up to when each author was heard; what is not newer is refused.
 */
public final class MessageGate {
    static final int CHECKS_PER_SECOND = 50;
    static final int CHECKS_AT_ONCE = 256;
    static final int BYTES_PER_SECOND = 2 << 20;
    static final int BYTES_AT_ONCE = 8 << 20;
    static final int MAX_SEEN = 65_536;

    private static final long SWEEP_EVERY_MILLIS = 60_000;
    private static final long SWEEP_FULL_EVERY_MILLIS = 1_000;

    /** @param untilMillis when it is stale, by our clock */
    private record Seen(long untilMillis, boolean isOwn) {}

    private final PeerId self;
    private final int maxSeen;
    private final CheckBudget budget;
    private final CheckBudget fileBytes = new CheckBudget(BYTES_PER_SECOND, BYTES_AT_ONCE);
    private final CheckBudget messageBytes = new CheckBudget(BYTES_PER_SECOND, BYTES_AT_ONCE);
    private final Map<String, Seen> seen = new HashMap<>();
    private final HeardUpTo heardUpTo = new HeardUpTo();
    private long sweptAtMillis;

    /** @param self whom messages have to be for */
    public MessageGate(PeerId self) {
        this(self, MAX_SEEN, CHECKS_AT_ONCE);
    }

    MessageGate(PeerId self, int maxSeen, int checksAtOnce) {
        this.self = self;
        this.maxSeen = maxSeen;
        this.budget = new CheckBudget(CHECKS_PER_SECOND, checksAtOnce);
    }

    /** What {@link #toKeep} gave, in earlier runs; to be called before anything is judged. */
    public void restore(Map<PeerId, Long> kept) {
        heardUpTo.restore(kept);
    }

    /** Up to when each author was heard, in milliseconds since 1970: to be kept whenever something passed, or was sent. */
    public Map<PeerId, Long> toKeep(long nowMillis) {
        return heardUpTo.toKeep(nowMillis);
    }

    /**
     * To be told what is sent from here, as it comes back from the broker.
     *
     * @param payload as it is published
     * @return whether there is room to know it again; else it is not to be sent
     */
    public boolean sends(byte[] payload, long nowMillis) {
        try {
            ObjectNode json = SignedJson.reread(payload);
            Instant timestamp = SignedJson.fresh(json, nowMillis);
            heardUpTo.passed(self, timestamp.toEpochMilli());
            return remember(key(SignedJson.content(json)), timestamp, true, nowMillis);
        } catch (StatementRefused e) {
            throw new IllegalArgumentException("What is sent is signed, and now.", e);
        }
    }

    /**
     * Judges what arrived on the topic of files.
     *
     * @param nowMillis our clock, milliseconds since 1970-01-01T00:00Z
     */
    public Verdict<SentFile> judgeFile(byte[] payload, long nowMillis) {
        try {
            ObjectNode json = read(SentFile.FORM, payload, fileBytes, nowMillis);
            Instant timestamp = verify(SentFile.FORM, json, "peer_id", nowMillis);
            String content = json.get("content").textValue();
            if (content.getBytes(StandardCharsets.UTF_8).length > Limits.SENT_FILE_BYTES) {
                throw new StatementRefused(
                        Fault.TOO_LARGE, "The file has more than " + Limits.SENT_FILE_BYTES + " bytes.");
            }
            DocumentPath path = path(json.get("file").textValue());
            return new Verdict.Accepted<>(
                    new SentFile(new PeerId(json.get("peer_id").textValue()), path, content, timestamp));
        } catch (StatementRefused e) {
            return e.verdict("A file that was sent");
        }
    }

    /** Judges what arrived on the topic of messages for us. */
    public Verdict<DirectMessage> judgeMessage(byte[] payload, long nowMillis) {
        try {
            ObjectNode json = read(DirectMessage.FORM, payload, messageBytes, nowMillis);
            if (!json.has("payload")) {
                throw new StatementRefused(Fault.WRONG_SHAPE, "Its member payload is missing.");
            }
            if (!json.get("to").textValue().equals(self.value())) {
                throw new StatementRefused(Fault.WRONG_TOPIC, "It is for another peer.");
            }
            Instant timestamp = verify(DirectMessage.FORM, json, "from", nowMillis);
            return new Verdict.Accepted<>(new DirectMessage(
                    new PeerId(json.get("from").textValue()),
                    self,
                    CanonicalJson.text(json.get("payload")),
                    timestamp,
                    json.get("signature").textValue()));
        } catch (StatementRefused e) {
            return e.verdict("A message");
        } catch (IdentityRefused impossible) {
            throw new IllegalStateException("A part of what has a canonical form has one too.", impossible);
        }
    }

    private static ObjectNode read(SignedJson form, byte[] payload, CheckBudget bytes, long nowMillis)
            throws StatementRefused {
        // What is too large is not read anyway.
        if (payload.length <= form.maxBytes() && !bytes.take(payload.length, nowMillis)) {
            throw new StatementRefused(Fault.TOO_MANY, "More arrives than can be read. Somebody floods this broker.");
        }
        return form.read(payload);
    }

    private Instant verify(SignedJson form, ObjectNode json, String author, long nowMillis) throws StatementRefused {
        Instant timestamp = SignedJson.fresh(json, nowMillis);
        byte[] content = SignedJson.content(json);
        String key = key(content);
        Seen known = seen.get(key);
        if (known != null) {
            throw known.isOwn()
                    ? new StatementRefused(Fault.REPEATED, "It was sent from here.")
                    : new StatementRefused(Fault.REPLAY, "It was here before.");
        }
        PeerId by = new PeerId(json.get(author).textValue());
        if (heardUpTo.passedInAnEarlierRun(by, timestamp.toEpochMilli())) {
            throw new StatementRefused(Fault.REPLAY, "It is not newer than what was here before the last start.");
        }
        if (!hasRoom(nowMillis) || !budget.take(nowMillis)) {
            throw new StatementRefused(Fault.TOO_MANY, "More arrive than can be checked. Somebody floods this broker.");
        }
        form.check(json, content, by.value());
        heardUpTo.passed(by, timestamp.toEpochMilli());
        var unused = remember(key, timestamp, false, nowMillis);
        return timestamp;
    }

    /** A name that other programs obey is refused as well: nobody is asked here who could agree to it. */
    private static DocumentPath path(String name) throws StatementRefused {
        try {
            DocumentPath path = new DocumentPath(name);
            if (path.concern() != null) {
                throw new StatementRefused(
                        Fault.BAD_NAME, "Its name is one that editors, shells or other programs obey.");
            }
            return path;
        } catch (IllegalArgumentException e) {
            throw new StatementRefused(Fault.BAD_NAME, "Its name is none for a file here. " + e.getMessage());
        }
    }

    private boolean remember(String key, Instant timestamp, boolean isOwn, long nowMillis) {
        if (!hasRoom(nowMillis)) {
            return false;
        }
        seen.put(key, new Seen(timestamp.toEpochMilli() + Limits.ANNOUNCEMENT_SKEW_MILLIS, isOwn));
        return true;
    }

    private boolean hasRoom(long nowMillis) {
        long sweepEveryMillis = seen.size() < maxSeen ? SWEEP_EVERY_MILLIS : SWEEP_FULL_EVERY_MILLIS;
        if (Math.abs(nowMillis - sweptAtMillis) >= sweepEveryMillis) {
            // Not those of this very moment: they are not stale yet.
            seen.values().removeIf(each -> each.untilMillis() < nowMillis);
            sweptAtMillis = nowMillis;
        }
        return seen.size() < maxSeen;
    }

    private static String key(byte[] content) {
        return HexFormat.of().formatHex(SignedJson.hash(content));
    }
}
