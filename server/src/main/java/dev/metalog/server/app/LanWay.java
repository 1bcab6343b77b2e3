package dev.metalog.server.app;

import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.link.LinkLimits;
import dev.metalog.server.link.lan.BeaconListener;
import dev.metalog.server.link.lan.BeaconTally;
import dev.metalog.server.link.lan.Beacons;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;

/** The beacons on the local network, which post what is seen into the mailbox. Its commands are for the loop thread alone. */
final class LanWay implements AutoCloseable {
    private final Beacons beacons;

    /** @param loopbackOnly whether they are for this machine alone */
    LanWay(boolean loopbackOnly, Mailbox mailbox, Journal journal) {
        beacons = new Beacons(loopbackOnly, new BeaconListener() {
            @Override
            public void seen(byte[] beacon) {
                // If there is no room, it is shown again.
                var unused = mailbox.postAtOnce(new Input.BeaconSeen(beacon));
            }

            @Override
            public void unavailable(String explanation) {
                journal.line(explanation);
            }
        });
    }

    void watch() {
        beacons.watch();
    }

    void show(Effect.ShowBeacon effect) {
        beacons.show(effect.beacon());
    }

    MetricsMessages.Queue queue() {
        BeaconTally tally = beacons.tally();
        return new MetricsMessages.Queue(
                "beacons within a second",
                null,
                tally.now(),
                LinkLimits.LAN_BEACONS_A_SECOND,
                tally.most(),
                tally.dropped());
    }

    @Override
    public void close() {
        beacons.close();
    }
}
