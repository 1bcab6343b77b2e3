package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.EditorError;
import java.util.ArrayList;
import java.util.List;

/** Collects the effects of one input in the order they must be performed, and numbers what will be answered. */
final class Outbox {
    private final List<Effect> effects = new ArrayList<>();
    private long lastNumber;

    void add(Effect effect) {
        effects.add(effect);
    }

    void refuse(Ticket ticket, EditorError error, String explanation) {
        add(new Effect.Refuse(ticket.editor(), ticket.number(), error, explanation));
    }

    void answer(Ticket ticket, Object result) {
        add(new Effect.Answer(ticket.editor(), ticket.number(), result));
    }

    /** A number never given before, for an offer or a publication. */
    long nextNumber() {
        return ++lastNumber;
    }

    List<Effect> drain() {
        List<Effect> drained = List.copyOf(effects);
        effects.clear();
        return drained;
    }
}
