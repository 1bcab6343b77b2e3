package dev.metalog.server.workspace;

import java.util.EnumSet;
import java.util.Set;

/**
 * One disagreement: somebody knows the same events of a document and has another text.
 *
 * <pre>
 *                another text at the same version
 *                            │
 *                            ▼        our log gives our text
 *   OVER ── another text ▶ JUDGING ──────────────────────────▶ THEIRS ──┐
 *    ▲                     ▲  │ │                                       │ our log gives another
 *    │      another text   │  │ │ our log cannot be played              │ (or UNDECIDED, or JUDGING)
 *    │                     │  │ └──────────────▶ UNDECIDED ─────────────┤
 *    │                     │  ▼                                         │
 *    │                     OURS ◀───────────────────────────────────────┘
 *    │ the same text again  │
 *    └──────────────────────┴── from everywhere
 * </pre>
 *
 * The person is told of each state once, until it is over.
 */
final class Incident {
    /** See the picture. */
    enum State {
        JUDGING,
        OURS,
        THEIRS,
        UNDECIDED,
        OVER
    }

    /** What makes an incident change its state. */
    enum Reason {
        ANOTHER_TEXT,
        LOG_GIVES_ANOTHER,
        LOG_GIVES_OURS,
        LOG_CANNOT_BE_PLAYED,
        SAME_TEXT
    }

    private State state = State.OVER;
    private final Set<State> told = EnumSet.noneOf(State.class);

    State state() {
        return state;
    }

    /** The one place where the state changes. Returns whether it did. */
    boolean change(Reason reason) {
        State before = state;
        state = switch (reason) {
            case ANOTHER_TEXT -> state == State.OVER || state == State.OURS ? State.JUDGING : state;
            case LOG_GIVES_ANOTHER -> State.OURS;
            case LOG_GIVES_OURS -> state == State.JUDGING ? State.THEIRS : state;
            case LOG_CANNOT_BE_PLAYED -> state == State.JUDGING ? State.UNDECIDED : state;
            case SAME_TEXT -> State.OVER;
        };
        if (state == State.OVER) {
            told.clear();
        }
        return state != before;
    }

    /** Whether the person was not told of this state yet; she counts as told now. */
    boolean takeUntold() {
        return told.add(state);
    }
}
