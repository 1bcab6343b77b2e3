package dev.metalog.server.blackboard;

import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.blackboard.Posting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is seen of an entry when several postings stand side by side: the last of {@link Posted#LAST_WINS} decides whether
 * it is a value or a set, and which value; of a set each member counts once.
 *
 * <p>Who wins is decided before anybody looks at a clock: an expired winner is not seen, and does not let the loser
 * through. Otherwise what somebody wrote against would come back when the other's time is over.
 */
final class Shown {
    private Shown() {}

    /** Returns {@code null} when nothing is seen. */
    static Entry entry(EntryName name, List<Posted> standing, long nowMillis) {
        if (standing.isEmpty()) {
            return null;
        }
        Posted winner = winner(standing);
        List<Posted> seen = new ArrayList<>();
        for (Posted posted : candidates(winner, standing)) {
            if (!posted.posting().isExpired(nowMillis)) {
                seen.add(posted);
            }
        }
        return seen.isEmpty() ? null : new Entry(name, winner.posting().kind(), seen);
    }

    /** The value, or the winner for each member, whether expired or not. */
    static List<Posted> candidates(Posted winner, List<Posted> standing) {
        if (winner.posting().kind() == Posting.Kind.VALUE) {
            return List.of(winner);
        }
        Map<String, Posted> byValue = new TreeMap<>();
        for (Posted posted : standing) {
            if (posted.posting().kind() == Posting.Kind.MEMBER) {
                EntryValue value = posted.posting().value();
                byValue.merge(value.json(), posted, (a, b) -> Posted.LAST_WINS.compare(a, b) < 0 ? b : a);
            }
        }
        return new ArrayList<>(byValue.values());
    }

    static Posted winner(List<Posted> standing) {
        Posted winner = standing.get(0);
        for (Posted posted : standing) {
            if (Posted.LAST_WINS.compare(winner, posted) < 0) {
                winner = posted;
            }
        }
        return winner;
    }
}
