package dev.metalog.server.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.server.workspace.Aside;
import dev.metalog.server.workspace.Evidence;
import dev.metalog.server.workspace.StoredDocument;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@link Evidence} as JSON that a person can read, and attach to a report. */
final class EvidenceForm {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    private static final String ABOUT =
            "Two texts that should be one differed: the same events of one document, and other"
                    + " text. This file tells what was known about it. It holds TEXT OF THE DOCUMENT, also text that was deleted,"
                    + " and names of files; it holds no key and no secret. Attach it to a report only if others may read that text."
                    + " 'records' are the last of the document's log, as kinds and bodies in base64; docs/format-events.md tells"
                    + " what the bundles of kinds 1 and 6 are, and behind four bytes those of kind 5;"
                    + " the first byte of each tells its form.";

    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared, never a key
    record Item(int kind, byte[] body) {}

    private EvidenceForm() {}

    static String name(Evidence evidence) {
        return name(evidence.wallMillis(), evidence.document());
    }

    static String name(long wallMillis, DocumentId document) {
        return NAME.format(Instant.ofEpochMilli(wallMillis)) + "-"
                + document.value().substring(0, 6);
    }

    static String name(Aside aside) {
        return NAME.format(Instant.ofEpochMilli(aside.sinceMillis())) + "-"
                + aside.document().value().substring(0, 6) + "-" + aside.number();
    }

    static byte[] encode(Evidence evidence) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("about", ABOUT);
        form.put("time", Instant.ofEpochMilli(evidence.wallMillis()).toString());
        form.put("document", evidence.document().value());
        form.put("path", evidence.path());
        form.put("verdict", evidence.verdict());
        form.put(
                "us",
                evidence.us().peer().value() + " boot "
                        + Long.toHexString(evidence.us().boot()));
        form.put("replica", evidence.writer().value());
        form.put("other", evidence.other());
        form.put("version", evidence.version().toString());
        form.put("ourTextSha256", evidence.ours().toString());
        form.put("theirTextSha256", evidence.theirs().toString());
        form.put("textInMemory", evidence.inMemory());
        form.put("textOfEvents", evidence.fromEvents());
        form.put("program", String.valueOf(EvidenceForm.class.getPackage().getImplementationVersion()));
        form.put("java", Runtime.version().toString());
        form.put("peerProtocol", ProtocolRange.OURS.toString());
        List<Item> records = new ArrayList<>();
        for (StoredDocument.Item record : evidence.records()) {
            records.add(new Item(record.kind(), record.body()));
        }
        form.put("recordsLeftOut", evidence.recordsLeftOut());
        form.put("records", records);
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(form);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Strings and numbers can be written.", e);
        }
    }
}
