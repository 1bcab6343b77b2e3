package dev.metalog.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.authorship.Postings;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.identity.DeviceKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What signing costs; prints figures and holds nobody to them. */
class AuthorshipFiguresTest {
    private static final int KEYS = 10_000;

    @Test
    void keysAreSignedCheckedAndMerged() {
        for (int round = 0; round < 3; round++) {
            DocumentEvents author = SignedDocuments.of(new EventGraph(), 1);
            List<Chunk> chunks = new ArrayList<>();
            long began = System.nanoTime();
            for (int i = 0; i < KEYS; i++) {
                EventGraph graph = author.graph();
                // Here and there, as people do.
                int at = i % 50 == 0 ? graph.length() / 2 : graph.length();
                for (Bundle bundle :
                        graph.edit(author.authorship().self(), graph.tip(), List.of(new TextEdit(at, 0, "k")))) {
                    chunks.add(author.sign(bundle));
                }
            }
            double signed = perSecond(chunks.size(), began);
            DocumentEvents reader = SignedDocuments.of(new EventGraph(), 2);
            began = System.nanoTime();
            for (Chunk chunk : chunks) {
                assertThat(reader.admit(chunk).kind()).isEqualTo(Verdict.Kind.ADDED);
            }
            double merged = perSecond(chunks.size(), began);
            assertThat(reader.content()).isEqualTo(author.content());
            System.out.printf(
                    "bundles of one key: %,.0f a second typed and signed, %,.0f a second checked and merged%n",
                    signed, merged);
        }
    }

    @Test
    void whatIsPutOnABlackboardIsSignedAndChecked() {
        DeviceKey device = SignedDocuments.device(1);
        DocumentId board = DocumentId.fromRandom(new byte[16]);
        for (int round = 0; round < 3; round++) {
            Postings author = new Postings(device, new Notary());
            Postings reader = new Postings(device, new Notary());
            List<Posting> signed = new ArrayList<>();
            long began = System.nanoTime();
            for (int i = 0; i < KEYS; i++) {
                Posting posting = new Posting(
                        new EntryName("figures", "entry-" + i),
                        Posting.Kind.VALUE,
                        EntryValue.of("{\"status\":\"active\",\"count\":" + i + "}"),
                        0,
                        device.certificate().peer(),
                        1);
                signed.add(posting.with(author.sign(board, new EventId(new ReplicaId("w"), i), posting)));
            }
            double signings = perSecond(KEYS, began);
            began = System.nanoTime();
            for (int i = 0; i < KEYS; i++) {
                assertThat(reader.check(board, new EventId(new ReplicaId("w"), i), signed.get(i)))
                        .isNull();
            }
            System.out.printf(
                    "entries of a blackboard: %,.0f a second signed, %,.0f a second checked%n",
                    signings, perSecond(KEYS, began));
        }
    }

    private static double perSecond(int count, long beganNanos) {
        return count * 1e9 / (System.nanoTime() - beganNanos);
    }
}
