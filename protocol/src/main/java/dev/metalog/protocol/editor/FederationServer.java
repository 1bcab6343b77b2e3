package dev.metalog.protocol.editor;

import dev.metalog.protocol.editor.FederationMessages.SendFileParams;
import dev.metalog.protocol.editor.FederationMessages.SendMessageParams;
import dev.metalog.protocol.editor.FederationMessages.Sent;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.jsonrpc.services.JsonRequest;

/** The requests about what peers send each other in public, signed. */
public interface FederationServer {
    @JsonRequest("meta-log/sendFile")
    CompletableFuture<Sent> sendFile(SendFileParams params);

    @JsonRequest("meta-log/sendMessage")
    CompletableFuture<Sent> sendMessage(SendMessageParams params);
}
