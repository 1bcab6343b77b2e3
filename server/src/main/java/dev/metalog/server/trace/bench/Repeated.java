package dev.metalog.server.trace.bench;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.EventRunsBuilder;
import dev.metalog.protocol.codec.RunKind;

/**
 * A history that happens several times in a row, by the same writers: each time in front of what the times before have left,
 * so that all positions are the same again, and after all of it.
 */
final class Repeated {
    private final EventRuns once;
    private final int[] onceHeads;
    private final EventRunsBuilder builder = new EventRunsBuilder();
    private final int[] replicas;
    private final int[] nextSeqs;
    /** The version that everything so far leads to. */
    private int[] heads = {};

    private Repeated(EventRuns once, Version tip) {
        this.once = once;
        this.onceHeads = tip.events().stream().mapToInt(this::unitOf).toArray();
        this.replicas = new int[once.writerCount()];
        this.nextSeqs = new int[once.writerCount()];
        for (int writer = 0; writer < replicas.length; writer++) {
            replicas[writer] = builder.replica(once.replica(writer));
        }
    }

    /**
     * @param once a whole history
     * @param tip the version it leads to
     */
    static EventRuns all(EventRuns once, Version tip, int times) {
        Repeated repeated = new Repeated(once, tip);
        for (int i = 0; i < times; i++) {
            repeated.add();
        }
        return repeated.builder.build();
    }

    /**
     * The same, and each time the text of the time before is deleted afterwards: in the end it is as long as once.
     *
     * @param length of that text
     */
    static EventRuns replacing(EventRuns once, Version tip, int times, int length) {
        Repeated repeated = new Repeated(once, tip);
        for (int i = 0; i < times; i++) {
            repeated.add();
            if (i > 0 && length > 0) {
                repeated.deleteBehind(length);
            }
        }
        return repeated.builder.build();
    }

    private int unitOf(EventId id) {
        for (int run = 0; run < once.count(); run++) {
            int offset = id.seq() - once.seq(run);
            if (offset >= 0
                    && offset < once.length(run)
                    && once.replica(once.writer(run)).equals(id.replica())) {
                return once.firstUnit(run) + offset;
            }
        }
        throw new IllegalArgumentException("The history has no event " + id + ".");
    }

    private void add() {
        int base = builder.units();
        for (int run = 0; run < once.count(); run++) {
            int writer = once.writer(run);
            int length = once.length(run);
            int[] parents = once.follows(run) ? null : parents(run, base);
            if (once.kind(run) == RunKind.INSERTION) {
                char[] text = new char[length];
                once.copyContent(once.contentStart(run), length, text, 0);
                builder.insertion(replicas[writer], nextSeqs[writer], parents, once.position(run), text, 0, length);
            } else {
                builder.deletion(
                        once.kind(run), replicas[writer], nextSeqs[writer], parents, once.position(run), length);
            }
            nextSeqs[writer] += length;
        }
        heads = onceHeads.clone();
        for (int i = 0; i < heads.length; i++) {
            heads[i] += base;
        }
    }

    private int[] parents(int run, int base) {
        int[] parents = once.parents(run);
        if (parents.length == 0) {
            return heads;
        }
        for (int i = 0; i < parents.length; i++) {
            parents[i] += base;
        }
        return parents;
    }

    private void deleteBehind(int length) {
        builder.deletion(RunKind.DELETION, replicas[0], nextSeqs[0], heads, length, length);
        nextSeqs[0] += length;
        heads = new int[] {builder.units() - 1};
    }
}
