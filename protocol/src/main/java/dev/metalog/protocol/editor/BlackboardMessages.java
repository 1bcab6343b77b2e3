package dev.metalog.protocol.editor;

import java.util.List;

/**
 * Parameters and results of the {@code meta-log/blackboard*} messages. Values are JSON as text, so that {@code 0.50} stays
 * {@code 0.50} on its way through anybody's JSON library.
 */
public final class BlackboardMessages {
    private BlackboardMessages() {}

    /** Names one entry: {@code meta-log/blackboardGet} and {@code meta-log/blackboardDelete}. */
    public record NameParams(String namespace, String name) {}

    /**
     * A value, or a member of a set: {@code meta-log/blackboardSet}, {@code Add} and {@code Remove}.
     *
     * @param value JSON, at most 64 KiB and nested 32 deep
     * @param ttlSeconds after which the entry or member disappears; absent or 0 when it does not
     */
    public record WriteParams(String namespace, String name, String value, int ttlSeconds) {}

    /**
     * {@code meta-log/blackboardList}.
     *
     * @param namespace absent for all
     * @param after {@code more} of the answer before; absent for the first
     */
    public record ListParams(String namespace, String after) {}

    /** {@code meta-log/blackboardWatch}; an absent namespace means all. */
    public record WatchParams(String namespace) {}

    /** {@code meta-log/blackboardSync}; an absent peer means everybody. */
    public record SyncParams(String peerId) {}

    /**
     * {@code meta-log/blackboardJoin}.
     *
     * @param merge whether entries that others of another blackboard can see shall become visible to those of this one;
     *     absent counts as no
     */
    public record BoardJoinParams(String invitation, boolean merge) {}

    /**
     * A value, or one member of a set.
     *
     * @param value JSON in one form: no white space, members of objects sorted by name
     * @param author the peer who says that they wrote it
     * @param writtenAt by their clock; UTC, ISO 8601
     * @param expiresAt absent when it does not
     */
    public record Item(String value, String author, String writtenAt, String expiresAt) {}

    /**
     * One entry.
     *
     * @param kind {@code value} (and one item) or {@code set} (and an item for each member)
     */
    public record Entry(String namespace, String name, String kind, List<Item> items) {}

    /** The answer to {@code meta-log/blackboardGet}; the entry is absent when there is none. */
    public record Found(Entry entry) {}

    /**
     * The answer to {@code meta-log/blackboardList}, in the order of namespace and name.
     *
     * @param more what to ask with for what follows; absent when this is all
     */
    public record Listed(List<Entry> entries, String more) {}

    /**
     * One entry that changed.
     *
     * @param entry as it is now; absent when it is gone
     */
    public record Change(String namespace, String name, Entry entry) {}

    /** {@code meta-log/blackboardChanged}, for those who watch. An entry that changes faster than this is told as it is now. */
    public record Changed(List<Change> changes) {}

    /**
     * What was exchanged with one peer since {@code meta-log/blackboardSync} was asked.
     *
     * @param sent entries, members and deletions that were sent to it because it lacked them
     * @param received the same that came from it and were new here
     * @param equal whether it was seen to have the same in the end
     */
    public record Exchange(String peerId, int sent, int received, boolean equal) {}

    /**
     * The answer to {@code meta-log/blackboardSync}.
     *
     * @param peers those who answered; empty when nobody did
     * @param explanation for people
     */
    public record Synced(List<Exchange> peers, String explanation) {}

    /** The answer to {@code meta-log/blackboardInvite}: whoever holds it can read and write this blackboard. */
    public record Invited(String invitation) {}

    /**
     * The answer to {@code meta-log/blackboardJoin}.
     *
     * @param entries how many are here now
     * @param arrived whether somebody who has the joined blackboard was heard; otherwise it comes when one is online
     */
    public record BoardJoined(int entries, boolean arrived) {}
}
