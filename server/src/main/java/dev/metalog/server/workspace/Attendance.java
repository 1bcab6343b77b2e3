package dev.metalog.server.workspace;

import dev.metalog.protocol.Version;
import dev.metalog.server.presence.Company;
import dev.metalog.server.presence.Speaking;

/** Who attends to one live document: the others, and what was said of ourselves. */
final class Attendance {
    final Company company = new Company();
    final Speaking speaking = new Speaking();
    /** Counts what may change what is shown of the others. */
    int edition;
    /** What the company has caught up with. */
    Version tip = Version.ROOT;
    /** For whose carets we spoke last, or {@code null}. */
    View spokenFor;

    void touched(boolean changed) {
        edition += changed ? 1 : 0;
    }
}
