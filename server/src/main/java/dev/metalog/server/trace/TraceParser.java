package dev.metalog.server.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the JSON of a trace, token by token, into memory. Three forms, all of which count Unicode code points:
 *
 * <pre>
 * sequential   {"startContent": text, "endContent": text, "txns": [{"patches": [patch, ...]}, ...]}
 * concurrent   {"kind": "concurrent", "endContent": text, "txns":
 *                  [{"parents": [index of txn, ...], "agent": number, "patches": [patch, ...]}, ...]}
 * numbered     {"endContent": text, "txns": [{"span": [first event, after the last], "parents": [event, ...],
 *                  "agent": name, "seqStart": number, "ops": [patch, ...]}, ...]}, or a list of such cases
 * patch        [position, deleted length, inserted text]
 * </pre>
 *
 * The first two are those of editing-traces, the third is that of the eg-walker reference and its conformance suite.
 * Fields that are not named here are skipped.
 */
final class TraceParser {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(TraceLimits.JSON_NESTING)
                    .maxStringLength(TraceLimits.TEXT_UNITS)
                    .maxNumberLength(32)
                    .maxNameLength(256)
                    .build())
            .build();

    private final JsonParser json;

    private TraceParser(JsonParser json) {
        this.json = json;
    }

    /** The traces in the JSON: one, or the cases of a suite. */
    static List<RawTrace> parse(InputStream in) throws IOException, BadTraceException {
        try (JsonParser json = JSON.createParser(in)) {
            TraceParser parser = new TraceParser(json);
            List<RawTrace> traces = parser.file();
            if (json.nextToken() != null) {
                throw parser.malformed("something follows the end of the trace");
            }
            return traces;
        }
    }

    private List<RawTrace> file() throws IOException, BadTraceException {
        JsonToken first = json.nextToken();
        if (first == JsonToken.START_OBJECT) {
            return List.of(trace());
        }
        if (first == null) {
            throw malformed("the file is empty");
        }
        if (first != JsonToken.START_ARRAY) {
            throw malformed("a trace is a JSON object, or a list of them; this is neither");
        }
        List<RawTrace> cases = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            found(JsonToken.START_OBJECT, "a case of the suite");
            if (cases.size() == TraceLimits.CASES) {
                throw malformed("there are more than " + TraceLimits.CASES + " cases");
            }
            cases.add(trace());
        }
        if (cases.isEmpty()) {
            throw malformed("the suite has no cases");
        }
        return cases;
    }

    private RawTrace trace() throws IOException, BadTraceException {
        String startContent = "";
        String endContent = null;
        List<RawTransaction> transactions = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = field();
            json.nextToken();
            switch (field) {
                case "startContent" -> startContent = text("startContent");
                case "endContent" -> endContent = text("endContent");
                case "txns" -> transactions = transactions();
                default -> json.skipChildren();
            }
        }
        if (transactions == null || endContent == null) {
            throw malformed("the trace has no \"" + (transactions == null ? "txns" : "endContent")
                    + "\"; the formats that are read are those of editing-traces and of the eg-walker reference");
        }
        return new RawTrace(formatOf(transactions), startContent, endContent, transactions);
    }

    private RawTrace.Format formatOf(List<RawTransaction> transactions) throws BadTraceException {
        int numbered = 0;
        int concurrent = 0;
        for (RawTransaction transaction : transactions) {
            boolean hasParents = transaction.parents() != null;
            if (transaction.hasSpan() && hasParents && transaction.agentName() != null && transaction.seqStart() >= 0) {
                numbered++;
            } else if (!transaction.hasSpan() && hasParents && transaction.agent() >= 0) {
                concurrent++;
            } else if (transaction.hasSpan() || hasParents) {
                throw malformed(
                        "a transaction has some of span, parents, agent and seqStart but not those of one format");
            }
        }
        int all = transactions.size();
        if (numbered == all && all > 0) {
            return RawTrace.Format.NUMBERED;
        }
        if (concurrent == all && all > 0) {
            return RawTrace.Format.CONCURRENT;
        }
        if (numbered + concurrent > 0) {
            throw malformed("the transactions are not all in one format");
        }
        return RawTrace.Format.SEQUENTIAL;
    }

    private List<RawTransaction> transactions() throws IOException, BadTraceException {
        found(JsonToken.START_ARRAY, "the list of transactions");
        List<RawTransaction> transactions = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            found(JsonToken.START_OBJECT, "a transaction");
            if (transactions.size() == TraceLimits.TRANSACTIONS) {
                throw malformed("there are more than " + TraceLimits.TRANSACTIONS + " transactions");
            }
            transactions.add(transaction());
        }
        return transactions;
    }

    private RawTransaction transaction() throws IOException, BadTraceException {
        List<Integer> parents = null;
        int agent = RawTransaction.ABSENT;
        String agentName = null;
        int seqStart = RawTransaction.ABSENT;
        List<Integer> span = List.of(RawTransaction.ABSENT, RawTransaction.ABSENT);
        List<Patch> patches = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = field();
            JsonToken value = json.nextToken();
            switch (field) {
                case "parents" -> parents = numbers("parents");
                case "seqStart" -> seqStart = number("seqStart");
                case "span" -> span = span();
                case "agent" -> {
                    if (value == JsonToken.VALUE_STRING) {
                        agentName = json.getText();
                    } else {
                        agent = number("agent");
                    }
                }
                case "patches", "ops" -> {
                    if (patches != null) {
                        throw malformed("a transaction has both patches and ops");
                    }
                    patches = patches();
                }
                default -> json.skipChildren();
            }
        }
        if (patches == null) {
            throw malformed("a transaction has no patches");
        }
        return new RawTransaction(parents, agent, agentName, seqStart, span.get(0), span.get(1), patches);
    }

    private List<Integer> span() throws IOException, BadTraceException {
        List<Integer> span = numbers("span");
        if (span.size() != 2 || span.get(1) < span.get(0)) {
            throw malformed("a span is [first event, event after the last]");
        }
        return span;
    }

    private List<Patch> patches() throws IOException, BadTraceException {
        found(JsonToken.START_ARRAY, "the list of patches");
        List<Patch> patches = new ArrayList<>(1);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            found(JsonToken.START_ARRAY, "a patch");
            if (patches.size() == TraceLimits.PATCHES) {
                throw malformed("a transaction has more than " + TraceLimits.PATCHES + " patches");
            }
            json.nextToken();
            int position = number("the position of a patch");
            json.nextToken();
            int deleted = number("the deleted length of a patch");
            json.nextToken();
            patches.add(new Patch(position, deleted, text("the inserted text of a patch")));
            // Some recordings add the time.
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                json.nextToken();
            }
            found(JsonToken.END_ARRAY, "the end of the patch");
        }
        return patches;
    }

    private List<Integer> numbers(String what) throws IOException, BadTraceException {
        found(JsonToken.START_ARRAY, what);
        List<Integer> numbers = new ArrayList<>(1);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (numbers.size() == TraceLimits.NUMBERS) {
                throw malformed("a list of numbers is longer than " + TraceLimits.NUMBERS);
            }
            numbers.add(number(what));
        }
        return numbers;
    }

    private int number(String what) throws IOException, BadTraceException {
        found(JsonToken.VALUE_NUMBER_INT, what);
        long value = json.getNumberType() == JsonParser.NumberType.INT ? json.getIntValue() : -1;
        if (value < 0) {
            throw malformed(what + " is no number from 0 to " + Integer.MAX_VALUE + ": " + json.getText());
        }
        return (int) value;
    }

    private String text(String what) throws IOException, BadTraceException {
        found(JsonToken.VALUE_STRING, what);
        String text = json.getText();
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                int point = text.codePointAt(i);
                if (!Character.isSupplementaryCodePoint(point)) {
                    throw malformed(what + " has half a surrogate pair");
                }
                i++;
            }
        }
        return text;
    }

    private String field() throws IOException, BadTraceException {
        found(JsonToken.FIELD_NAME, "a field or the end of the object");
        return json.currentName();
    }

    private void found(JsonToken expected, String what) throws BadTraceException {
        JsonToken token = json.currentToken();
        if (token != expected) {
            throw malformed("expected " + what + ", found "
                    + (token == null ? "the end of the file" : token.name().toLowerCase(Locale.ROOT)));
        }
    }

    private BadTraceException malformed(String why) {
        var at = json.currentLocation();
        return new BadTraceException("line " + at.getLineNr() + ", column " + at.getColumnNr(), why + ".");
    }
}
