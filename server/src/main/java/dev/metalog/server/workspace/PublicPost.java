package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.server.identity.DirectMessage;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.MessageGate;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.identity.SentFile;
import dev.metalog.server.identity.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files for everybody and messages for one peer, on the public topics: signs and sends what editors ask for, and hands on
 * what arrives and was verified. Nobody needs an invitation for these, and everybody at the broker can read them.
 */
final class PublicPost implements FederationRequest.Handler {
    private static final String FILES = "/sync";

    /** Topics that one peer alone listens to. */
    private static final Pattern ADDRESSED =
            Pattern.compile("/peers/(peer-[0-9a-f]{40})/messages|/webrtc/signaling/(peer-[0-9a-f]{40})");

    /** How something gets to the broker; the ticket is answered with the result when that has acknowledged it. */
    interface Carrier {
        void carry(Ticket ticket, String topic, byte[] payload, String stamp);
    }

    private final PeerIdentity self;
    private final String prefix;
    private final Predicate<PeerId> blocked;
    private final Carrier carrier;
    private final RefusalCounts refusals;
    private final Timeline time;
    private final Outbox out;
    private final MessageGate gate;
    private final Stamper stamper;
    private Ticket ticket;

    PublicPost(
            PeerIdentity self,
            String topicPrefix,
            Predicate<PeerId> blocked,
            Carrier carrier,
            RefusalCounts refusals,
            Timeline time,
            Outbox out) {
        this.self = self;
        this.prefix = topicPrefix;
        this.blocked = blocked;
        this.carrier = carrier;
        this.refusals = refusals;
        this.time = time;
        this.out = out;
        this.gate = new MessageGate(self.peerId());
        this.stamper = new Stamper(time);
    }

    List<String> topics() {
        return List.of(prefix + FILES, messagesFor(self.peerId()));
    }

    private String messagesFor(PeerId peer) {
        return prefix + "/peers/" + peer + "/messages";
    }

    /** Whom a topic is for, or {@code null} when it is not for one peer alone. */
    PeerId addressee(String topic) {
        Matcher addressed = ADDRESSED.matcher(topic.startsWith(prefix) ? topic.substring(prefix.length()) : "");
        if (!addressed.matches()) {
            return null;
        }
        return new PeerId(addressed.group(1) == null ? addressed.group(2) : addressed.group(1));
    }

    void ask(Ticket from, FederationRequest request) {
        ticket = from;
        request.dispatch(this);
    }

    @Override
    public void sendFile(FederationRequest.SendFile request) {
        String content = request.params().content();
        int bytes = content.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Limits.SENT_FILE_BYTES) {
            refuse(
                    EditorError.LIMIT,
                    "A file that is sent has at most " + Limits.SENT_FILE_BYTES + " bytes, and this one has " + bytes
                            + ". Share it instead: a shared document may have 16 MiB.");
            return;
        }
        try {
            DocumentPath path = new DocumentPath(request.params().file());
            if (path.concern() != null) {
                refuse(EditorError.BAD_PARAMS, path.concern() + ", so nobody takes it. Send it under another name.");
                return;
            }
            long stamp = stamper.nextMillis();
            byte[] payload = SentFile.signed(self, path, content, stamp);
            if (payload.length > Limits.SENT_FILE_MESSAGE_BYTES) {
                refuse(
                        EditorError.LIMIT,
                        "It is longer as JSON, with " + payload.length + " bytes; at most "
                                + Limits.SENT_FILE_MESSAGE_BYTES + " can be sent. Share it instead.");
                return;
            }
            send(prefix + FILES, payload, stamp);
        } catch (IllegalArgumentException | IdentityRefused e) {
            refuse(EditorError.BAD_PARAMS, e.getMessage());
        }
    }

    @Override
    public void sendMessage(FederationRequest.SendMessage request) {
        try {
            PeerId peer = new PeerId(request.params().peerId());
            if (blocked.test(peer)) {
                refuse(EditorError.BLOCKED, "You blocked " + peer + ": nothing is sent to it. Unblock it first.");
                return;
            }
            long stamp = stamper.nextMillis();
            byte[] payload = DirectMessage.signed(self, peer, request.params().payload(), stamp);
            if (payload.length > Limits.PEER_MESSAGE_BYTES) {
                refuse(
                        EditorError.LIMIT,
                        "A message has at most " + Limits.PEER_MESSAGE_BYTES + " bytes with its signature, and this one"
                                + " has " + payload.length + ". Send a file, or share a document.");
                return;
            }
            send(messagesFor(peer), payload, stamp);
        } catch (IllegalArgumentException | IdentityRefused e) {
            refuse(EditorError.BAD_PARAMS, e.getMessage());
        }
    }

    private void send(String topic, byte[] payload, long stamp) {
        if (gate.sends(payload, time.wallMillis())) {
            keep();
            carrier.carry(ticket, topic, payload, Instant.ofEpochMilli(stamp).toString());
        } else {
            refuse(EditorError.LIMIT, "Too much was sent in the last twenty minutes. Wait a while.");
        }
    }

    private void refuse(EditorError error, String explanation) {
        out.refuse(ticket, error, explanation);
    }

    /** Up to when each peer was heard in earlier runs. */
    void restore(Map<PeerId, Long> heardUpTo) {
        gate.restore(heardUpTo);
    }

    private void keep() {
        out.add(new Effect.KeepHeardUpTo(gate.toKeep(time.wallMillis())));
    }

    /** Whether what arrives on this topic is for {@link #received}. */
    boolean hears(String topic) {
        return topics().contains(topic);
    }

    /** Returns whether it was verified, and is here for the first time. */
    boolean received(String topic, byte[] payload) {
        long now = time.wallMillis();
        return topic.equals(prefix + FILES)
                ? heed(RefusalCounts.Kind.FILE, gate.judgeFile(payload, now), this::file)
                : heed(RefusalCounts.Kind.MESSAGE, gate.judgeMessage(payload, now), this::message);
    }

    private interface Taking<T> {
        void take(T statement);
    }

    private <T> boolean heed(RefusalCounts.Kind kind, Verdict<T> verdict, Taking<T> taking) {
        return verdict.dispatch(new Verdict.Handler<T, Boolean>() {
            @Override
            public Boolean accepted(T statement) {
                keep();
                taking.take(statement);
                return true;
            }

            @Override
            public Boolean refused(Verdict.Fault fault, String detail) {
                refusals.refused(kind, fault, detail);
                return false;
            }
        });
    }

    private void file(SentFile file) {
        out.add(new Effect.KeepFile(file));
    }

    private void message(DirectMessage message) {
        out.add(new Effect.TellPeerMessage(new FederationMessages.PeerMessage(
                message.from().value(),
                message.to().value(),
                message.payload(),
                message.timestamp().toString(),
                message.signature())));
    }

    /** What came of keeping a file. */
    void kept(FederationMessages.FileReceived received) {
        if (!received.kept()) {
            refusals.refused(RefusalCounts.Kind.FILE, RefusalCounts.NOT_KEPT, received.explanation());
        }
        out.add(new Effect.TellFile(received));
    }
}
