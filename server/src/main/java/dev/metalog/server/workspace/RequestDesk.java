package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.identity.Signatures;
import dev.metalog.server.identity.SigningDomain;
import dev.metalog.server.text.Text;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Takes an editor's requests and has each carried out by whom it concerns. One method for each request. */
final class RequestDesk implements Request.Handler {
    /** Who carries requests out. */
    interface Staff {
        Outbox out();

        Federation federation();

        Sharing sharing();

        Editors editors();

        Documents documents();

        BlackboardDesk blackboard();

        PeerDesk peers();

        MemberDesk members();

        EditorMessages.Status status();

        List<MetricsMessages.Queue> queues();

        long nowMillis();
    }

    private static final int MOST_FILTER_UNITS = 300;
    /** Of what is subscribed like this, each message goes to one of the subscribers. */
    private static final String SHARED = "$share/";

    private final Staff staff;
    private Ticket ticket;

    RequestDesk(Staff staff) {
        this.staff = staff;
    }

    void ask(Ticket from, Request request) {
        ticket = from;
        request.dispatch(this);
    }

    /** There is a conductor only once the identity is open. */
    @Override
    public void unlock(Request.Unlock request) {
        answer(new EditorMessages.Done());
    }

    @Override
    public void identity(Request.Identity request) {
        answer(staff.federation().identity());
    }

    @Override
    public void status(Request.Status request) {
        answer(staff.status());
    }

    @Override
    public void metrics(Request.Metrics request) {
        staff.out().add(new Effect.Measure(ticket.editor(), ticket.number(), staff.queues()));
    }

    @Override
    public void federationInit(Request.FederationInit request) {
        staff.federation().init(ticket, request.params().broker(), staff.nowMillis());
    }

    @Override
    public void brokerPassword(Request.BrokerPassword request) {
        staff.federation().password(ticket, request.params(), staff.nowMillis());
    }

    @Override
    public void announce(Request.Announce request) {
        staff.federation().announce(ticket, staff.nowMillis());
    }

    @Override
    public void peers(Request.Peers request) {
        answer(new EditorMessages.Peers(staff.federation().table().peers(staff.nowMillis())));
    }

    @Override
    public void share(Request.Share request) {
        staff.sharing().share(ticket, request.params().uri(), staff.nowMillis());
    }

    @Override
    public void join(Request.Join request) {
        if (Invitations.isInvitation(request.params().invitation())) {
            staff.members().join(ticket, request.params());
            return;
        }
        if (!staff.members().joinOffered(ticket, request.params())) {
            staff.sharing().join(ticket, request.params(), staff.nowMillis());
        }
    }

    @Override
    public void leave(Request.Leave request) {
        staff.sharing().leave(ticket, request.params().uri());
    }

    @Override
    public void digest(Request.Digest request) {
        EditorMessages.DigestParams params = request.params();
        OpenDocument document = staff.editors().find(ticket.editor(), params.uri());
        if (document == null) {
            refuse(EditorError.UNKNOWN_DOCUMENT, params.uri() + " is not open in this editor.");
            return;
        }
        Buffer buffer = document.buffer();
        boolean busy = document.view() != null && document.view().isBusy();
        if (busy || document.isTooLong() || buffer.version() != params.version()) {
            answer(new EditorMessages.DigestVerdict("busy"));
            return;
        }
        String ours = sha256(buffer.text());
        boolean equal = ours.equals(params.sha256());
        staff.documents().compared(document, ours, params.sha256());
        answer(new EditorMessages.DigestVerdict(equal ? "equal" : "different"));
    }

    @Override
    public void publish(Request.Publish request) {
        EditorMessages.PublishParams params = request.params();
        if (params.topic().isEmpty()
                || params.topic().startsWith("$")
                || params.topic().contains("+")
                || params.topic().contains("#")) {
            refuse(
                    EditorError.BAD_PARAMS,
                    "A topic to publish on is not empty, has no '+' or '#', and no '$' in front: those are the broker's.");
        } else if (params.qos() != 0 && params.qos() != 1) {
            refuse(EditorError.BAD_PARAMS, "The quality of service is 0 or 1.");
        } else if (staff.peers().isBlocked(staff.federation().post().addressee(params.topic()))) {
            refuse(
                    EditorError.BLOCKED,
                    params.topic() + " is for a peer that you blocked: nothing is sent to it. Unblock it first.");
        } else {
            staff.federation().publish(ticket, params);
        }
    }

    @Override
    public void subscribe(Request.Subscribe request) {
        String filter = request.params().topic();
        if (!isFilter(filter)) {
            refuse(
                    EditorError.BAD_PARAMS,
                    "'" + filter + "' is no topic filter: it has 1 to " + MOST_FILTER_UNITS + " characters, '+' stands"
                            + " alone between slashes, and '#' alone and last.");
            return;
        }
        if (filter.startsWith(SHARED)) {
            refuse(
                    EditorError.BAD_PARAMS,
                    SHARED + "… would take messages away from others who subscribed in the same way. Subscribe to the"
                            + " filter behind it.");
            return;
        }
        staff.out().add(new Effect.Subscribe(filter));
        answer(new EditorMessages.Done());
    }

    @Override
    public void unsubscribe(Request.Unsubscribe request) {
        String filter = request.params().topic();
        if (staff.federation().needs(filter) || filter.startsWith(Channel.TOPIC)) {
            refuse(EditorError.BAD_PARAMS, filter + " is always subscribed, as peers and documents depend on it.");
            return;
        }
        staff.out().add(new Effect.Unsubscribe(filter));
        answer(new EditorMessages.Done());
    }

    private static boolean isFilter(String filter) {
        if (filter.isEmpty()
                || filter.length() > MOST_FILTER_UNITS
                || filter.chars().anyMatch(Character::isISOControl)) {
            return false;
        }
        String[] levels = filter.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            boolean wild = levels[i].contains("+") || levels[i].contains("#");
            if (wild && (levels[i].length() > 1 || (levels[i].equals("#") && i < levels.length - 1))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void sign(Request.Sign request) {
        byte[] message = request.params().message().getBytes(StandardCharsets.UTF_8);
        answer(new EditorMessages.Signature(staff.federation().self().sign(SigningDomain.PERSON, message)));
    }

    @Override
    public void verify(Request.Verify request) {
        EditorMessages.VerifyParams params = request.params();
        byte[] message = params.message().getBytes(StandardCharsets.UTF_8);
        boolean valid = Signatures.recover(SigningDomain.PERSON, message, params.signature())
                .filter(signer -> signer.value().equals(params.peerId()))
                .isPresent();
        answer(new EditorMessages.Verified(valid));
    }

    @Override
    public void blackboard(Request.Blackboard request) {
        staff.blackboard().ask(ticket, request.about());
    }

    @Override
    public void peerBook(Request.PeerBook request) {
        staff.peers().ask(ticket, request.about());
    }

    @Override
    public void federation(Request.Federation request) {
        staff.federation().post().ask(ticket, request.about());
    }

    @Override
    public void members(Request.Members request) {
        staff.members().ask(ticket, request.about());
    }

    private void answer(Object result) {
        staff.out().answer(ticket, result);
    }

    private void refuse(EditorError error, String explanation) {
        staff.out().refuse(ticket, error, explanation);
    }

    private static String sha256(Text text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            text.forEachUtf8Chunk(digest::update);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }
}
