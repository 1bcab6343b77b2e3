package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.Posting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The oracle: keeps every write it ever heard of and works out from all of them what is shown, as plainly as it can be
 * said. It decides who is right.
 */
final class PlainBlackboard {
    private final Map<EventId, BlackboardWrite> writes = new HashMap<>();

    void hear(BlackboardWrite write) {
        writes.put(write.id(), write);
    }

    /** What somebody would have to show who knows just these. */
    PlainBlackboard of(Predicate<EventId> known) {
        PlainBlackboard some = new PlainBlackboard();
        writes.values().stream().filter(write -> known.test(write.id())).forEach(some::hear);
        return some;
    }

    /** Entry by entry, the texts that are shown, with an {@code =} before a value and a {@code +} before a member. */
    Map<String, List<String>> shown(long nowMillis) {
        Map<String, List<String>> shown = new TreeMap<>();
        Set<EntryName> names = new HashSet<>();
        standing().forEach(write -> names.add(write.posting().name()));
        for (EntryName name : names) {
            List<BlackboardWrite> sideBySide = standing().stream()
                    .filter(write -> write.posting().name().equals(name))
                    .toList();
            Posting winner = last(sideBySide).posting();
            List<String> texts = new ArrayList<>();
            if (winner.kind() == Posting.Kind.VALUE) {
                if (winner.expiresAtMillis() == 0 || nowMillis < winner.expiresAtMillis()) {
                    texts.add("=" + winner.value());
                }
            } else {
                members(sideBySide, nowMillis, texts);
            }
            if (!texts.isEmpty()) {
                shown.put(name.toString(), texts);
            }
        }
        return shown;
    }

    private static void members(List<BlackboardWrite> sideBySide, long nowMillis, List<String> texts) {
        Map<String, List<BlackboardWrite>> byMember = new TreeMap<>();
        for (BlackboardWrite write : sideBySide) {
            if (write.posting().kind() == Posting.Kind.MEMBER) {
                byMember.computeIfAbsent(write.posting().value().json(), json -> new ArrayList<>())
                        .add(write);
            }
        }
        byMember.forEach((member, same) -> {
            long expiresAtMillis = last(same).posting().expiresAtMillis();
            if (expiresAtMillis == 0 || nowMillis < expiresAtMillis) {
                texts.add("+" + member);
            }
        });
    }

    /** The postings that no write erased. */
    private List<BlackboardWrite> standing() {
        Set<EventId> erased = new HashSet<>();
        writes.values().forEach(write -> erased.addAll(write.erased()));
        return writes.values().stream()
                .filter(write -> write.posting() != null && !erased.contains(write.id()))
                .toList();
    }

    private static BlackboardWrite last(List<BlackboardWrite> sideBySide) {
        BlackboardWrite last = sideBySide.get(0);
        for (BlackboardWrite write : sideBySide) {
            int byPeer = write.posting().author().compareTo(last.posting().author());
            if (byPeer > 0 || (byPeer == 0 && write.id().compareTo(last.id()) > 0)) {
                last = write;
            }
        }
        return last;
    }
}
