package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.MemberMessages;

/** What may be asked about the members of workspaces. */
public sealed interface MemberRequest {
    /** {@code meta-log/invite} */
    record Invite(MemberMessages.InviteParams params) implements MemberRequest {}

    /** {@code meta-log/members} */
    record Listing() implements MemberRequest {}

    /** {@code meta-log/memberAnswer} */
    record Answer(MemberMessages.AnswerParams params) implements MemberRequest {}

    /** {@code meta-log/memberRole} */
    record SetRole(MemberMessages.RoleParams params) implements MemberRequest {}

    /** {@code meta-log/memberRemove} */
    record Remove(MemberMessages.RemoveParams params) implements MemberRequest {}

    /** {@code meta-log/memberLeave} */
    record Leave(MemberMessages.LeaveParams params) implements MemberRequest {}

    /** One method for each kind. */
    interface Handler {
        void invite(Invite request);

        void listing(Listing request);

        void answer(Answer request);

        void setRole(SetRole request);

        void remove(Remove request);

        void leave(Leave request);
    }

    default void dispatch(Handler handler) {
        if (this instanceof Invite invite) {
            handler.invite(invite);
        } else if (this instanceof Listing listing) {
            handler.listing(listing);
        } else if (this instanceof Answer answer) {
            handler.answer(answer);
        } else if (this instanceof SetRole setRole) {
            handler.setRole(setRole);
        } else if (this instanceof Remove remove) {
            handler.remove(remove);
        } else {
            handler.leave((Leave) this);
        }
    }
}
