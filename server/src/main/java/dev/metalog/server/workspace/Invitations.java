package dev.metalog.server.workspace;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.membership.MembershipLog;
import dev.metalog.server.membership.invite.Asking;
import dev.metalog.server.membership.invite.Invited;
import dev.metalog.server.membership.invite.Inviting;
import dev.metalog.server.membership.invite.Question;
import dev.metalog.server.membership.invite.SpokenCode;
import dev.metalog.server.membership.invite.Welcome;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Invitations that were made here and wait for somebody, and those that were got and wait to be let in. Both speak on a topic
 * of their own, which tells a broker nothing.
 *
 * <p>Bounds: {@value #MOST_OPEN} made here; one more is refused until one is used or over. {@value #MOST_ASKING} asked for,
 * and as many known that were granted; the oldest makes room.
 */
final class Invitations {
    static final int MOST_OPEN = 64;
    static final int MOST_ASKING = 16;

    /**
     * One that was made here.
     *
     * @param kept what is kept of a link; {@code null} for a code
     */
    private record Open(
            String request,
            Inviting inviting,
            LiveMembership membership,
            MemberRole role,
            boolean yes,
            DocumentId first,
            InvitationRecord kept) {}

    /** One that somebody here got. */
    private record Asked(Ticket ticket, Asking asking, String uri, boolean allowed, String broker) {}

    /** What an invitation that was used led to; known as long as a code would be good. */
    private record Granted(Asking.Joined joined, long untilMillis) {}

    private final DeviceKey device;
    private final Memberships memberships;
    private final Federation federation;
    private final Sharing sharing;
    private final RandomBytes random;
    private final Timeline time;
    private final Outbox out;
    /** By topic. */
    private final Map<String, Open> open = new LinkedHashMap<>();

    private final Map<String, Asked> asked = new LinkedHashMap<>();
    private final Map<String, String> told = new LinkedHashMap<>();
    /**
     * Who let us in lately, by topic. An invitation is good for once, and the person may have to say more than that before
     * the document can be here: under which name, or that they do want it.
     */
    private final Map<String, Granted> granted = new LinkedHashMap<>();

    Invitations(
            DeviceKey device,
            Memberships memberships,
            Federation federation,
            Sharing sharing,
            RandomBytes random,
            Timeline time,
            Outbox out) {
        this.device = device;
        this.memberships = memberships;
        this.federation = federation;
        this.sharing = sharing;
        this.random = random;
        this.time = time;
        this.out = out;
    }

    // Made here.

    /** Whether one more can be made. */
    boolean isFull() {
        settleOpen();
        return open.size() >= MOST_OPEN;
    }

    WorkspaceInvitation byLink(LiveMembership membership, LiveDocument first, MemberRole role, boolean yes) {
        WorkspaceInvitation link = new WorkspaceInvitation(
                membership.shared().workspace(),
                random.draw(32),
                federation.meetingPlace(),
                first.shared().path());
        InvitationRecord record = new InvitationRecord(
                link, role, yes, first.shared().id(), time.wallMillis() + WorkspaceInvitation.VALID_MILLIS, null);
        membership.keep(record);
        add(membership, record);
        return link;
    }

    private void add(LiveMembership membership, InvitationRecord record) {
        long until =
                time.millis() + Math.min(record.untilMillis() - time.wallMillis(), WorkspaceInvitation.VALID_MILLIS);
        add(
                Inviting.byLink(record.link(), random.draw(Inviting.RANDOM_BYTES), until),
                membership,
                record.first(),
                record.role(),
                record.yes(),
                record);
    }

    /** Links that were made before the last restart are good for as long as they were. */
    void restore() {
        for (LiveMembership membership : memberships.all()) {
            for (InvitationRecord record : membership.links()) {
                if (record.untilMillis() > time.wallMillis() && open.size() < MOST_OPEN) {
                    add(membership, record);
                }
            }
        }
    }

    SpokenCode byCode(LiveMembership membership, LiveDocument first, MemberRole role, boolean yes) {
        SpokenCode code = SpokenCode.fromRandom(random.draw(SpokenCode.RANDOM_BYTES));
        while (open.containsKey(topic(code.topicTag()))) {
            code = SpokenCode.fromRandom(random.draw(SpokenCode.RANDOM_BYTES));
        }
        long until = time.millis() + SpokenCode.VALID_MILLIS;
        Inviting inviting = Inviting.byCode(code, random.draw(Inviting.RANDOM_BYTES), until);
        add(inviting, membership, first.shared().id(), role, yes, null);
        return code;
    }

    private void add(
            Inviting inviting,
            LiveMembership membership,
            DocumentId first,
            MemberRole role,
            boolean yes,
            InvitationRecord kept) {
        String topic = topic(inviting.topicTag());
        String request = "ask-" + Long.toString(out.nextNumber(), Character.MAX_RADIX);
        open.put(topic, new Open(request, inviting, membership, role, yes, first, kept));
        out.add(new Effect.Subscribe(topic));
    }

    private static String topic(String tag) {
        return Channel.TOPIC + tag;
    }

    /** Who waits for an answer of the person here, in one workspace. */
    List<MemberMessages.Asks> waiting(LiveMembership membership) {
        List<MemberMessages.Asks> waiting = new ArrayList<>();
        for (Open one : open.values()) {
            if (one.membership().equals(membership) && isPending(one)) {
                waiting.add(asks(one));
            }
        }
        return waiting;
    }

    private boolean isPending(Open one) {
        return one.inviting().state(time.millis()) == Inviting.State.PENDING;
    }

    private static MemberMessages.Asks asks(Open one) {
        Question question = one.inviting().question().orElseThrow();
        return new MemberMessages.Asks(
                one.membership().shared().workspace().value(),
                one.request(),
                question.name().value(),
                question.certificate().peer().value(),
                question.certificate().device().fingerprint(),
                word(one.role()));
    }

    static String word(MemberRole role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The person decided.
     *
     * @param role {@code null}: what they were invited for
     * @return what was done; {@code null} when nobody asks under that name
     */
    String decide(String request, boolean approve, MemberRole role) {
        for (Map.Entry<String, Open> entry : open.entrySet()) {
            Open one = entry.getValue();
            if (one.request().equals(request) && isPending(one)) {
                String name = one.inviting().question().orElseThrow().name().value();
                if (!approve) {
                    say(entry.getKey(), one.inviting().reject(time.millis()));
                    return name + " was not let in, and is told so.";
                }
                return letIn(entry.getKey(), one, role == null ? one.role() : role)
                        ? name + " is a member now."
                        : name + " cannot be let in: " + why(one);
            }
        }
        return null;
    }

    private static String why(Open one) {
        DeviceId device = one.inviting().question().orElseThrow().certificate().device();
        return one.membership().log().certificate(device).isPresent()
                ? "this device was put out, and a device never comes back. On that machine, end the editors, run"
                        + " 'meta-log identity new-device', and ask again."
                : "the workspace has as many members or records as it may have.";
    }

    private boolean letIn(String topic, Open one, MemberRole role) {
        LiveMembership membership = one.membership();
        Question question = one.inviting().question().orElseThrow();
        PeerId peer = question.certificate().peer();
        boolean isOwn = peer.equals(membership.log().owner().orElseThrow());
        boolean isIn = membership.log().role(question.certificate().device()).isPresent()
                || memberships.add(
                        membership, question.certificate(), question.name(), isOwn ? MemberRole.OWNER : role);
        if (!isIn) {
            return false;
        }
        List<Invited> documents = new ArrayList<>();
        for (LiveDocument live : memberships.documentsOf(membership.shared().workspace())) {
            Invited document = new Invited(live.shared().id(), live.shared().path());
            documents.add(live.shared().id().equals(one.first()) ? 0 : documents.size(), document);
        }
        Welcome welcome =
                new Welcome(membership.shared().workspace(), membership.log().records(0, Integer.MAX_VALUE), documents);
        say(topic, one.inviting().approve(welcome, time.millis()));
        return true;
    }

    // Got from somebody.

    /** Whether this is an invitation into a workspace, and not to one document alone. */
    static boolean isInvitation(String text) {
        String plain = text.strip();
        return plain.startsWith(WorkspaceInvitation.PREFIX)
                || (plain.length() > 6 && plain.substring(0, 6).chars().allMatch(Character::isDigit));
    }

    /** Asks to be let in; answered when the document is here, or it was not granted. */
    void ask(Ticket ticket, String invitation, MemberName name, String uri, boolean allowed) {
        if (asked.size() >= MOST_ASKING) {
            out.refuse(ticket, EditorError.LIMIT, MOST_ASKING + " invitations wait for an answer already.");
            return;
        }
        Asking asking;
        String broker = federation.meetingPlace();
        byte[] drawn = random.draw(Asking.RANDOM_BYTES);
        try {
            if (invitation.strip().startsWith(WorkspaceInvitation.PREFIX)) {
                WorkspaceInvitation link = WorkspaceInvitation.decode(invitation);
                asking = Asking.byLink(link, device, name, drawn, time.millis());
                broker = link.broker().isEmpty() ? broker : link.broker();
            } else {
                asking = Asking.byCode(SpokenCode.parse(invitation), device, name, drawn, time.millis());
            }
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_INVITATION, e.getMessage());
            return;
        }
        String topic = topic(asking.topicTag());
        if (open.containsKey(topic)) {
            out.refuse(ticket, EditorError.BAD_INVITATION, "This invitation was made here. Give it to somebody else.");
            return;
        }
        if (!broker.isEmpty() && federation.isFederated()) {
            federation.reach(broker);
        }
        Asked one = new Asked(ticket, asking, uri, allowed, broker);
        Granted before = granted.get(topic);
        if (before != null && time.millis() < before.untilMillis()) {
            enter(one, before.joined());
            return;
        }
        if (asked.containsKey(topic)) {
            out.refuse(ticket, EditorError.BAD_INVITATION, "This invitation is being asked for already.");
            return;
        }
        asked.put(topic, one);
        out.add(new Effect.Subscribe(topic));
        out.add(new Effect.Show(
                ticket.editor(),
                "Asking to be let in. If the owner wants to know that it is you, read this out: "
                        + device.certificate().device().fingerprint()));
        say(topic, asking.tick(time.millis()));
    }

    /** It may be the first that can tell the person who waits. */
    void editorCame() {
        for (Open one : open.values()) {
            if (isPending(one)) {
                out.add(new Effect.TellMemberAsks(asks(one)));
            }
        }
    }

    void editorWent(EditorId editor) {
        stop(ticket -> ticket.editor().equals(editor));
    }

    /** Nobody waits for that any more. */
    void cancelled(Ticket ticket) {
        stop(ticket::equals);
    }

    private void stop(Predicate<Ticket> which) {
        for (Map.Entry<String, Asked> entry : List.copyOf(asked.entrySet())) {
            if (which.test(entry.getValue().ticket())) {
                end(entry.getKey());
            }
        }
    }

    // What both hear.

    boolean hears(String topic) {
        return open.containsKey(topic) || asked.containsKey(topic);
    }

    void received(String topic, byte[] payload) {
        Open one = open.get(topic);
        if (one != null) {
            boolean wasPending = isPending(one);
            List<byte[]> answer = one.inviting().hear(payload, time.millis());
            say(topic, answer);
            if (!wasPending && isPending(one)) {
                asks(topic, one);
            }
        }
        Asked other = asked.get(topic);
        if (other != null) {
            say(topic, other.asking().hear(payload, time.millis()));
            settle(topic, other);
        }
    }

    private void asks(String topic, Open one) {
        DeviceId asker = one.inviting().question().orElseThrow().certificate().device();
        if (one.kept() != null
                && one.kept().usedBy() != null
                && !one.kept().usedBy().equals(asker)) {
            // It was used before the last restart.
            say(topic, one.inviting().reject(time.millis()));
            return;
        }
        if (one.kept() != null) {
            one.membership().keep(one.kept().by(asker));
        }
        boolean isMember = one.membership().log().role(asker).isPresent();
        if (one.yes() || isMember) {
            letIn(topic, one, one.role());
        } else {
            out.add(new Effect.TellMemberAsks(asks(one)));
        }
    }

    private void say(String topic, List<byte[]> messages) {
        for (byte[] message : messages) {
            long token = out.nextNumber();
            for (String broker : federation.brokers()) {
                out.add(new Effect.Publish(broker, topic, message, 1, false, token));
            }
        }
    }

    void wake() {
        for (Map.Entry<String, Asked> entry : List.copyOf(asked.entrySet())) {
            say(entry.getKey(), entry.getValue().asking().tick(time.millis()));
            settle(entry.getKey(), entry.getValue());
        }
        settleOpen();
    }

    private void settleOpen() {
        for (Iterator<Map.Entry<String, Open>> all = open.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, Open> one = all.next();
            if (time.millis() >= one.getValue().inviting().untilMillis()) {
                all.remove();
                out.add(new Effect.Unsubscribe(one.getKey()));
            }
        }
    }

    long wakeAtMillis() {
        long at = Long.MAX_VALUE;
        for (Open one : open.values()) {
            at = Math.min(at, one.inviting().untilMillis());
        }
        for (Asked one : asked.values()) {
            at = Math.min(at, one.asking().wakeAtMillis());
        }
        return at;
    }

    private void settle(String topic, Asked one) {
        switch (one.asking().state(time.millis())) {
            case MEETING, PROVING, ASKING, COLLECTING -> {
                // It goes on by itself.
            }
            case PENDING -> {
                if (told.put(topic, "pending") == null) {
                    out.add(new Effect.Show(one.ticket().editor(), "The owner is asked whether you may come in."));
                }
            }
            case JOINED -> {
                end(topic);
                Asking.Joined joined = one.asking().joined().orElseThrow();
                granted.put(topic, new Granted(joined, time.millis() + SpokenCode.VALID_MILLIS));
                if (granted.size() > MOST_ASKING) {
                    granted.remove(granted.keySet().iterator().next());
                }
                enter(one, joined);
            }
            case REJECTED, EXPIRED, BURNT, SPOILT -> {
                end(topic);
                out.refuse(
                        one.ticket(), EditorError.BAD_INVITATION, one.asking().why());
            }
        }
    }

    private void end(String topic) {
        asked.remove(topic);
        told.remove(topic);
        out.add(new Effect.Unsubscribe(topic));
    }

    private void enter(Asked one, Asking.Joined joined) {
        MembershipLog log = joined.log();
        LiveMembership membership = memberships.enter(log.workspace(), one.broker(), log.records(0, Integer.MAX_VALUE));
        if (membership == null) {
            out.refuse(one.ticket(), EditorError.BAD_INVITATION, "What came does not let this device in.");
            return;
        }
        if (joined.documents().isEmpty()) {
            out.refuse(
                    one.ticket(),
                    EditorError.UNKNOWN_DOCUMENT,
                    "You are a member now, and the workspace has no document that is open at its owner's.");
            return;
        }
        Invited first = joined.documents().get(0);
        SharedDocument shared;
        try {
            shared = sharing.place(first.document(), first.path(), one.uri(), one.broker(), log.workspace());
        } catch (IllegalArgumentException e) {
            out.refuse(one.ticket(), EditorError.BAD_PARAMS, e.getMessage());
            return;
        }
        sharing.join(one.ticket(), shared, one.allowed(), time.millis());
    }
}
