package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.server.peers.Dealings;
import dev.metalog.server.peers.PeerRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What is known of a peer, as editors are told it. */
final class PeerForm {
    private PeerForm() {}

    /**
     * @param way {@code null} when nothing reaches it now
     * @param bannedUntilMillis until when it gets no direct link, by the clock; 0 if it may have one
     * @param nameOf what something is called that is shared; gives {@code null} when it is not shared here any more
     */
    static PeerMessages.PeerState of(
            PeerRecord record, PeerMessages.Way way, long bannedUntilMillis, Function<DocumentId, String> nameOf) {
        List<PeerMessages.Relation> relations = new ArrayList<>();
        for (PeerRecord.Relation relation : record.relations()) {
            Dealings its = relation.dealings();
            relations.add(
                    0,
                    new PeerMessages.Relation(
                            relation.about().value(),
                            nameOf.apply(relation.about()),
                            time(its.heardAtMillis()),
                            time(its.syncedAtMillis()),
                            exchanges(its),
                            traffic(its),
                            failure(its)));
        }
        Dealings all = record.dealings();
        return new PeerMessages.PeerState(
                record.peer().value(),
                record.status().word(),
                way,
                time(record.firstSeenMillis()),
                time(record.blockedAtMillis()),
                time(bannedUntilMillis),
                record.dropped(),
                time(all.heardAtMillis()),
                time(all.syncedAtMillis()),
                exchanges(all),
                traffic(all),
                failure(all),
                relations);
    }

    private static PeerMessages.Exchanges exchanges(Dealings dealings) {
        double rate = dealings.successRate();
        return new PeerMessages.Exchanges(
                dealings.asked(), dealings.answered(), dealings.unanswered(), rate < 0 ? null : rate);
    }

    private static PeerMessages.Traffic traffic(Dealings dealings) {
        return new PeerMessages.Traffic(
                dealings.bundlesIn(), dealings.bytesIn(), dealings.bundlesOut(), dealings.bytesOut());
    }

    private static PeerMessages.Failure failure(Dealings dealings) {
        return dealings.failedAtMillis() == 0
                ? null
                : new PeerMessages.Failure(time(dealings.failedAtMillis()), dealings.failure());
    }

    private static String time(long wallMillis) {
        return wallMillis == 0 ? null : Instant.ofEpochMilli(wallMillis).toString();
    }
}
