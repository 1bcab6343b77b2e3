package dev.metalog.protocol.editor;

import org.eclipse.lsp4j.jsonrpc.services.JsonNotification;

/** What an editor tells its sidecar of where the person looks. */
public interface PresenceServer {
    @JsonNotification("meta-log/presence")
    void presence(PresenceMessages.Look params);
}
