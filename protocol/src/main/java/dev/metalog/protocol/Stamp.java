package dev.metalog.protocol;

/**
 * When something was written, by its writer's clock: whole minutes since 2026 began (UTC). It is a claim, which nobody can
 * check and nothing depends on; it is there to be shown beside the text.
 *
 * <p>A stamp holds for the writer's unit that it stands at and for all of the writer's after that, up to the writer's next
 * stamp. So only a change of the minute has to be told.
 */
public final class Stamp {
    /** The writer has not said: how every writer begins. */
    public static final int UNKNOWN_MINUTES = 0;
    /** No stamp: as the unit that the writer wrote before. */
    public static final int AS_BEFORE = -1;

    private static final long MILLIS_A_MINUTE = 60_000;
    private static final long START_EPOCH_MINUTES = 29_453_760;

    private Stamp() {}

    /** The minute of a clock, from 1 on; {@link #UNKNOWN_MINUTES} if the clock cannot be right. */
    public static int minutesAt(long epochMillis) {
        long minutes = epochMillis / MILLIS_A_MINUTE - START_EPOCH_MINUTES;
        return minutes < 1 || minutes > Integer.MAX_VALUE ? UNKNOWN_MINUTES : (int) minutes;
    }

    /** When the minute begins. */
    public static long epochMillis(int minutes) {
        return (START_EPOCH_MINUTES + minutes) * MILLIS_A_MINUTE;
    }
}
