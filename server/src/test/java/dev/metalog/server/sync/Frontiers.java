package dev.metalog.server.sync;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Version;

/** What a version is called where peers say where they are. */
public record Frontiers(Version version) {
    public Digest digest() {
        return DocumentEvents.frontierOf(version);
    }
}
