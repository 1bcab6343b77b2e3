package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Documents become live by being shared or joined, and stop by being left. */
final class Sharing {
    /** How long a join waits for the text before it says that the text will come later. */
    static final long JOIN_MILLIS = 10_000;

    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = 32;

    /** A join that waits for the text. */
    private record Joining(Ticket ticket, LiveDocument document, String uri, long untilMillis) {}

    private final Settings settings;
    private final DocumentShelf shelf;
    private final Documents documents;
    private final Editors editors;
    private final Federation federation;
    private final RandomBytes random;
    private final Timeline time;
    private final Outbox out;
    private final List<Joining> joining = new ArrayList<>();

    Sharing(
            Settings settings,
            DocumentShelf shelf,
            Documents documents,
            Editors editors,
            Federation federation,
            RandomBytes random,
            Timeline time,
            Outbox out) {
        this.settings = settings;
        this.shelf = shelf;
        this.documents = documents;
        this.editors = editors;
        this.federation = federation;
        this.random = random;
        this.time = time;
        this.out = out;
    }

    /** Shares it with everybody who gets the invitation that is the answer. */
    void share(Ticket ticket, String uri, long nowMillis) {
        LiveDocument live = share(ticket, uri, null, nowMillis);
        if (live == null) {
            return;
        }
        SharedDocument shared = live.shared();
        if (shared.workspace() != null) {
            out.refuse(
                    ticket,
                    EditorError.BAD_PARAMS,
                    shared.path() + " belongs to the members of a workspace. Invite somebody to that instead.");
            return;
        }
        out.answer(
                ticket,
                new EditorMessages.Shared(
                        shared.id().value(),
                        shared.path().value(),
                        invitation(shared).encode()));
    }

    /**
     * Makes a document live, unless it is.
     *
     * @param workspace whose members get it; {@code null}: whoever is invited to the document alone
     * @return {@code null} if that cannot be, which is answered then
     */
    LiveDocument share(Ticket ticket, String uri, WorkspaceId workspace, long nowMillis) {
        LiveDocument known = shelf.byUri(uri);
        OpenDocument document = open(ticket.editor(), uri);
        if (document == null) {
            if (known == null) {
                refuseUnopened(ticket, uri);
            }
            return known;
        }
        if (document.isTooLong()) {
            out.refuse(ticket, EditorError.LIMIT, Views.tooLong(document));
            return null;
        }
        if (refuseClosed(ticket, uri)) {
            return null;
        }
        return known == null ? create(ticket, document, workspace, nowMillis) : known;
    }

