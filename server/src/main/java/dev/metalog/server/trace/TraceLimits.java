package dev.metalog.server.trace;

import dev.metalog.protocol.Limits;

/** The bounds of what is read as a trace; a file that goes beyond one is refused whole. */
final class TraceLimits {
    /** JSON, unpacked. The largest public trace is a fifth of it. */
    static final long JSON_BYTES = 256L << 20;
    /** Transactions of one trace, and patches of one transaction. */
    static final int TRANSACTIONS = 4_000_000;

    static final int PATCHES = 1_000_000;
    /** Cases of one suite. */
    static final int CASES = 100_000;
    /** One text in the file, in UTF-16 code units: a document's. */
    static final int TEXT_UNITS = Limits.DOCUMENT_UNITS;
    /** Writers of one trace; numbers of writers are below it. */
    static final int WRITERS = 1_000_000;

    /** Parents of one transaction in the file; of distinct events at most {@link Limits#EVENT_PARENTS}. */
    static final int NUMBERS = 4 * Limits.EVENT_PARENTS;

    static final int JSON_NESTING = 16;

    private TraceLimits() {}
}
