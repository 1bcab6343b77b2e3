package dev.metalog.protocol.membership;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.WorkspaceId;

/**
 * One link of the chain that says who belongs to a workspace.
 *
 * @param number from 0, which is the {@link MembershipChange.Genesis}, and no other is
 * @param previous SHA-256 of the signed bytes of the record before; zeros before the first
 * @param minutes when, by the clock of the owner's device, as {@link dev.metalog.protocol.Stamp} counts
 */
public record MembershipRecord(
        WorkspaceId workspace, int number, Digest previous, int minutes, MembershipChange change) {
    /** What stands before the first record. */
    public static final Digest NOTHING = new Digest(new byte[Digest.BYTES]);

    public MembershipRecord {
        Shape.demand(
                number >= 0 && number < Limits.MEMBERSHIP_RECORDS,
                "A chain has " + Limits.MEMBERSHIP_RECORDS + " records at most.");
        Shape.demand(minutes >= 0, "A minute is counted from 2026 on.");
        boolean first = change instanceof MembershipChange.Genesis;
        Shape.demand(
                first == (number == 0) && (!first || previous.equals(NOTHING)),
                "A chain begins with its genesis, and with nothing before it.");
    }
}
