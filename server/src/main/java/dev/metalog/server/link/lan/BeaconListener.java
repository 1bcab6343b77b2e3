package dev.metalog.server.link.lan;

/** What {@link Beacons} tell their owner, one call at a time, on a thread of their own. */
public interface BeaconListener {
    /** Somebody shows this, who may be anybody. Must not wait for anything. */
    void seen(byte[] beacon);

    /**
     * Nothing is seen or shown on any network, for now. Told once.
     *
     * @param explanation a sentence for a person
     */
    void unavailable(String explanation);
}
