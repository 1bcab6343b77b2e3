package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which documents of one workspace its members say that they have: what a member can open without another invitation. Said among
 * members, sealed like everything there, kept by nobody: who is here says it again.
 *
 * <pre>
 * meta-log/offers/1
 * (id) (path)        a line for each
 * </pre>
 *
 * <p>Bounds: what does not fit into {@value #MOST_BYTES} bytes is not said. What a peer says takes the place of all it said before.
 * Of more than {@value #MOST_PEERS} peers the one that said it longest ago is forgotten, and of more than {@value
 * Limits#WORKSPACE_DOCUMENTS} documents together no more are listed.
 */
final class Offers {
    static final int MOST_BYTES = Limits.BATCH_BYTES;
    static final int MOST_PEERS = Limits.MEMBERS;

    private static final String HEAD = "meta-log/offers/1\n";
    private static final byte[] MAGIC = HEAD.getBytes(StandardCharsets.US_ASCII);

    private final Map<PeerId, Map<DocumentId, DocumentPath>> said = new LinkedHashMap<>();

    static byte[] encode(List<SharedDocument> documents) {
        StringBuilder text = new StringBuilder(HEAD);
        int bytes = MAGIC.length;
        for (SharedDocument document : documents) {
            String line = document.id().value() + " " + document.path().value() + "\n";
            bytes += line.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MOST_BYTES) {
                break;
            }
            text.append(line);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether something that was said among members is such a list. */
    static boolean isOne(byte[] bytes) {
        if (bytes.length < MAGIC.length) {
            return false;
        }
        for (int i = 0; i < MAGIC.length; i++) {
            if (bytes[i] != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    /** @throws IllegalArgumentException if it is none, and then nothing of it counts */
    void heard(PeerId from, byte[] bytes) {
        if (!isOne(bytes) || bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException("This is no list of documents.");
        }
        Map<DocumentId, DocumentPath> documents = new LinkedHashMap<>();
        String text = new String(bytes, MAGIC.length, bytes.length - MAGIC.length, StandardCharsets.UTF_8);
        for (String line : text.split("\n")) {
            int space = line.indexOf(' ');
            if (space > 0) {
                documents.put(new DocumentId(line.substring(0, space)), new DocumentPath(line.substring(space + 1)));
            } else if (!line.isEmpty()) {
                throw new IllegalArgumentException("A line of a list of documents has an id and a path.");
            }
        }
        said.remove(from);
        said.put(from, documents);
        if (said.size() > MOST_PEERS) {
            said.remove(said.keySet().iterator().next());
        }
    }

    /** What is offered by these, by path; of one that two call otherwise, what was said last. */
    List<Offer> of(List<PeerId> members) {
        Map<DocumentId, Offer> all = new LinkedHashMap<>();
        said.forEach((peer, documents) -> {
            if (members.contains(peer)) {
                documents.forEach((id, path) -> {
                    if (all.size() < Limits.WORKSPACE_DOCUMENTS || all.containsKey(id)) {
                        all.put(id, new Offer(id, path, peer));
                    }
                });
            }
        });
        Map<String, Offer> inOrder = new TreeMap<>();
        all.values()
                .forEach(offer ->
                        inOrder.put(offer.path().value() + " " + offer.id().value(), offer));
        return List.copyOf(inOrder.values());
    }

    /** @param from who said last that they have it */
    record Offer(DocumentId id, DocumentPath path, PeerId from) {}
}
