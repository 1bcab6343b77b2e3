package dev.metalog.server.workspace;

import dev.metalog.server.authorship.Authors;
import dev.metalog.server.identity.DocumentKey;

/** What a shared document is sealed with, and whose writing counts in it. */
interface ShareKeys {
    /** One that nobody else has, while none was given to us. */
    DocumentKey of(SharedDocument shared);

    Authors authorsOf(SharedDocument shared);

    /** Whether the person may type here. Who was put out may: their copy is their own, and nobody is sent it. */
    boolean mayWrite(SharedDocument shared);
}
