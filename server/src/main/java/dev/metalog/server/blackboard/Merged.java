package dev.metalog.server.blackboard;

import dev.metalog.protocol.blackboard.EntryName;
import java.util.List;

/**
 * What came of a message that was taken in.
 *
 * @param touched the entries that may show something else now, in their order
 * @param news whether anything in it was new, and so must be kept
 * @param complete whether nothing is known to be missing; otherwise it is time to ask
 */
public record Merged(List<EntryName> touched, boolean news, boolean complete) {}
