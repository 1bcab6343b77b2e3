package dev.metalog.server.workspace;

/**
 * What the conductor is told at its start and never changes.
 *
 * @param workspaceUri the folder's URI, without a slash at its end
 * @param identityCreated whether this run made the identity
 * @param topicPrefix of the public topics, such as {@code canvasl}
 * @param broker the broker to meet others at; empty to stay alone
 * @param brokerEmbedded whether that is the one which sidecars of this machine host themselves
 */
public record Settings(
        String workspaceUri, boolean identityCreated, String topicPrefix, String broker, boolean brokerEmbedded) {}
