package dev.metalog.server.peers;

/**
 * What was seen of a peer, altogether or in one thing that is shared with it. Times are the clock's in ms since 1970; 0
 * stands for never.
 *
 * @param heardAtMillis when it said something last
 * @param syncedAtMillis when it was last found to have the same as we have
 * @param asked how often it was asked for what it has more
 * @param answered how many of these it answered
 * @param unanswered how many it did not, while a broker was connected. What is neither is under way, or was not needed any
 *     more
 * @param bundlesIn what it sent that was new here
 * @param bytesIn how long that was
 * @param bundlesOut what was sent to it alone, because it asked; what is typed goes to all and is not counted
 * @param bytesOut how long that was
 * @param failedAtMillis when something went wrong with it last
 * @param failure what that was; empty when nothing ever was
 */
public record Dealings(
        long heardAtMillis,
        long syncedAtMillis,
        long asked,
        long answered,
        long unanswered,
        long bundlesIn,
        long bytesIn,
        long bundlesOut,
        long bytesOut,
        long failedAtMillis,
        String failure) {
    static final Dealings NONE = new Dealings(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "");

    /** The part of the settled exchanges that were answered, from 0 to 1, or -1 when none was settled. */
    public double successRate() {
        long settled = answered + unanswered;
        return settled == 0 ? -1 : (double) answered / settled;
    }
}
