package dev.metalog.server.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was written of the files that peers sent, one JSON file for each peer, replaced as a whole. It tells what the person
 * changed since, what was sent before what is here, and how much there is: at most {@link Limits#RECEIVED_FILES_OF_ONE} and
 * {@link Limits#RECEIVED_BYTES_OF_ONE} of one peer, and {@link Limits#RECEIVED_BYTES} of {@link Limits#RECEIVED_PEERS}
 * together. What would be more is refused until the person deletes something.
 *
 * <p>One that cannot be read counts as empty, which costs nothing but that the files of that peer count as changed.
 */
final class ReceivedIndex {
    private static final int FORMAT = 1;
    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final String SUFFIX = ".json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * What was written under one name.
     *
     * @param hash of what is there, or of what was about to be written
     * @param hashBefore of what was there before, and is if that did not come about
     */
    record Entry(String hash, String hashBefore, int bytes, long sentAtMillis) {
        boolean wrote(String found) {
            return !found.isEmpty() && (found.equals(hash) || found.equals(hashBefore));
        }
    }

    /** Tells what the person deleted. */
    interface Presence {
        boolean isThere(PeerId peer, DocumentPath path);
    }

    private final StoreFiles files;
    private final Path folder;
    private final Presence presence;
    private Map<PeerId, Map<DocumentPath, Entry>> byPeer;

    ReceivedIndex(StoreFiles files, Path folder, Presence presence) {
        this.files = files;
        this.folder = folder;
        this.presence = presence;
    }

    /** What was written there last, or {@code null}. */
    Entry entry(PeerId peer, DocumentPath path) throws StoreRefused {
        return entries().getOrDefault(peer, Map.of()).get(path);
    }

    /** On disk when this returns. */
    void put(PeerId peer, DocumentPath path, Entry entry) throws StoreRefused {
        if (!hasRoom(peer, path, entry)) {
            forgetWhatIsGone();
            if (!hasRoom(peer, path, entry)) {
                throw new StoreRefused(
                        StoreRefused.Reason.TOO_LARGE,
                        folder,
                        "There is no more room for files that peers send: " + Limits.RECEIVED_FILES_OF_ONE
                                + " files and " + (Limits.RECEIVED_BYTES_OF_ONE >> 20) + " MiB of one peer, and "
                                + (Limits.RECEIVED_BYTES >> 20) + " MiB of " + Limits.RECEIVED_PEERS + " peers.",
                        "Delete what you do not need in the folder " + ReceivedFiles.FOLDER + ".");
            }
        }
        Map<DocumentPath, Entry> changed = new LinkedHashMap<>(entries().getOrDefault(peer, Map.of()));
        changed.put(path, entry);
        OwnerOnly.createFolder(folder);
        OwnerOnly.replace(files, folder.resolve(peer.value() + SUFFIX), encode(changed));
        entries().put(peer, changed);
    }

    private boolean hasRoom(PeerId peer, DocumentPath path, Entry entry) throws StoreRefused {
        Map<DocumentPath, Entry> own = entries().getOrDefault(peer, Map.of());
        Entry before = own.get(path);
        int more = entry.bytes() - (before == null ? 0 : before.bytes());
        long all = 0;
        for (Map<DocumentPath, Entry> each : entries().values()) {
            all += bytes(each);
        }
        return (before != null || own.size() < Limits.RECEIVED_FILES_OF_ONE)
                && bytes(own) + more <= Limits.RECEIVED_BYTES_OF_ONE
                && all + more <= Limits.RECEIVED_BYTES
                && (entries().containsKey(peer) || entries().size() < Limits.RECEIVED_PEERS);
    }

    private static long bytes(Map<DocumentPath, Entry> entries) {
        return entries.values().stream().mapToLong(Entry::bytes).sum();
    }

    /** Of a peer that has nothing here any more, the file that says so goes too. */
    private void forgetWhatIsGone() throws StoreRefused {
        for (PeerId peer : entries().keySet().toArray(PeerId[]::new)) {
            Map<DocumentPath, Entry> left = new LinkedHashMap<>(entries().get(peer));
            if (left.keySet().removeIf(path -> !presence.isThere(peer, path))) {
                Path file = folder.resolve(peer.value() + SUFFIX);
                if (left.isEmpty()) {
                    delete(file);
                    entries().remove(peer);
                } else {
                    OwnerOnly.replace(files, file, encode(left));
                    entries().put(peer, left);
                }
            }
        }
    }

    private void delete(Path file) throws StoreRefused {
        try {
            files.delete(file);
        } catch (IOException e) {
            throw StoreRefused.because(file, "Deleting it", e);
        }
    }

    private Map<PeerId, Map<DocumentPath, Entry>> entries() throws StoreRefused {
        if (byPeer == null) {
            Map<PeerId, Map<DocumentPath, Entry>> read = new HashMap<>();
            if (files.exists(folder)) {
                for (Path file : list()) {
                    String name = file.getFileName().toString();
                    if (name.matches("peer-[0-9a-f]{40}\\.json")) {
                        read.put(new PeerId(name.substring(0, name.length() - SUFFIX.length())), read(file));
                    }
                }
            }
            byPeer = read;
        }
        return byPeer;
    }

    private Iterable<Path> list() throws StoreRefused {
        try {
            return files.list(folder);
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Listing what was received", e);
        }
    }

    private Map<DocumentPath, Entry> read(Path file) throws StoreRefused {
        byte[] bytes = OwnerOnly.read(files, file, MAX_FILE_BYTES);
        try {
            return decode(bytes);
        } catch (IOException | IllegalArgumentException unreadable) {
            return new LinkedHashMap<>();
        }
    }

    private static byte[] encode(Map<DocumentPath, Entry> entries) {
        ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
        ArrayNode list = json.putArray("files");
        entries.forEach((path, entry) -> list.addObject()
                .put("path", path.value())
                .put("sha256", entry.hash())
                .put("sha256Before", entry.hashBefore())
                .put("bytes", entry.bytes())
                .put("sentAt", entry.sentAtMillis()));
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static Map<DocumentPath, Entry> decode(byte[] bytes) throws IOException {
        Map<DocumentPath, Entry> entries = new LinkedHashMap<>();
        JsonNode json = JSON.readTree(bytes);
        if (json.path("format").asInt() != FORMAT) {
            throw new IllegalArgumentException("It is of another format.");
        }
        for (JsonNode entry : json.path("files")) {
            entries.put(
                    new DocumentPath(entry.path("path").asText()),
                    new Entry(
                            entry.path("sha256").asText(),
                            entry.path("sha256Before").asText(),
                            entry.path("bytes").asInt(),
                            entry.path("sentAt").asLong()));
        }
        return entries;
    }
}
