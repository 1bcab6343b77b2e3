package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.Limits;
import dev.metalog.server.identity.Verdict.Fault;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * One kind of signed statement on the public topics: a JSON object with a type, the time, and under {@code signature} what
 * its author signed, which is the {@linkplain CanonicalJson canonical} bytes of all the rest. Members of a later version
 * are signed like any others.
 *
 * @param type what the member {@code type} says
 * @param maxBytes of one statement
 * @param shapes what else has to be there, as a string that fulfils this
 */
record SignedJson(SigningDomain domain, String type, int maxBytes, Map<String, Predicate<String>> shapes) {
    static final Predicate<String> PEER_ID = shape("peer-[0-9a-f]{40}");

    private static final int MAX_DEPTH = 32;
    private static final Predicate<String> SIGNATURE = shape("0x[0-9a-f]{130}");
    private static final Predicate<String> TIMESTAMP =
            shape("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z");
    private static final JsonMapper JSON = StrictJson.mapper(MAX_DEPTH);
    private static final JsonMapper LENIENT = StrictJson.lenientMapper(MAX_DEPTH);
    private static final JsonMapper INSIDE = StrictJson.mapper(MAX_DEPTH - 1);

    static Predicate<String> shape(String pattern) {
        return Pattern.compile(pattern).asMatchPredicate();
    }

    /** An object that has only its type and time, to be filled and {@linkplain #sign signed}. */
    ObjectNode begin(long nowMillis) {
        return JSON.createObjectNode()
                .put("type", type)
                .put(
                        "timestamp",
                        Instant.ofEpochMilli(nowMillis)
                                .truncatedTo(ChronoUnit.MILLIS)
                                .toString());
    }

    /** Canonical UTF-8 JSON, ready to be published. */
    byte[] sign(PeerIdentity identity, ObjectNode json) throws IdentityRefused {
        json.put("signature", identity.sign(domain, CanonicalJson.bytes(json)));
        return CanonicalJson.text(json).getBytes(StandardCharsets.UTF_8);
    }

    /** Any JSON value that may stand inside a statement, or {@code null}. */
    static JsonNode value(String text) {
        return StrictJson.parse(INSIDE, text.getBytes(StandardCharsets.UTF_8));
    }

    /** What was signed here. */
    static ObjectNode reread(byte[] signed) {
        return (ObjectNode) StrictJson.parse(JSON, signed);
    }

    /** The statement, of which so far only the form is known to be right. */
    ObjectNode read(byte[] payload) throws StatementRefused {
        if (payload.length > maxBytes) {
            throw new StatementRefused(
                    Fault.TOO_LARGE, "It has " + payload.length + " bytes, more than " + maxBytes + ".");
        }
        JsonNode json = StrictJson.parse(JSON, payload);
        if (json == null) {
            throw StrictJson.parse(LENIENT, payload) != null
                    ? new StatementRefused(Fault.DUPLICATE_NAME, "It has a name twice in one object.")
                    : new StatementRefused(Fault.NOT_JSON, "It is not one well-formed JSON value.");
        }
        if (!json.isObject() || !type.equals(json.path("type").textValue())) {
            throw new StatementRefused(Fault.WRONG_SHAPE, "It is not an object of type " + type + ".");
        }
        for (Map.Entry<String, Predicate<String>> member : shapes.entrySet()) {
            need(json, member.getKey(), member.getValue());
        }
        need(json, "timestamp", TIMESTAMP);
        need(json, "signature", SIGNATURE);
        return (ObjectNode) json;
    }

    private static void need(JsonNode json, String name, Predicate<String> shape) throws StatementRefused {
        String value = json.path(name).textValue();
        if (value == null || !shape.test(value)) {
            throw new StatementRefused(Fault.WRONG_SHAPE, "Its member " + name + " is missing or not well-formed.");
        }
    }

    /** When its author said it, which is not long ago. */
    static Instant fresh(ObjectNode json, long nowMillis) throws StatementRefused {
        Instant timestamp;
        try {
            timestamp = Instant.parse(json.get("timestamp").textValue());
        } catch (DateTimeParseException noSuchDay) {
            throw new StatementRefused(Fault.WRONG_SHAPE, "Its timestamp names no moment.");
        }
        Duration apart =
                Duration.between(timestamp, Instant.ofEpochMilli(nowMillis)).abs();
        if (apart.compareTo(Duration.ofMillis(Limits.ANNOUNCEMENT_SKEW_MILLIS)) > 0) {
            throw new StatementRefused(
                    Fault.STALE,
                    "Its timestamp differs from our clock by more than ten minutes. Check the clocks of both machines.");
        }
        return timestamp;
    }

    /** The bytes that its author signed, if anybody did. */
    static byte[] content(ObjectNode json) throws StatementRefused {
        ObjectNode unsigned = json.deepCopy();
        unsigned.remove("signature");
        try {
            return CanonicalJson.bytes(unsigned);
        } catch (IdentityRefused notCanonical) {
            // What has no canonical form cannot have been signed.
            throw new StatementRefused(Fault.FORGED, "It has no form that can be signed.");
        }
    }

    /**
     * Whether the holder of the claimed id signed this. The key is the one that the signature recovers, so there is no
     * other to be taken in by.
     */
    void check(ObjectNode json, byte[] content, String claimedId) throws StatementRefused {
        boolean isTrue = Signatures.recover(
                        domain, content, json.get("signature").textValue())
                .filter(signer -> signer.value().equals(claimedId))
                .isPresent();
        if (!isTrue) {
            throw new StatementRefused(Fault.FORGED, "Its signature is not the one of its peer id.");
        }
    }

    static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }
}
