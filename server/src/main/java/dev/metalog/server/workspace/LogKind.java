package dev.metalog.server.workspace;

/** What a record of a log holds, of a document or of the blackboard. The numbers are part of the disk format. */
public enum LogKind {
    /** A bundle of events that a peer sent, with its proofs; see {@link LoggedEvents}. */
    BUNDLE(1),
    /** Which version was saved; see {@link ShownRecord}. In older logs also what an editor showed and was offered. */
    SHOWN(2),
    /** A bundle of events typed here. Older logs have these, which do not say on which screen. */
    TYPED(3),
    /** What an editor shows and is offered; see {@link ScreenRecord}. */
    ON_SCREEN(4),
    /**
     * What was typed here, and on which screen, which shows it too; see {@link TypedRecord}. One record says both, so that
     * a process killed between two writes cannot know the key and not know that the editor has it.
     */
    TYPED_ON_SCREEN(5),
    /** A bundle of events that a peer sent and that follows on others which had not come yet. */
    WAITING(6),
    /** A piece of a saved document, in a snapshot; see {@link DocumentSnapshot}. */
    SAVED(7),
    /** A message about the blackboard, written here or sent by a peer; see {@code BlackboardCodec}. */
    BLACKBOARD(8),
    /**
     * Without a body: the document was left here. Should it be joined again, its log goes on, and what editors showed and
     * the file held before says nothing about what they do now.
     */
    LEFT(9),
    /** What proves the events of a snapshot to others; see {@code NamedProofsCodec}. */
    PROOFS(10),
    /** A record of a workspace's membership, as its owner signed it; see {@code MembershipCodec}. */
    MEMBERSHIP(11),
    /** A link into the workspace that was made here; see {@link InvitationRecord}. */
    INVITATION(12),
    /** What proves that somebody's device signed two histories of the document; see {@code TestimonyCodec}. */
    CONTRADICTION(13),
    /**
     * From here on what such writers wrote, and what follows on it, is out; see {@link QuarantineRecord}. With it begins to count
     * what the records of {@link #INSTEAD} before it hold.
     */
    QUARANTINE(14),
    /**
     * One byte, then: 0, what proves what is left of some writers, as {@link #PROOFS} have it; 1, events typed anew for what
     * goes out, as {@link #BUNDLE} has them. Without a {@link #QUARANTINE} behind it, it never happened.
     */
    INSTEAD(15),
    /** A text that an editor or the file had before something went out; see {@link OutdatedTexts}. */
    OUTDATED(16);

    private final int number;

    LogKind(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
