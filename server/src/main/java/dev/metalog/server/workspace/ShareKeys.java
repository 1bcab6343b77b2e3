package dev.metalog.server.workspace;

import dev.metalog.server.authorship.Authors;
import dev.metalog.server.identity.DocumentKey;

/** What a shared document is sealed with, and whose writing counts in it. */
interface ShareKeys {
    /** One that nobody else has, while none was given to us. */
    DocumentKey of(SharedDocument shared);

    Authors authorsOf(SharedDocument shared);

    /** Whether what is typed here counts with the others. */
    boolean mayWrite(SharedDocument shared);
}
