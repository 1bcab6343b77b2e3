package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.membership.LeaveRequest;
import dev.metalog.server.membership.Member;
import dev.metalog.server.membership.MembershipLog;
import dev.metalog.server.membership.invite.SpokenCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Carries out what is asked about the members of workspaces. */
final class MemberDesk implements MemberRequest.Handler {
    private static final String NO_NAME = "owner";

    private final DeviceKey device;
    private final Memberships memberships;
    private final Invitations invitations;
    private final Sharing sharing;
    private final Federation federation;
    private final Timeline time;
    private final Outbox out;
    private Ticket ticket;

    MemberDesk(
            DeviceKey device,
            Memberships memberships,
            Invitations invitations,
            Sharing sharing,
            Federation federation,
            Timeline time,
            Outbox out) {
        this.device = device;
        this.memberships = memberships;
        this.invitations = invitations;
        this.sharing = sharing;
        this.federation = federation;
        this.time = time;
        this.out = out;
    }

    void ask(Ticket from, MemberRequest request) {
        ticket = from;
        request.dispatch(this);
    }

    /** {@code meta-log/join} with an invitation into a workspace. */
    void join(Ticket from, EditorMessages.JoinParams params) {
        ticket = from;
        MemberName name = name(params.name(), "guest");
        if (name != null) {
            invitations.ask(from, params.invitation(), name, params.uri(), Boolean.TRUE.equals(params.allow()));
        }
    }

    @Override
    public void invite(MemberRequest.Invite request) {
        MemberMessages.InviteParams params = request.params();
        boolean isCode = "code".equals(params.kind());
        if (!isCode && params.kind() != null && !params.kind().equals("link")) {
            out.refuse(ticket, EditorError.BAD_PARAMS, "An invitation is a 'link' or a 'code'.");
            return;
        }
        MemberRole role = role(params.role() == null ? "write" : params.role());
        MemberName name = role == null ? null : name(params.name(), NO_NAME);
        if (name == null) {
            return;
        }
        if (invitations.isFull()) {
            out.refuse(
                    ticket,
                    EditorError.LIMIT,
                    Invitations.MOST_OPEN + " invitations are open already. Wait until some of them are used or over.");
            return;
        }
        LiveMembership own = memberships.own();
        LiveMembership membership = own == null ? memberships.begin(name) : own;
        WorkspaceId workspace = membership.shared().workspace();
        LiveDocument live = sharing.share(ticket, params.uri(), workspace, time.millis());
        if (live == null) {
            return;
        }
        if (!workspace.equals(live.shared().workspace())) {
            out.refuse(
                    ticket,
                    EditorError.BAD_PARAMS,
                    live.shared().path() + " is shared already with whoever has its invitation, or belongs to another"
                            + " workspace. Stop sharing it, then invite again: its text stays.");
            return;
        }
        boolean yes = Boolean.TRUE.equals(params.yes());
        String invitation = isCode
                ? invitations.byCode(membership, live, role, yes).spoken()
                : invitations.byLink(membership, live, role, yes).encode();
        long validMillis = isCode ? SpokenCode.VALID_MILLIS : WorkspaceInvitation.VALID_MILLIS;
        out.answer(
                ticket,
                new MemberMessages.Invited(
                        workspace.value(),
                        live.shared().id().value(),
                        live.shared().path().value(),
                        invitation,
                        Instant.ofEpochMilli(time.wallMillis() + validMillis).toString()));
    }

    private MemberRole role(String word) {
        for (MemberRole role : List.of(MemberRole.WRITE, MemberRole.READ)) {
            if (Invitations.word(role).equals(word)) {
                return role;
            }
        }
        out.refuse(ticket, EditorError.BAD_PARAMS, "A member may 'write' or 'read', and not '" + word + "'.");
        return null;
    }

