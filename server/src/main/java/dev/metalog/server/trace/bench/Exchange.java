package dev.metalog.server.trace.bench;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.server.eventgraph.EventGraph;

/** Two write in different places of one document, at the same time, key by key; each key is encoded and taken in. */
final class Exchange {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");

    private final Samples samples = new Samples(2 * Keys.COUNT);

    /** @param text the one that both have */
    Exchange(EventGraph annas, EventGraph bens, String text) throws RunFailedException {
        int annasPlace = Keys.annasPlace(text);
        int bensPlace = Keys.bensPlace(text);
        for (int key = 0; key < Keys.COUNT; key++) {
            int annasBefore = annas.eventCount();
            int bensBefore = bens.eventCount();
            annas.type(ANNA, new TextEdit(annasPlace + key, 0, "a"));
            bens.type(BEN, new TextEdit(bensPlace + 2 * key, 0, "b"));
            long began = System.nanoTime();
            byte[] fromAnna = annas.updateSince(annasBefore);
            long annaSent = System.nanoTime();
            byte[] fromBen = bens.updateSince(bensBefore);
            long benSent = System.nanoTime();
            Ours.admit(bens, fromAnna);
            long annaCame = System.nanoTime();
            Ours.admit(annas, fromBen);
            long benCame = System.nanoTime();
            samples.add((double) (annaSent - began + annaCame - benSent));
            samples.add((double) (benSent - annaSent + benCame - annaCame));
        }
        if (!annas.text().equals(bens.text())) {
            throw new RunFailedException("the two texts differ");
        }
    }

    /** What a key took. */
    double micros(double percentile) {
        return samples.percentile(percentile) / 1e3;
    }
}
