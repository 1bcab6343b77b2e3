package dev.metalog.protocol.editor;

import dev.metalog.protocol.editor.PeerMessages.Decided;
import dev.metalog.protocol.editor.PeerMessages.LinkTested;
import dev.metalog.protocol.editor.PeerMessages.PeerParams;
import dev.metalog.protocol.editor.PeerMessages.PeerState;
import dev.metalog.protocol.editor.PeerMessages.PeerStates;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.jsonrpc.services.JsonRequest;

/** The requests about the peers of the workspace: what was seen of each, and whom the person blocks. */
public interface PeerServer {
    @JsonRequest("meta-log/peerList")
    CompletableFuture<PeerStates> peerList();

    @JsonRequest("meta-log/peerShow")
    CompletableFuture<PeerState> peerShow(PeerParams params);

    @JsonRequest("meta-log/peerBlock")
    CompletableFuture<Decided> peerBlock(PeerParams params);

    @JsonRequest("meta-log/peerUnblock")
    CompletableFuture<Decided> peerUnblock(PeerParams params);

    @JsonRequest("meta-log/linkTest")
    CompletableFuture<LinkTested> linkTest(PeerParams params);
}