    private MemberName name(String wanted, String otherwise) {
        try {
            return new MemberName(wanted == null || wanted.isBlank() ? otherwise : wanted.strip());
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_PARAMS, e.getMessage());
            return null;
        }
    }

    @Override
    public void listing(MemberRequest.Listing request) {
        List<MemberMessages.Workspace> workspaces = new ArrayList<>();
        for (LiveMembership membership : memberships.all()) {
            workspaces.add(form(membership));
        }
        out.answer(ticket, new MemberMessages.Members(workspaces));
    }

    private MemberMessages.Workspace form(LiveMembership membership) {
        MembershipLog log = membership.log();
        WorkspaceId workspace = membership.shared().workspace();
        return new MemberMessages.Workspace(
                workspace.value(),
                log.owner().map(PeerId::value).orElse(null),
                log.role(device.certificate().device()).map(Invitations::word).orElse(null),
                log.epoch(),
                log.members().stream().map(member -> form(member, workspace)).toList(),
                invitations.waiting(membership),
                memberships.documentsOf(workspace).stream()
                        .map(live -> live.shared().path().value())
                        .toList(),
                membership.offers().stream()
                        .map(offer -> new MemberMessages.Offered(
                                offer.id().value(),
                                offer.path().value(),
                                offer.from().value()))
                        .toList());
    }

    /**
     * {@code meta-log/join} with the id of a document that a member has: whoever belongs to a workspace may open all of it.
     *
     * @return whether it is one
     */
    boolean joinOffered(Ticket from, EditorMessages.JoinParams params) {
        for (LiveMembership membership : memberships.all()) {
            for (Offers.Offer offer : membership.offers()) {
                if (offer.id().value().equals(params.invitation())) {
                    SharedDocument place = sharing.place(
                            offer.id(),
                            offer.path(),
                            params.uri(),
                            membership.shared().broker(),
                            membership.shared().workspace());
                    sharing.join(from, place, Boolean.TRUE.equals(params.allow()), time.millis());
                    return true;
                }
            }
        }
        return false;
    }

    private MemberMessages.Member form(Member member, WorkspaceId workspace) {
        List<String> twoHistories = memberships.documentsOf(workspace).stream()
                .filter(live -> live.contradictions().has(member.device()))
                .map(live -> live.shared().path().value())
                .toList();
        return new MemberMessages.Member(
                member.peer().value(),
                member.name().value(),
                member.device().value(),
                member.device().fingerprint(),
                Invitations.word(member.role()),
                member.device().equals(device.certificate().device()),
                twoHistories.isEmpty() ? null : twoHistories);
    }

    @Override
    public void answer(MemberRequest.Answer request) {
        MemberMessages.AnswerParams params = request.params();
        MemberRole role = params.role() == null ? null : role(params.role());
        if (params.role() != null && role == null) {
            return;
        }
        String told = invitations.decide(params.request(), params.approve(), role);
        if (told == null) {
            out.refuse(
                    ticket,
                    EditorError.UNKNOWN_PEER,
                    "Nobody asks to be let in under '" + params.request() + "' any more.");
        } else {
            out.answer(ticket, new MemberMessages.Told(told));
        }
    }

    @Override
    public void setRole(MemberRequest.SetRole request) {
        MemberMessages.RoleParams params = request.params();
        MemberRole role = role(params.role());
        LiveMembership membership = role == null ? null : owned(params.workspace());
        PeerId peer = membership == null ? null : member(membership, params.peerId());
        if (peer == null) {
            return;
        }
        if (membership.log().roleOf(peer).filter(role::equals).isPresent()) {
            out.answer(ticket, new MemberMessages.Told("Nothing to change: that is what they may already."));
        } else if (memberships.setRole(membership, peer, role)) {
            out.answer(
                    ticket,
                    new MemberMessages.Told(peer.shortForm() + " may " + Invitations.word(role) + " from now on."));
        } else {
            refuseFull();
        }
    }

    @Override
    public void remove(MemberRequest.Remove request) {
        MemberMessages.RemoveParams params = request.params();
        LiveMembership membership = owned(params.workspace());
        PeerId peer = membership == null ? null : member(membership, params.peerId());
        if (peer == null) {
            return;
        }
        if (memberships.remove(membership, peer)) {
            out.answer(
                    ticket,
                    new MemberMessages.Told(
                            peer.shortForm() + " is out. What is written from now on is sealed under a key that"
                                    + " it does not get, and what it writes counts nowhere. It keeps what it has read: that"
                                    + " cannot be taken back."));
        } else {
            refuseFull();
        }
    }

    private void refuseFull() {
        out.refuse(
                ticket,
                EditorError.LIMIT,
                "The list of members takes no more changes. Begin another workspace and invite everybody again.");
    }

    @Override
    public void leave(MemberRequest.Leave request) {
        LiveMembership membership = known(request.params().workspace());
        if (membership == null) {
            return;
        }
        if (memberships.owns(membership)) {
            out.refuse(
                    ticket,
                    EditorError.BAD_PARAMS,
                    "The owner cannot leave. Put the others out, or stop sharing the documents.");
            return;
        }
        membership.say(LeaveRequest.sign(device, membership.shared().workspace(), memberships.minutes()));
        for (LiveDocument live : memberships.documentsOf(membership.shared().workspace())) {
            sharing.leave(live);
        }
        memberships.forget(membership);
        out.answer(
                ticket,
                new MemberMessages.Told("This folder has nothing of that workspace any more; your texts stay. "
                        + (federation.isConnected()
                                ? "The owner was asked to put you out, and does if it is online now; until then you are on"
                                        + " the list."
                                : "No broker is connected, so the owner could not be asked to put you out: you are on the"
                                        + " list until it does by itself.")));
    }

    private LiveMembership known(String workspace) {
        LiveMembership membership = null;
        try {
            membership = workspace == null ? memberships.own() : memberships.of(new WorkspaceId(workspace));
        } catch (IllegalArgumentException e) {
            // It is none at all.
        }
        if (membership == null) {
            out.refuse(
                    ticket,
                    EditorError.BAD_PARAMS,
                    workspace == null
                            ? "No workspace was begun here yet. Invite somebody first."
                            : "This folder has nothing of a workspace " + workspace
                                    + ". 'meta-log members' lists them.");
        }
        return membership;
    }

    private LiveMembership owned(String workspace) {
        LiveMembership membership = known(workspace);
        if (membership != null && !memberships.owns(membership)) {
            out.refuse(ticket, EditorError.BAD_PARAMS, "Only the owner of a workspace decides who belongs to it.");
            return null;
        }
        return membership;
    }

    private PeerId member(LiveMembership membership, String peerId) {
        PeerId peer = null;
        try {
            peer = new PeerId(peerId);
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_PARAMS, e.getMessage());
            return null;
        }
        MemberRole role = membership.log().roleOf(peer).orElse(null);
        if (role == null) {
            out.refuse(ticket, EditorError.UNKNOWN_PEER, peer + " is no member. 'meta-log members' lists them.");
            return null;
        }
        if (role == MemberRole.OWNER) {
            out.refuse(ticket, EditorError.BAD_PARAMS, peer + " owns the workspace; that cannot be changed.");
            return null;
        }
        return peer;
    }
}
