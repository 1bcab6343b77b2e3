package dev.metalog.protocol.editor;

import dev.metalog.protocol.editor.BlackboardMessages.BoardJoinParams;
import dev.metalog.protocol.editor.BlackboardMessages.BoardJoined;
import dev.metalog.protocol.editor.BlackboardMessages.Entry;
import dev.metalog.protocol.editor.BlackboardMessages.Found;
import dev.metalog.protocol.editor.BlackboardMessages.Invited;
import dev.metalog.protocol.editor.BlackboardMessages.ListParams;
import dev.metalog.protocol.editor.BlackboardMessages.Listed;
import dev.metalog.protocol.editor.BlackboardMessages.NameParams;
import dev.metalog.protocol.editor.BlackboardMessages.SyncParams;
import dev.metalog.protocol.editor.BlackboardMessages.Synced;
import dev.metalog.protocol.editor.BlackboardMessages.WatchParams;
import dev.metalog.protocol.editor.BlackboardMessages.WriteParams;
import dev.metalog.protocol.editor.EditorMessages.Done;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.jsonrpc.services.JsonRequest;

/** The requests about the workspace's blackboard. What is answered is kept: a write is on disk before its answer. */
public interface BlackboardServer {
    @JsonRequest("meta-log/blackboardGet")
    CompletableFuture<Found> blackboardGet(NameParams params);

    @JsonRequest("meta-log/blackboardList")
    CompletableFuture<Listed> blackboardList(ListParams params);

    @JsonRequest("meta-log/blackboardSet")
    CompletableFuture<Entry> blackboardSet(WriteParams params);

    @JsonRequest("meta-log/blackboardDelete")
    CompletableFuture<Done> blackboardDelete(NameParams params);

    @JsonRequest("meta-log/blackboardAdd")
    CompletableFuture<Entry> blackboardAdd(WriteParams params);

    @JsonRequest("meta-log/blackboardRemove")
    CompletableFuture<Done> blackboardRemove(WriteParams params);

    @JsonRequest("meta-log/blackboardWatch")
    CompletableFuture<Done> blackboardWatch(WatchParams params);

    @JsonRequest("meta-log/blackboardUnwatch")
    CompletableFuture<Done> blackboardUnwatch();

    @JsonRequest("meta-log/blackboardSync")
    CompletableFuture<Synced> blackboardSync(SyncParams params);

    @JsonRequest("meta-log/blackboardInvite")
    CompletableFuture<Invited> blackboardInvite();

    @JsonRequest("meta-log/blackboardJoin")
    CompletableFuture<BoardJoined> blackboardJoin(BoardJoinParams params);
}
