package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.protocol.editor.PresenceMessages;
import dev.metalog.server.reach.Endpoint;
import java.util.List;

/** Everything the conductor can hear. Shells post these; the loop hands them over in their order. */
public sealed interface Input {
    /**
     * An editor finished {@code initialize}.
     *
     * @param process its number, by which an editor that outlived its sidecar is known again; 0 when it is not told
     */
    record EditorCame(EditorId editor, PositionEncoding encoding, String name, long process) implements Input {}

    /**
     * An editor wants to be told where others look.
     *
     * @param name what its person is called; may be absent (null)
     */
    record WantsPresence(EditorId editor, String name) implements Input {}

    /** An editor says where the person looks. */
    record Looked(EditorId editor, PresenceMessages.Look look) implements Input {}

    /** An editor ended its session, in whatever way. */
    record EditorWent(EditorId editor) implements Input {}

    /** An editor no longer wants an answer to this. */
    record Cancelled(EditorId editor, long ticket) implements Input {}

    /** A document was opened in an editor, which shows this text. */
    record Opened(EditorId editor, String uri, int version, String text) implements Input {}

    /** An editor reports changes; each applies to the result of the one before. */
    record Changed(EditorId editor, String uri, int version, List<RangeChange> changes) implements Input {}

    /** An editor reported a change that cannot be read. */
    record Unreadable(EditorId editor, String uri, String why) implements Input {}

    /** An editor wrote the document to disk. */
    record Saved(EditorId editor, String uri) implements Input {}

    /** An editor closed the document. */
    record Closed(EditorId editor, String uri) implements Input {}

    /** An editor answered an {@link Effect.Offer}. */
    record Answered(EditorId editor, String uri, long editId, EditOutcome outcome) implements Input {}

    /** An editor asks something; answered by an effect with the same ticket. */
    record Asked(EditorId editor, long ticket, Request request) implements Input {}

    /** The way to a broker is open and subscribed. */
    record LinkUp(String broker) implements Input {}

    /**
     * The way to a broker is closed; the link tries again by itself.
     *
     * @param passwordOf the user of the person's whose password the broker wants; {@code null} when that is not why
     * @param passwordNumber of {@link Effect.UsePassword}, which was tried: 0 for none of these
     */
    record LinkDown(String broker, String explanation, String passwordOf, int passwordNumber) implements Input {
        public LinkDown(String broker, String explanation) {
            this(broker, explanation, null, Integer.MAX_VALUE);
        }
    }

    /** A message arrived through a broker. Nothing about it is trusted. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two owners: never compared, never a key
    record Received(String broker, String topic, byte[] payload, boolean retained) implements Input {}

    /** What {@link Effect.KeepContacts} kept, told once at the start. Whoever can write to the disk may have changed it. */
    record ContactsKept(List<byte[]> statements) implements Input {}

    /**
     * Peers can reach us at these addresses from now on; none: not without a broker.
     *
     * @param beacon whether that is also shown, sealed, on the local network
     */
    record Listening(List<NetAddress> addresses, boolean beacon) implements Input {
        public Listening(List<NetAddress> addresses) {
            this(addresses, false);
        }
    }

    /** Something that may be a beacon was shown on a local network. Anybody there can do that, and nothing about it is trusted. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two owners: never compared, never a key
    record BeaconSeen(byte[] beacon) implements Input {}

    /** A direct link is up; its other end proved to be this. */
    record DirectUp(Endpoint endpoint, NetAddress address) implements Input {}

    /** It is up no more. */
    record DirectDown(Endpoint endpoint, String explanation) implements Input {}

    /** A message arrived over a direct link. That it is from there is proved; nothing else about it is trusted. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two owners: never compared, never a key
    record ReceivedDirectly(PeerId from, String topic, byte[] payload) implements Input {}

    /** A broker has taken over what was published under this token. */
    record Acknowledged(String broker, long token) implements Input {}

    /** What was published under this token will not arrive. */
    record NotPublished(String broker, long token, String explanation) implements Input {}

    /** The disk did not take what was to be kept of a document; told once until {@link KeptAgain}. */
    record NotKept(DocumentId document, String explanation) implements Input {}

    /** The disk has taken all of it after all. */
    record KeptAgain(DocumentId document) implements Input {}

