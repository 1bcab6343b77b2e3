package dev.metalog.protocol.editor;

import java.util.List;

/** What editors and their sidecar say to each other about the members of workspaces. */
public final class MemberMessages {
    private MemberMessages() {}

    /**
     * {@code meta-log/invite}. The first invitation begins a workspace, which this installation owns.
     *
     * @param uri the document that whoever is invited opens first; it becomes the workspace's
     * @param kind {@code link}, which is sent, or {@code code}, which is read out. Absent: a link
     * @param role {@code write} or {@code read}. Absent: write
     * @param name what the owner is called among the members. Absent: the name of before, or {@code owner}
     * @param yes whether whoever has the invitation is let in without being looked at
     */
    public record InviteParams(String uri, String kind, String role, String name, Boolean yes) {}

    /**
     * The answer.
     *
     * @param invitation to be handed to one person
     * @param expires ISO 8601
     */
    public record Invited(String workspace, String documentId, String path, String invitation, String expires) {}

    /**
     * {@code meta-log/memberAsks}: somebody wants to be let in.
     *
     * @param request names it in the answer
     * @param name what they want to be called; whoever asks chose it
     * @param fingerprint to be compared with what the other one reads out
     * @param role what they are invited for
     */
    public record Asks(String workspace, String request, String name, String peerId, String fingerprint, String role) {}

    /**
     * {@code meta-log/memberAnswer}.
     *
     * @param role another one than they were invited for; absent: that one
     */
    public record AnswerParams(String request, boolean approve, String role) {}

    /**
     * {@code meta-log/memberRole}.
     *
     * @param workspace absent: the one that is owned here
     * @param role {@code write} or {@code read}
     */
    public record RoleParams(String workspace, String peerId, String role) {}

    /**
     * {@code meta-log/memberRemove}: out with all their devices, and the others get another key.
     *
     * @param workspace absent: the one that is owned here
     */
    public record RemoveParams(String workspace, String peerId) {}

    /** {@code meta-log/memberLeave}: this folder has nothing of that workspace any more; the texts stay. */
    public record LeaveParams(String workspace) {}

    /** What was done, for the person. */
    public record Told(String explanation) {}

    /**
     * A device that belongs to a workspace.
     *
     * @param role {@code owner}, {@code write} or {@code read}
     * @param self whether it is this one
     * @param twoHistories paths of documents of which it is proved to have signed two different histories; absent: none
     */
    public record Member(
            String peerId,
            String name,
            String device,
            String fingerprint,
            String role,
            boolean self,
            List<String> twoHistories) {}

    /**
     * A workspace that this folder has documents of.
     *
     * @param owner the peer that decides who belongs to it
     * @param role of this device; absent if it was put out
     * @param epoch how many keys there have been: one more for each removal
     * @param asking who waits for an answer of this installation
     * @param documents paths of those that are live here
     * @param offered those that members who are here have, and this folder has not
     */
    public record Workspace(
            String workspace,
            String owner,
            String role,
            int epoch,
            List<Member> members,
            List<Asks> asking,
            List<String> documents,
            List<Offered> offered) {}

    /**
     * A document of the workspace that is not live here: {@code meta-log/join} with its id as the invitation opens it.
     *
     * @param peerId a member who has it
     */
    public record Offered(String documentId, String path, String peerId) {}

    /** The answer to {@code meta-log/members}. */
    public record Members(List<Workspace> workspaces) {}
}
