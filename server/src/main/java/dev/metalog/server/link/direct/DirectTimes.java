package dev.metalog.server.link.direct;

import dev.metalog.server.link.LinkLimits;
import java.time.Duration;

/** How long links wait for what; shorter in tests. */
record DirectTimes(
        Duration tls,
        Duration greeting,
        Duration ping,
        Duration dead,
        Duration backoffFirst,
        Duration backoffLongest,
        Duration goodLink,
        Duration settled,
        Duration leave,
        Duration reportAgain,
        Duration proofPing,
        Duration proof,
        Duration proofTick) {
    static final DirectTimes OURS = new DirectTimes(
            LinkLimits.DIRECT_TLS_TIMEOUT,
            LinkLimits.DIRECT_GREETING_TIMEOUT,
            LinkLimits.DIRECT_PING,
            LinkLimits.DIRECT_DEAD,
            LinkLimits.DIRECT_BACKOFF_FIRST,
            LinkLimits.DIRECT_BACKOFF_LONGEST,
            LinkLimits.DIRECT_GOOD_LINK,
            LinkLimits.DIRECT_SETTLED,
            LinkLimits.DIRECT_LEAVE_TIMEOUT,
            LinkLimits.DIRECT_REPORT_AGAIN,
            LinkLimits.DIRECT_PROOF_PING,
            LinkLimits.DIRECT_PROOF,
            LinkLimits.DIRECT_PROOF_TICK);
}
