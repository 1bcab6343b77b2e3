package dev.metalog.protocol.membership;

/** What a device may do in a workspace; each may what those behind it may. */
public enum MemberRole {
    /** Say who is a member. A device of the owner; nobody else is one. */
    OWNER,
    /** Change documents and the blackboard. */
    WRITE,
    /** Read. */
    READ;

    public boolean mayWrite() {
        return this != READ;
    }
}
