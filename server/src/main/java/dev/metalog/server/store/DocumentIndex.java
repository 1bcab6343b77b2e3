package dev.metalog.server.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The list of a workspace's documents, at most {@value #MAX_DOCUMENTS}, in one JSON file that is replaced as a whole with
 * every change. One thread may call it, and only the holder of the workspace's lock.
 */
public final class DocumentIndex {
    /** How many documents a workspace may have; then a further one is refused. */
    public static final int MAX_DOCUMENTS = 10_000;

    /**
     * 2: logs have segments, which programs that know format 1 would not find. 3: documents may belong to a workspace, which
     * those that know format 2 would share with whoever has the secret.
     */
    private static final int FORMAT = 3;

    private static final int MAX_FILE_BYTES = 64 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final StoreFiles files;
    private final Path file;
    private final int format;
    private Map<String, DocumentEntry> byUri;

    private DocumentIndex(StoreFiles files, Path file, int format, Map<String, DocumentEntry> byUri) {
        this.files = files;
        this.format = format;
        this.file = file;
        this.byUri = byUri;
    }

    /** @throws StoreRefused also when the file is damaged or newer; it is left untouched, since it holds the only secrets */
    static DocumentIndex load(StoreFiles files, Path file) throws StoreRefused {
        DocumentIndex index = read(files, file);
        if (files.exists(file) && index.format < FORMAT) {
            // Before anything is written that an older program would not see.
            index.write(index.byUri);
        }
        return index;
    }

    /** The same without changing anything. */
    static DocumentIndex read(StoreFiles files, Path file) throws StoreRefused {
        if (!files.exists(file)) {
            return new DocumentIndex(files, file, FORMAT, new LinkedHashMap<>());
        }
        JsonNode json = parse(file, OwnerOnly.readSecret(files, file, MAX_FILE_BYTES));
        int format = json.path("format").asInt();
        if (format > FORMAT) {
            throw new StoreRefused(
                    StoreRefused.Reason.NEWER_FORMAT,
                    file,
                    "A newer meta-log wrote it. It was left untouched.",
                    "Start that newer version, or move this file away.");
        }
        Map<String, DocumentEntry> entries = new LinkedHashMap<>();
        try {
            for (JsonNode entry : json.withArray("/documents")) {
                String uri = text(entry, "uri");
                entries.put(
                        uri,
                        new DocumentEntry(
                                uri,
                                new DocumentId(text(entry, "documentId")),
                                new DocumentPath(text(entry, "path")),
                                text(entry, "secret"),
                                text(entry, "brokerHint"),
                                entry.has("workspace") ? new WorkspaceId(text(entry, "workspace")) : null));
            }
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            throw damaged(file, "An entry is not well-formed.");
        }
        return new DocumentIndex(files, file, format, entries);
    }

    private static JsonNode parse(Path file, byte[] bytes) throws StoreRefused {
        JsonNode json;
        try {
            json = JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw damaged(file, "It is not JSON.");
        } catch (IOException e) {
            throw StoreRefused.because(file, "Reading it", e);
        }
        if (!json.isObject() || json.path("format").asInt() < 1) {
            throw damaged(file, "It is not a list of documents.");
        }
        return json;
    }

    private static String text(JsonNode entry, String name) {
        JsonNode value = entry.path(name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("Member " + name + " is no string.");
        }
        return value.textValue();
    }

    private static StoreRefused damaged(Path file, String why) {
        return new StoreRefused(
                StoreRefused.Reason.DAMAGED,
                file,
                why + " It was left untouched.",
                "Restore it from a backup, or move it away and join the documents again.");
    }

    /** All documents, in the order in which they were put first. */
    public List<DocumentEntry> entries() {
        return List.copyOf(byUri.values());
    }

    public Optional<DocumentEntry> byUri(String uri) {
        return Optional.ofNullable(byUri.get(uri));
    }

    /** Adds a document, or replaces what is known of its URI; on disk when this returns. */
    public void put(DocumentEntry entry) throws StoreRefused {
        if (!byUri.containsKey(entry.uri()) && byUri.size() >= MAX_DOCUMENTS) {
            throw new StoreRefused(
                    StoreRefused.Reason.TOO_LARGE,
                    file,
                    "This workspace has " + MAX_DOCUMENTS + " documents already.",
                    "Stop sharing some of them, or open another workspace.");
        }
        Map<String, DocumentEntry> changed = new LinkedHashMap<>(byUri);
        changed.put(entry.uri(), entry);
        write(changed);
    }

    /** Forgets the document of a URI; nothing happens when there is none. On disk when this returns. */
    public void remove(String uri) throws StoreRefused {
        if (!byUri.containsKey(uri)) {
            return;
        }
        Map<String, DocumentEntry> changed = new LinkedHashMap<>(byUri);
        changed.remove(uri);
        write(changed);
    }

    private void write(Map<String, DocumentEntry> changed) throws StoreRefused {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", FORMAT);
        ArrayNode documents = json.putArray("documents");
        for (DocumentEntry entry : changed.values()) {
            ObjectNode one = documents.addObject();
            one.put("uri", entry.uri())
                    .put("documentId", entry.documentId().value())
                    .put("path", entry.path().value())
                    .put("secret", entry.secretBase32())
                    .put("brokerHint", entry.brokerHint());
            if (entry.workspace() != null) {
                one.put("workspace", entry.workspace().value());
            }
        }
        OwnerOnly.replace(files, file, (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
        byUri = changed;
    }
}
