package dev.metalog.server.app;

import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.link.LinkLimits;
import dev.metalog.server.link.RelayLink;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import java.util.HashMap;
import java.util.Map;

/**
 * What went over direct links alone, for as long as it is not known that these work: if one of them may be dead, it goes through the
 * brokers after all. Thread-safe.
 *
 * <p>Overflow rule: what is beyond {@link LinkLimits#DIRECT_PROOFS} or {@link LinkLimits#DIRECT_PROOF_BYTES} is not held back; it
 * goes both ways at once.
 */
final class SparedBrokers {
    private final Map<String, RelayLink> byBroker;
    private final Mailbox mailbox;
    private final Map<Long, Effect.Send> held = new HashMap<>();
    private long heldBytes;
    private int most;
    private long overflows;

    /** @param byBroker may be read by any thread */
    SparedBrokers(Map<String, RelayLink> byBroker, Mailbox mailbox) {
        this.byBroker = byBroker;
        this.mailbox = mailbox;
    }

    /** Returns whether there is room for it. */
    synchronized boolean hold(Effect.Send effect) {
        if (held.size() >= LinkLimits.DIRECT_PROOFS
                || heldBytes + effect.envelope().length > LinkLimits.DIRECT_PROOF_BYTES) {
            overflows++;
            return false;
        }
        held.put(effect.token(), effect);
        most = Math.max(most, held.size());
        heldBytes += effect.envelope().length;
        return true;
    }

    /** It need not, or must no longer, be held back; {@code null} if it was not. */
    synchronized Effect.Send take(long token) {
        Effect.Send effect = held.remove(token);
        heldBytes -= effect == null ? 0 : effect.envelope().length;
        return effect;
    }

    synchronized MetricsMessages.Queue queue() {
        return new MetricsMessages.Queue(
                "held back from brokers", null, held.size(), LinkLimits.DIRECT_PROOFS, most, overflows);
    }

    /** The links may be dead. */
    void turnTo(long token) {
        Effect.Send effect = take(token);
        if (effect != null) {
            for (String broker : effect.brokers()) {
                RelayLink link = byBroker.get(broker);
                boolean taken =
                        link != null && link.publish(effect.topic(), effect.envelope(), 1, false, effect.token());
                if (!taken) {
                    mailbox.post(new Input.NotPublished(broker, effect.token(), "The broker does not take it."));
                }
            }
        }
    }
}
