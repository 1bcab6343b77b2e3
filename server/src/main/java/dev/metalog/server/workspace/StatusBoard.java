package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.EditorMessages.DocumentStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells editors how their live documents stand, when that changes, and no more often than every {@value #EVERY_MILLIS}
 * ms: a state that lasts shorter than that is nobody's business.
 */
final class StatusBoard {
    static final long EVERY_MILLIS = 200;

    private static final String READ_ONLY =
            "You may read this document, and not write it. Ask the workspace's owner for that (meta-log members role).";

    private final Ways ways;
    private final Predicate<SharedDocument> mayWrite;
    private final Outbox out;
    private final Set<LiveDocument> touched = new LinkedHashSet<>();
    private final Map<View, DocumentStatus> told = new HashMap<>();
    private long tellAtMillis = Long.MAX_VALUE;
    private long toldAtMillis = -EVERY_MILLIS;

    /** @param mayWrite whether the person here may write what is shared */
    StatusBoard(Ways ways, Predicate<SharedDocument> mayWrite, Outbox out) {
        this.ways = ways;
        this.mayWrite = mayWrite;
        this.out = out;
    }

    void touched(LiveDocument document) {
        touched.add(document);
    }

    void forget(View view) {
        told.remove(view);
    }

    long wakeAtMillis() {
        return tellAtMillis;
    }

    /** To be called after every input. */
    void tell(long nowMillis) {
        if (touched.isEmpty()) {
            return;
        }
        if (nowMillis < toldAtMillis + EVERY_MILLIS) {
            tellAtMillis = toldAtMillis + EVERY_MILLIS;
            return;
        }
        for (LiveDocument document : touched) {
            for (View view : document.views()) {
                DocumentStatus status = status(document, view, nowMillis);
                if (!status.equals(told.put(view, status))) {
                    out.add(new Effect.TellDocument(view.editor(), status));
                }
            }
        }
        touched.clear();
        toldAtMillis = nowMillis;
        tellAtMillis = Long.MAX_VALUE;
    }

    /** How a document stands in each editor that shows it, or in none. */
    List<DocumentStatus> statuses(LiveDocument document, long nowMillis) {
        List<DocumentStatus> list = new ArrayList<>();
        for (View view : document.views()) {
            list.add(status(document, view, nowMillis));
        }
        if (list.isEmpty()) {
            list.add(status(document, null, nowMillis));
        }
        return list;
    }

    private DocumentStatus status(LiveDocument document, View view, long nowMillis) {
        String state = "in-sync";
        String explanation = null;
        if (view != null && view.isPaused()) {
            state = "paused";
            explanation = "A change did not fit. Live updates go on when the editor sends the whole text; reopen it.";
        } else if (!ways.areOpen()) {
            state = "offline";
            explanation = "No broker and no peer is connected. What is typed is kept here and sent later.";
        } else if (document.unsent() > 0) {
            state = "sending";
        } else if (view != null
                && (view.isAstray() || !view.frontier().equals(document.graph().tip()))) {
            state = "receiving";
        }
        boolean readOnly = !mayWrite.test(document.shared());
        if (readOnly && explanation == null) {
            explanation = READ_ONLY;
        }
        return new DocumentStatus(
                view == null ? document.shared().uri() : view.uri(),
                document.shared().id().value(),
                document.shared().path().value(),
                state,
                document.unsent(),
                document.sync().peers(nowMillis),
                explanation,
                readOnly ? true : null);
    }
}
