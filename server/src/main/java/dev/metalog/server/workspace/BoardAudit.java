package dev.metalog.server.workspace;

import dev.metalog.protocol.Digest;
import dev.metalog.server.blackboard.Blackboard;

/**
 * Where the shared blackboard stands.
 *
 * @param frontier equal where the same writes are known
 * @param content equal where the same stands
 * @param board to be read only
 */
public record BoardAudit(Digest frontier, Digest content, Blackboard board) {}
