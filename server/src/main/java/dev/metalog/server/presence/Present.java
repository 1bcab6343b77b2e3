package dev.metalog.server.presence;

import dev.metalog.protocol.Attention;
import dev.metalog.protocol.Caret;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Version;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayList;
import java.util.List;

/** What was last heard of one speaker, and where its carets have moved since. */
final class Present {
    /** Who says nothing for so long is gone: three times as long as whoever is there says it again. */
    static final long EXPIRY_MILLIS = 3 * Speaking.AGAIN_MILLIS;
    /** Who may be what another run of the same peer left behind: it has to be heard again. */
    static final long DOUBTED_MILLIS = Speaking.AGAIN_MILLIS + 2_000;

    final int colour;
    private long number;
    private String name = "";
    private Attention attention = Attention.GONE;
    private Version version = Version.ROOT;
    private Carets carets = Carets.NONE;
    /** Said of a version that is not here yet; {@code null} if there is none. The newest alone is of use. */
    private PeerMessage.Presence waiting;

    private long goneAtMillis;

    Present(int colour) {
        this.colour = colour;
    }

    String name() {
        return name;
    }

    Attention attention() {
        return attention;
    }

    Carets carets() {
        return carets;
    }

    boolean isShown() {
        return attention != Attention.GONE;
    }

    long goneAtMillis() {
        return goneAtMillis;
    }

    /** Whether that was news. One that says it is gone is remembered for a while, so that what it said before is not. */
    boolean hear(PeerMessage.Presence said, EventGraph graph, long nowMillis) {
        if (said.number() <= number) {
            return false;
        }
        boolean changes = !name.equals(said.name()) || attention != said.attention();
        number = said.number();
        name = said.name();
        attention = said.attention();
        goneAtMillis = nowMillis + EXPIRY_MILLIS;
        waiting = said;
        if (!isShown()) {
            waiting = null;
            carets = Carets.NONE;
            return changes;
        }
        boolean moves = catchUp(graph);
        return moves || changes;
    }

    void doubt(long nowMillis) {
        goneAtMillis = Math.min(goneAtMillis, nowMillis + DOUBTED_MILLIS);
    }

    /** Takes in what waited for its version. Returns whether the carets may be elsewhere now. */
    boolean catchUp(EventGraph graph) {
        if (waiting == null || !graph.knows(waiting.version())) {
            return false;
        }
        version = waiting.version();
        carets = bounded(waiting.carets());
        waiting = null;
        return true;
    }

    /** No text is longer, and sums with such numbers stay small. */
    private static Carets bounded(List<Caret> said) {
        List<Caret> bounded = new ArrayList<>();
        for (Caret caret : said) {
            bounded.add(new Caret(
                    Math.min(caret.anchor(), Limits.DOCUMENT_UNITS), Math.min(caret.head(), Limits.DOCUMENT_UNITS)));
        }
        return new Carets(bounded);
    }

    /** Moves the carets to the tip, so that the way there is never walked twice. */
    void advance(EventGraph graph, Moves moves) {
        Version tip = graph.tip();
        if (version.equals(tip)) {
            return;
        }
        if (!carets.all().isEmpty()) {
            carets = carets.after(moves.from(version));
        }
        version = tip;
    }
}
