package dev.metalog.server.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.metalog.server.workspace.Effect;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What proves that a device signed two histories of a document, as JSON that a person can read and hand to others. */
final class ContradictionForm {
    private static final String ABOUT =
            "A device signed two histories of one document under one name. 'proof' shows that to anybody, with the id of"
                    + " the document and nothing else: how it is checked stands in docs/format-events.md, under 'Two histories'. It"
                    + " may hold up to 64 keys of the document's text, no secret, and no key that anything is sealed with.";

    private ContradictionForm() {}

    /** Apart from that of a text that differs, which may be found at the same moment. */
    static String name(Effect.KeepContradiction found) {
        return EvidenceForm.name(found.wallMillis(), found.document().id()) + "-"
                + found.by().writer().value();
    }

    static byte[] encode(Effect.KeepContradiction found) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("about", ABOUT);
        form.put("time", Instant.ofEpochMilli(found.wallMillis()).toString());
        form.put("document", found.document().id().value());
        form.put("path", found.document().path().value());
        form.put("peer", found.by().peer().value());
        form.put("device", found.by().device().value());
        form.put("fingerprint", found.by().device().fingerprint());
        form.put("writer", found.by().writer().value());
        form.put("proof", found.proof());
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(form);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Strings and bytes can be written.", e);
        }
    }
}
