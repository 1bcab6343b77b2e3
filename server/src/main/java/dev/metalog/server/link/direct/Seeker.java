package dev.metalog.server.link.direct;

import dev.metalog.server.link.Backoff;
import dev.metalog.server.link.LinkLimits;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Seeks one device: dials all its addresses at once, and again after a pause. Of the network's thread.
 *
 * <pre>
 *             all attempts failed
 *   DIALLING ──────────────────────▶ PAUSING
 *     │  ▲ ▲────────────────────────────┘ │  ▲
 *     │  │    the pause is over           │  │ the last link is lost
 *     │  │    or other addresses          │  │
 *     └──┼──────────▶ LINKED ◀────────────┘  │
 *        │   a link is up  └─────────────────┘
 *    (start)                                        any ──▶ OVER: forsaken, or all is closed
 * </pre>
 */
final class Seeker {
    private static final System.Logger LOGGER = System.getLogger(Seeker.class.getPackageName());

    private enum State {
        DIALLING,
        PAUSING,
        LINKED,
        OVER
    }

    private final Network network;
    private final String device;
    private final Backoff backoff;
    private final Set<Link> attempts = new HashSet<>();
    private List<DirectAddress> addresses;
    private State state = State.PAUSING;
    private Future<?> pause;
    /** Addresses that are being looked up or connected to and have no link yet. */
    private int connecting;
    /** Rises with each round of dialling, so that what a former round still brings is known as such. */
    private int round;

    Seeker(Network network, String device, List<DirectAddress> addresses) {
        this.network = network;
        this.device = device;
        this.addresses = addresses;
        backoff = new Backoff(
                network.random(),
                network.times().backoffFirst(),
                network.times().backoffLongest());
    }

    String device() {
        return device;
    }

    void start(boolean linked) {
        if (linked) {
            become(State.LINKED, "a link is up already");
        } else {
            dial("it is sought from now on");
        }
    }

    void seekAt(List<DirectAddress> others) {
        if (others.equals(addresses)) {
            return;
        }
        addresses = others;
        if (state == State.DIALLING || state == State.PAUSING) {
            backoff.reset();
            abandonAttempts();
            dial("it is sought elsewhere");
        }
    }

    private void dial(String reason) {
        stopPause();
        become(State.DIALLING, reason);
        round++;
        List<DirectAddress> now = addresses.subList(0, Math.min(addresses.size(), LinkLimits.DIRECT_ADDRESSES));
        connecting = now.size();
        int thisRound = round;
        for (DirectAddress address : now) {
            network.dial(this, address, thisRound);
        }
        pauseIfAllFailed();
    }

    /** Whether the answer to a call of this round is still waited for. */
    boolean isDialling(int ofRound) {
        return state == State.DIALLING && round == ofRound;
    }

    /** A connection is there, and TLS begins on it. */
    void connected(Link link) {
        connecting--;
        attempts.add(link);
    }

    /** No connection was to be had. */
    void failed(int ofRound) {
        if (isDialling(ofRound)) {
            connecting--;
            pauseIfAllFailed();
        }
    }

    /** A connection of ours ended before a link came up on it. */
    void failed(Link link) {
        if (attempts.remove(link)) {
            pauseIfAllFailed();
        }
    }

    private void pauseIfAllFailed() {
        if (state == State.DIALLING && connecting == 0 && attempts.isEmpty()) {
            pause("nothing came of it");
        }
    }

    private void pause(String reason) {
        become(State.PAUSING, reason);
        pause = network.schedule(backoff.next(), () -> {
            if (state == State.PAUSING) {
                dial("the pause is over");
            }
        });
    }

    /**
     * A link to the device is up, whoever dialled it. Attempts that are past TLS go on: the other end may have taken theirs
     * for up already and given up its own in return.
     */
    void linked(Link link) {
        attempts.remove(link);
        stopPause();
        if (state != State.LINKED) {
            become(State.LINKED, "a link is up");
            abandonAttempts();
        }
    }

    /** The last link is gone. */
    void lost(boolean wasGood) {
        if (state == State.LINKED) {
            if (wasGood) {
                backoff.reset();
            }
            pause("the last link is gone");
        }
    }

    void end() {
        become(State.OVER, "it is sought no more");
        stopPause();
        List<Link> all = List.copyOf(attempts);
        attempts.clear();
        all.forEach(attempt -> attempt.close(Troubles.FORSAKEN, 0));
    }

    private void abandonAttempts() {
        for (Link attempt : List.copyOf(attempts)) {
            if (attempt.isOpening()) {
                attempts.remove(attempt);
                attempt.close(Troubles.REPLACED, 0);
            }
        }
    }

    private void stopPause() {
        if (pause != null) {
            pause.cancel(false);
            pause = null;
        }
    }

    private void become(State next, String reason) {
        LOGGER.log(Level.DEBUG, "Seeking {0}: {1} to {2}, {3}", device, state, next, reason);
        state = next;
    }
}
