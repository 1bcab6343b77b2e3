package dev.metalog.protocol;

/**
 * A proof by itself, without the events that it is of.
 *
 * @param end of the writer's units before this one
 */
public record NamedProof(ReplicaId writer, int end, WriterProof proof) {
    public NamedProof {
        if (end < 1) {
            throw new IllegalArgumentException("A proof is of one unit at least.");
        }
    }
}
