package dev.metalog.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.TextEdit;
import dev.metalog.server.eventgraph.EventGraph;
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

    private static double perSecond(int count, long beganNanos) {
        return count * 1e9 / (System.nanoTime() - beganNanos);
    }
}
