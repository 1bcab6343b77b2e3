package dev.metalog.server.workspace;

import dev.metalog.server.identity.BeaconKey;
import dev.metalog.server.reach.BeaconTimes;
import dev.metalog.server.reach.Contacts;
import java.util.Arrays;
import java.util.Objects;

/**
 * Our beacon on the local network: what it is sealed with, when it is shown; and whose another's is. What a beacon says is {@link
 * DirectDesk}'s to judge.
 */
final class BeaconDesk {
    /** Beacons that are tried with the keys of all who are known, within a second; the others are passed over, as they come again. */
    static final int TRIED_A_SECOND = 32;
    /** A beacon that is shown again after so long is sealed anew, so that nobody can tell that it is the same. */
    static final long FRESH_MILLIS = 600_000;

    /** An older one may have been seen somewhere else; so wide, as a clock may be hours off where no network sets it. */
    static final long STALE_MILLIS = 24 * 3_600_000L;

    private static final long SECOND_MILLIS = 1_000;

    private final Contacts contacts;
    private final RandomBytes random;
    private final Timeline time;
    private final Outbox out;
    private final BeaconTimes times = new BeaconTimes();
    /** {@code null} while we show none. */
    private BeaconKey key;
    /** What is said in it; {@code null} while nobody can link to us. */
    private byte[] statement;

    private byte[] beacon;
    private long sealedAtMillis;
    private long triesSinceMillis;
    private int tries;
    private boolean overflowTold;

    BeaconDesk(Contacts contacts, RandomBytes random, Timeline time, Outbox out) {
        this.contacts = contacts;
        this.random = random;
        this.time = time;
        this.out = out;
    }

    /** By which others are to recognise ours; {@code null}: we show none. */
    BeaconKey key() {
        return key;
    }

    /** The key of the run before: those who know it need no other. */
    void keep(BeaconKey kept) {
        key = kept;
    }

    /** Whether we show one from now on. Returns whether that is another key than before, or none. */
    boolean turn(boolean on) {
        BeaconKey before = key;
        if (!on) {
            key = null;
        } else if (key == null) {
            key = new BeaconKey(random.draw(BeaconKey.BYTES));
        }
        return !Objects.equals(before, key);
    }

    /** Somebody who may have the key is not to recognise us any more. Returns whether there is another now. */
    boolean changeKey() {
        if (key == null) {
            return false;
        }
        key = new BeaconKey(random.draw(BeaconKey.BYTES));
        return true;
    }

    /** This holds from now on; {@code null}: nobody can link to us. */
    void say(byte[] ownStatement) {
        statement = key == null ? null : ownStatement;
        beacon = null;
        times.end();
    }

    /** Whose beacon this is, and what it says that is not known; {@code null} if there is nothing of the sort in it, or it is old. */
    Contacts.Sighting recognise(byte[] seen) {
        if (key == null || Arrays.equals(seen, beacon) || !isWithinBudget()) {
            return null;
        }
        Contacts.Sighting sighting = contacts.recognise(seen);
        boolean isNews = sighting != null
                && Math.abs(time.wallMillis() - sighting.sealedAtMillis()) <= STALE_MILLIS
                && !contacts.isKnown(sighting);
        return isNews ? sighting : null;
    }

    /** It said something new: it may not have seen ours. */
    void answer() {
        times.answer(time.millis());
    }

    private boolean isWithinBudget() {
        if (time.millis() >= triesSinceMillis + SECOND_MILLIS) {
            triesSinceMillis = time.millis();
            tries = 0;
        }
        if (tries++ < TRIED_A_SECOND) {
            return true;
        }
        if (!overflowTold) {
            overflowTold = true;
            out.add(new Effect.Log("More beacons are shown on this network than the " + TRIED_A_SECOND
                    + " a second that are looked at. Peers may be found late there; links that are up are not affected."
                    + " This is not told again."));
        }
        return false;
    }

    long wakeAtMillis() {
        return times.nextAtMillis();
    }

    /** To be called after every input. */
    void settle() {
        if (statement == null || !contacts.isAnyMissing()) {
            times.end();
            return;
        }
        if (!times.isOn()) {
            times.begin(time.millis());
        }
        if (times.isDue(time.millis())) {
            if (beacon == null || time.millis() >= sealedAtMillis + FRESH_MILLIS) {
                beacon = key.seal(random.draw(BeaconKey.NONCE_BYTES), time.wallMillis(), statement);
                sealedAtMillis = time.millis();
            }
            out.add(new Effect.ShowBeacon(beacon));
        }
    }
}
