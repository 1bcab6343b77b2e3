package dev.metalog.protocol;

/**
 * One run of a peer, as its envelopes name it. A peer that opens the same document in two workspaces, or that was
 * started again, is several speakers: each has its own share of the events.
 *
 * @param boot the eight random bytes of that run
 */
public record Speaker(PeerId peer, long boot) implements Comparable<Speaker> {
    @Override
    public int compareTo(Speaker other) {
        int byPeer = peer.compareTo(other.peer);
        return byPeer != 0 ? byPeer : Long.compareUnsigned(boot, other.boot);
    }

    @Override
    public String toString() {
        return peer.shortForm() + "/" + Long.toHexString(boot);
    }
}
