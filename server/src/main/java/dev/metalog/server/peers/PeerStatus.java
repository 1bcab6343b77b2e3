package dev.metalog.server.peers;

import java.util.Locale;

/** Where a peer stands with us. The first two follow from what is observed; the third is the person's decision. */
public enum PeerStatus {
    /** It was heard lately, and answers. */
    ACTIVE,
    /** It is silent, has left, or does not answer. */
    INACTIVE,
    /** The person wants nothing of it. */
    BLOCKED;

    /** As people and programs read it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
