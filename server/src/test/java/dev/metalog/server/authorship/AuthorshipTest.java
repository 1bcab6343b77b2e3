package dev.metalog.server.authorship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.SignedEventsCodec;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.membership.Folk;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AuthorshipTest {
    private static final DocumentId DOCUMENT = DocumentId.fromRandom(new byte[16]);

    /** Names cost nothing, so what is refused of one must leave nothing behind. */
    @Test
    void nothingStaysOfNamesOfWhichNothingWasTakenIn() throws Exception {
        Random random = new Random(5);
        EventGraph graph = new EventGraph();
        Author self = new Author(Folk.device(Folk.person(1), 1), new byte[WriterProof.NONCE_BYTES]);
        Authorship authorship = new Authorship(DOCUMENT, self, new Notary(), Authors.ANYBODY);
        DocumentId elsewhere = DocumentId.fromRandom(Folk.random(random, 16));
        for (int i = 0; i < 50; i++) {
            byte[] nonce = Folk.random(random, WriterProof.NONCE_BYTES);
            Forger forger = new Forger(elsewhere, Folk.device(Folk.person(2), 2), nonce);
            byte[] chunk = forger.sign(Event.insertion(forger.id(0), List.of(), 0, "x"))
                    .bytes();
            assertThat(authorship.check(SignedEventsCodec.decode(chunk), graph).why())
                    .contains("something else");
        }
        assertThat(authorship.trees()).isZero();
    }
}
