package dev.metalog.protocol.editor;

import dev.metalog.protocol.editor.MemberMessages.AnswerParams;
import dev.metalog.protocol.editor.MemberMessages.InviteParams;
import dev.metalog.protocol.editor.MemberMessages.Invited;
import dev.metalog.protocol.editor.MemberMessages.LeaveParams;
import dev.metalog.protocol.editor.MemberMessages.Members;
import dev.metalog.protocol.editor.MemberMessages.RemoveParams;
import dev.metalog.protocol.editor.MemberMessages.RoleParams;
import dev.metalog.protocol.editor.MemberMessages.Told;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.jsonrpc.services.JsonRequest;

/** The requests about who belongs to a workspace. Whoever is invited uses {@code meta-log/join}. */
public interface MemberServer {
    @JsonRequest("meta-log/invite")
    CompletableFuture<Invited> invite(InviteParams params);

    @JsonRequest("meta-log/members")
    CompletableFuture<Members> members();

    @JsonRequest("meta-log/memberAnswer")
    CompletableFuture<Told> memberAnswer(AnswerParams params);

    @JsonRequest("meta-log/memberRole")
    CompletableFuture<Told> memberRole(RoleParams params);

    @JsonRequest("meta-log/memberRemove")
    CompletableFuture<Told> memberRemove(RemoveParams params);

    @JsonRequest("meta-log/memberLeave")
    CompletableFuture<Told> memberLeave(LeaveParams params);
}