    /** The log of a document has grown so much that it is worth a snapshot. */
    record LogGrown(DocumentId document) implements Input {}

    /** What a document's log holds, as {@link Effect.Reread} asked for it; nothing when it cannot be read. */
    record LogRead(DocumentId document, List<StoredDocument.Item> records) implements Input {}

    /** What came of {@link Effect.KeepFile}. */
    record FileKept(FederationMessages.FileReceived received) implements Input {}

    /** The time asked for by {@link Effect.WakeIn} is over. */
    record Woken() implements Input {}

    /** One method for each kind. */
    interface Handler {
        void editorCame(EditorCame input);

        void wantsPresence(WantsPresence input);

        void looked(Looked input);

        void editorWent(EditorWent input);

        void cancelled(Cancelled input);

        void opened(Opened input);

        void changed(Changed input);

        void unreadable(Unreadable input);

        void saved(Saved input);

        void closed(Closed input);

        void answered(Answered input);

        void asked(Asked input);

        void linkUp(LinkUp input);

        void linkDown(LinkDown input);

        void received(Received input);

        void contactsKept(ContactsKept input);

        void listening(Listening input);

        void beaconSeen(BeaconSeen input);

        void directUp(DirectUp input);

        void directDown(DirectDown input);

        void receivedDirectly(ReceivedDirectly input);

        void acknowledged(Acknowledged input);

        void notPublished(NotPublished input);

        void notKept(NotKept input);

        void keptAgain(KeptAgain input);

        void logGrown(LogGrown input);

        void logRead(LogRead input);

        void fileKept(FileKept input);

        void woken(Woken input);
    }

    default void dispatch(Handler handler) {
        if (this instanceof EditorCame editorCame) {
            handler.editorCame(editorCame);
        } else if (this instanceof WantsPresence wantsPresence) {
            handler.wantsPresence(wantsPresence);
        } else if (this instanceof Looked looked) {
            handler.looked(looked);
        } else if (this instanceof EditorWent editorWent) {
            handler.editorWent(editorWent);
        } else if (this instanceof Cancelled cancelled) {
            handler.cancelled(cancelled);
        } else if (this instanceof Opened opened) {
            handler.opened(opened);
        } else if (this instanceof Changed changed) {
            handler.changed(changed);
        } else if (this instanceof Unreadable unreadable) {
            handler.unreadable(unreadable);
        } else if (this instanceof Saved saved) {
            handler.saved(saved);
        } else if (this instanceof Closed closed) {
            handler.closed(closed);
        } else if (this instanceof Answered answered) {
            handler.answered(answered);
        } else if (this instanceof Asked asked) {
            handler.asked(asked);
        } else if (this instanceof LinkUp linkUp) {
            handler.linkUp(linkUp);
        } else if (this instanceof LinkDown linkDown) {
            handler.linkDown(linkDown);
        } else if (this instanceof Received received) {
            handler.received(received);
        } else if (this instanceof ContactsKept contactsKept) {
            handler.contactsKept(contactsKept);
        } else if (this instanceof Listening listening) {
            handler.listening(listening);
        } else if (this instanceof BeaconSeen beaconSeen) {
            handler.beaconSeen(beaconSeen);
        } else if (this instanceof DirectUp directUp) {
            handler.directUp(directUp);
        } else if (this instanceof DirectDown directDown) {
            handler.directDown(directDown);
        } else if (this instanceof ReceivedDirectly receivedDirectly) {
            handler.receivedDirectly(receivedDirectly);
        } else if (this instanceof Acknowledged acknowledged) {
            handler.acknowledged(acknowledged);
        } else if (this instanceof NotPublished notPublished) {
            handler.notPublished(notPublished);
        } else if (this instanceof NotKept notKept) {
            handler.notKept(notKept);
        } else if (this instanceof KeptAgain keptAgain) {
            handler.keptAgain(keptAgain);
        } else if (this instanceof LogGrown logGrown) {
            handler.logGrown(logGrown);
        } else if (this instanceof LogRead logRead) {
            handler.logRead(logRead);
        } else if (this instanceof FileKept fileKept) {
            handler.fileKept(fileKept);
        } else {
            handler.woken((Woken) this);
        }
    }
}