    void join(Ticket ticket, EditorMessages.JoinParams params, long nowMillis) {
        Invitation invitation;
        String uri;
        try {
            invitation = Invitation.decode(params.invitation());
            uri = params.uri() == null
                    ? DocumentUris.proposed(settings.workspaceUri(), invitation.path())
                    : params.uri();
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_INVITATION, e.getMessage());
            return;
        }
        if (invitation.isToBlackboard()) {
            out.refuse(
                    ticket,
                    EditorError.BAD_INVITATION,
                    "This invitation is to a blackboard, not to a document. Join it with 'meta-log blackboard join'.");
            return;
        }
        join(
                ticket,
                new SharedDocument(
                        invitation.document(), uri, invitation.path(), invitation.secret(), invitation.broker()),
                Boolean.TRUE.equals(params.allow()),
                nowMillis);
    }

    /** What a document of a workspace is called here that its members gave us. */
    SharedDocument place(DocumentId id, DocumentPath path, String uri, String broker, WorkspaceId workspace) {
        String where = uri == null ? DocumentUris.proposed(settings.workspaceUri(), path) : uri;
        return new SharedDocument(id, where, path, random.draw(SECRET_BYTES), broker, workspace);
    }

    /**
     * Makes a document live here that others have.
     *
     * @param allowed whether the person wants it also under a name that programs obey
     */
    void join(Ticket ticket, SharedDocument shared, boolean allowed, long nowMillis) {
        String uri = shared.uri();
        LiveDocument known = shelf.byId(shared.id());
        if (known != null) {
            join(ticket, known, known.shared().uri(), nowMillis);
            return;
        }
        String closed = shelf.closedUri(shared.id());
        if (refuseClosed(ticket, closed == null ? uri : closed)) {
            return;
        }
        String problem = problemOfJoining(uri);
        if (problem != null) {
            out.refuse(ticket, EditorError.WOULD_OVERWRITE, problem);
            return;
        }
        String concern = allowed ? null : DocumentUris.concern(settings.workspaceUri(), uri);
        if (concern != null) {
            out.refuse(
                    ticket,
                    EditorError.NEEDS_CONSENT,
                    concern
                            + ". Whoever shares it decides what stands in it. Join it under another name, or say that you"
                            + " want this one.");
            return;
        }
        LiveDocument live = begin(ticket, shared, nowMillis);
        if (live != null) {
            join(ticket, live, uri, nowMillis);
        }
    }

    void leave(Ticket ticket, String uri) {
        SharedDocument closed = shelf.removeClosed(uri);
        if (closed != null) {
            out.add(new Effect.Forget(closed.id()));
            out.answer(ticket, new EditorMessages.Done());
            return;
        }
        LiveDocument live = shelf.byUri(uri);
        if (live == null) {
            out.refuse(ticket, EditorError.UNKNOWN_DOCUMENT, uri + " is not a live document of this workspace.");
            return;
        }
        abandon(live);
        out.answer(ticket, new EditorMessages.Done());
    }

    /** Answers the joins whose text has come, or whose time is over. */
    void settle(long nowMillis) {
        for (Iterator<Joining> all = joining.iterator(); all.hasNext(); ) {
            Joining join = all.next();
            // The first events may be half of a text: it is here when a peer has nothing that we lack.
            boolean arrived = join.document().sync().isCaughtUp();
            if (arrived || nowMillis >= join.untilMillis()) {
                all.remove();
                answer(join, arrived);
            }
        }
    }

    long wakeAtMillis() {
        long at = Long.MAX_VALUE;
        for (Joining join : joining) {
            at = Math.min(at, join.untilMillis());
        }
        return at;
    }

    void editorWent(EditorId editor) {
        joining.removeIf(join -> join.ticket().editor().equals(editor));
    }

    /** In this editor, or else in another one here: a command has nothing open. */
    private OpenDocument open(EditorId editor, String uri) {
        OpenDocument own = editors.find(editor, uri);
        return own != null ? own : editors.showing(uri).stream().findFirst().orElse(null);
    }

    private LiveDocument create(Ticket ticket, OpenDocument document, WorkspaceId workspace, long nowMillis) {
        DocumentPath path;
        try {
            path = DocumentUris.shared(settings.workspaceUri(), document.uri());
            if (path.equals(Invitation.BLACKBOARD)) {
                throw new IllegalArgumentException(
                        "That name stands for the blackboard. Give the document another one.");
            }
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_PARAMS, document.uri() + ": " + e.getMessage());
            return null;
        }
        LiveDocument alike = shelf.byLikeUri(document.uri());
        if (alike != null) {
            out.refuse(
                    ticket,
                    EditorError.BAD_PARAMS,
                    sameFile(document.uri(), alike) + " Give the document another name.");
            return null;
        }
        String text = document.buffer().text().toString();
        SharedDocument shared = new SharedDocument(
                DocumentId.fromRandom(random.draw(ID_BYTES)),
                document.uri(),
                path,
                random.draw(SECRET_BYTES),
                federation.meetingPlace(),
                workspace);
        LiveDocument live = begin(ticket, shared, nowMillis);
        if (live == null) {
            return null;
        }
        long process = editors.processOf(document.editor());
        int screen = live.shown().take(ShownVersions.NO_SCREEN, process, document.uri());
        live.noteShown(screen, document.uri(), Version.ROOT);
        try {
            if (!text.isEmpty()) {
                live.type(screen, Version.ROOT, List.of(new TextEdit(0, 0, text)), time);
            }
        } catch (BadChange e) {
            abandon(live);
            out.refuse(ticket, EditorError.LIMIT, document.uri() + " cannot be shared: " + e.getMessage());
            return null;
        }
        // The likeliest content of the file: another editor that opens it is brought forward, and takes nothing back.
        live.noteSaved(document.uri(), live.graph().tip());
        live.shown().left(screen);
        for (OpenDocument showing : editors.showing(document.uri())) {
            documents.views().bind(live, showing, nowMillis);
        }
        return live;
    }

    /** Makes room for a document, keeps what it is called, and begins to listen. */
    private LiveDocument begin(Ticket ticket, SharedDocument shared, long nowMillis) {
        if (shelf.all().size() >= Limits.WORKSPACE_DOCUMENTS) {
            out.refuse(
                    ticket,
                    EditorError.LIMIT,
                    "This workspace has " + Limits.WORKSPACE_DOCUMENTS + " live documents already. Leave one first.");
            return null;
        }
        LiveDocument live = shelf.add(shared, nowMillis);
        out.add(new Effect.Remember(shared));
        live.channel().open();
        if (!shared.broker().isEmpty() && !federation.reach(shared.broker())) {
            out.add(new Effect.Show(
                    ticket.editor(),
                    shared.path() + " was shared at " + shared.broker() + ", which is not connected to: "
                            + Federation.tooMany()));
        }
        return live;
    }

    private void join(Ticket ticket, LiveDocument live, String uri, long nowMillis) {
        documents.begin(live, nowMillis);
        Joining join = new Joining(ticket, live, uri, nowMillis + JOIN_MILLIS);
        if (hasText(live)) {
            answer(join, true);
        } else {
            joining.add(join);
        }
    }

    private void answer(Joining join, boolean arrived) {
        SharedDocument shared = join.document().shared();
        if (arrived) {
            for (OpenDocument showing : editors.showing(join.uri())) {
                if (showing.view() == null) {
                    abandon(join.document());
                    out.refuse(
                            join.ticket(),
                            EditorError.WOULD_OVERWRITE,
                            join.uri() + " shows other text than the shared document. Join into an empty document.");
                    return;
                }
            }
        }
        out.answer(
                join.ticket(),
                new EditorMessages.Joined(shared.id().value(), shared.path().value(), join.uri(), arrived));
    }

    /** The workspace that it belongs to is left. */
    void leave(LiveDocument live) {
        abandon(live);
    }

    private void abandon(LiveDocument live) {
        documents.leaving(live);
        for (OpenDocument showing : editors.showing(live.shared().uri())) {
            documents.views().unbind(showing);
        }
        shelf.remove(live);
        live.channel().close();
        out.add(new Effect.Persist(live.shared().id(), LogKind.LEFT, new byte[0]));
        out.add(new Effect.Forget(live.shared().id()));
        joining.removeIf(join -> join.document() == live);
    }

    /** A second document of that name would take the place of the first one's secret. */
    private boolean refuseClosed(Ticket ticket, String uri) {
        String why = shelf.whyClosed(uri);
        if (why != null) {
            out.refuse(ticket, EditorError.STORE_FAILED, why);
        }
        return why != null;
    }

    private String problemOfJoining(String uri) {
        if (shelf.byUri(uri) != null) {
            return uri + " is another live document already. Join into a document of another name.";
        }
        LiveDocument alike = shelf.byLikeUri(uri);
        return alike == null ? null : sameFile(uri, alike) + " Join into a document of another name.";
    }

    private static String sameFile(String uri, LiveDocument other) {
        return uri + " is the same file as the live document " + other.shared().uri()
                + " where upper and lower case are one.";
    }

    private static boolean hasText(LiveDocument live) {
        return live.sync().isCaughtUp() || live.graph().eventCount() > 0;
    }

    private Invitation invitation(SharedDocument shared) {
        String broker = shared.broker().isEmpty() ? federation.meetingPlace() : shared.broker();
        return new Invitation(shared.id(), shared.secret(), broker, shared.path());
    }

    private void refuseUnopened(Ticket ticket, String uri) {
        out.refuse(
                ticket, EditorError.UNKNOWN_DOCUMENT, uri + " is not open in an editor here. Open it, then share it.");
    }
}
