package dev.metalog.server.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.protocol.editor.PeerMessages.Exchanges;
import dev.metalog.protocol.editor.PeerMessages.Failure;
import dev.metalog.protocol.editor.PeerMessages.PeerState;
import dev.metalog.protocol.editor.PeerMessages.Relation;
import dev.metalog.protocol.editor.PeerMessages.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Peers as text: for people, and as lines of JSON with the members of the editor protocol. */
final class PeerLines {
    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();
    private static final String NEVER = "never";

    private PeerLines() {}

    static String json(Object form) {
        try {
            return JSON.writeValueAsString(form);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("It is made of texts and numbers.", impossible);
        }
    }

    static String line(PeerMessages.Separation apart) {
        String through = apart.through().isEmpty()
                ? "what they write passes through nobody that is known"
                : "what they write passes through " + String.join(" and ", apart.through());
        return apart.first() + " and " + apart.second() + " do not hear each other; " + through + ".";
    }

    static String table(List<PeerState> peers) {
        if (peers.isEmpty()) {
            return "No peer was heard of in this workspace yet.\n";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PEER", "STATUS", "WAY", "LAST HEARD", "LAST SYNCED", "ANSWERED", "IN", "OUT", "SHARED"));
        for (PeerState peer : peers) {
            rows.add(List.of(
                    peer.peerId(),
                    peer.status(),
                    way(peer),
                    time(peer.lastHeard()),
                    time(peer.lastSynced()),
                    answered(peer.exchanges()),
                    size(peer.traffic().bytesIn()),
                    size(peer.traffic().bytesOut()),
                    Integer.toString(peer.relations().size())));
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(other -> other.get(at).length())
                        .max()
                        .orElse(0);
                line.append(row.get(column))
                        .append(" ".repeat(width - row.get(column).length() + 2));
            }
            table.append(line.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }

    private static String way(PeerState peer) {
        String banned = peer.bannedUntil() == null ? "" : " (no direct link until " + time(peer.bannedUntil()) + ")";
        return reached(peer) + banned;
    }

    private static String reached(PeerState peer) {
        if (peer.way() == null) {
            return "-";
        }
        return (peer.way().kind() + " " + String.join(", ", peer.way().addresses())).strip();
    }

    /** All that is known of one. */
    static String page(PeerState peer) {
        StringBuilder page = new StringBuilder(peer.peerId() + "\n");
        line(page, "", "status", peer.status());
        line(page, "", "way", way(peer));
        if (peer.blockedAt() != null) {
            line(page, "", "blocked since", time(peer.blockedAt()));
        }
        if (peer.dropped() > 0) {
            line(page, "", "dropped messages", Long.toString(peer.dropped()));
        }
        line(page, "", "first seen", time(peer.firstSeen()));
        dealings(page, "", peer.lastHeard(), peer.lastSynced(), peer.exchanges(), peer.traffic(), peer.failure());
        for (Relation relation : peer.relations()) {
            page.append("  ")
                    .append(
                            relation.path() == null
                                    ? relation.documentId() + " (not shared any more)"
                                    : relation.path())
                    .append('\n');
            dealings(
                    page,
                    "  ",
                    relation.lastHeard(),
                    relation.lastSynced(),
                    relation.exchanges(),
                    relation.traffic(),
                    relation.failure());
        }
        return page.toString();
    }

    private static void dealings(
            StringBuilder page,
            String indent,
            String heard,
            String synced,
            Exchanges exchanges,
            Traffic traffic,
            Failure failure) {
        line(page, indent, "last heard", time(heard));
        line(page, indent, "last synced", time(synced));
        line(page, indent, "answered", answered(exchanges));
        line(page, indent, "came", traffic.bundlesIn() + " bundles, " + size(traffic.bytesIn()));
        line(page, indent, "went, as it asked", traffic.bundlesOut() + " bundles, " + size(traffic.bytesOut()));
        if (failure != null) {
            line(
                    page,
                    indent,
                    "last failure",
                    time(failure.at()) + " " + failure.why().replaceAll("\\p{Cntrl}+", " "));
        }
    }

    private static void line(StringBuilder page, String indent, String name, String value) {
        page.append(String.format(Locale.ROOT, "  %s%-18s %s%n", indent, name, value));
    }

    private static String answered(Exchanges exchanges) {
        if (exchanges.successRate() == null) {
            return exchanges.asked() == 0 ? "not asked" : "asked " + exchanges.asked();
        }
        long settled = exchanges.answered() + exchanges.unanswered();
        return String.format(
                Locale.ROOT, "%d of %d (%.0f %%)", exchanges.answered(), settled, 100 * exchanges.successRate());
    }

    private static String time(String time) {
        return time == null ? NEVER : time.replaceAll("\\.[0-9]+Z$", "Z");
    }

    private static String size(long bytes) {
        if (bytes < 1_024) {
            return bytes + " B";
        }
        return bytes < 1 << 20 ? bytes / 1_024 + " KiB" : bytes / (1 << 20) + " MiB";
    }
}
