package dev.metalog.server.sync;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.WriterProof;
import dev.metalog.server.authorship.Author;
import dev.metalog.server.authorship.Authors;
import dev.metalog.server.authorship.Authorship;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.quarantine.Quarantine;
import java.util.Random;

/** One document as several people have it, each of whom signs what they write. */
final class SignedDocuments {
    private static final DocumentId ID = DocumentId.fromRandom(new byte[16]);

    private SignedDocuments() {}

    /** The person's device. */
    static DeviceKey device(int number) {
        byte[] entropy = new byte[Mnemonic.ENTROPY_BYTES];
        byte[] device = new byte[DeviceKey.RANDOM_BYTES];
        Random random = new Random(number);
        random.nextBytes(entropy);
        random.nextBytes(device);
        PeerIdentity identity = PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(entropy), "");
        return DeviceKey.create(identity, device, 480_000);
    }

    /** @param number of the person, whose device and name are the same each time */
    static DocumentEvents of(EventGraph graph, int number) {
        byte[] nonce = new byte[WriterProof.NONCE_BYTES];
        new Random(number + 1_000L).nextBytes(nonce);
        Author author = new Author(device(number), nonce);
        return new DocumentEvents(graph, new Authorship(ID, author, new Notary(), Authors.ANYBODY), new Quarantine());
    }
}
