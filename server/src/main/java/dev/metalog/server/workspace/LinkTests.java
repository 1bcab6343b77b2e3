package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.PeerMessages;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tries every way to a peer when the person asks: a probe goes out, the peer sends it back the way it came, and the next one
 * follows, {@value #PROBES} times. The sidecar of the other person answers by itself.
 *
 * <p>Overflow rule: {@value #MOST} tests at a time; a further one is refused.
 */
final class LinkTests {
    static final int PROBES = 20;
    static final int MOST = 16;
    /** How long one answer may take; and all of them, as an editor waits for the result. */
    static final long PATIENCE_MILLIS = 5_000;

    private static final Map<Ways.Route, String> NAMES =
            Map.of(Ways.Route.DIRECT, "direct", Ways.Route.BROKERS, "broker");

    /** One way that is being tried. */
    private static final class Trial {
        final Test test;
        final Ways.Route route;
        final long startMillis;
        int answered;
        boolean over;

        Trial(Test test, Ways.Route route, long startMillis) {
            this.test = test;
            this.route = route;
            this.startMillis = startMillis;
        }
    }

    /** All that one request wants to know. */
    private record Test(
            Ticket ticket,
            Channel channel,
            Speaker speaker,
            List<Trial> trials,
            List<PeerMessages.LinkResult> results) {}

    private final Ways ways;
    private final Timeline time;
    private final Outbox out;
    private final Map<Long, Trial> waiting = new LinkedHashMap<>();

    LinkTests(Ways ways, Timeline time, Outbox out) {
        this.ways = ways;
        this.time = time;
        this.out = out;
    }

    /** @param speaker the run of the peer that was heard last on this channel */
    void begin(Ticket ticket, Channel channel, Speaker speaker) {
        if (waiting.size() >= MOST) {
            out.refuse(ticket, EditorError.LIMIT, MOST + " links are being tested already. Try again in a moment.");
            return;
        }
        Test test = new Test(ticket, channel, speaker, new ArrayList<>(), new ArrayList<>());
        for (Ways.Route route : List.of(Ways.Route.DIRECT, Ways.Route.BROKERS)) {
            if (ways.leads(route, speaker.peer())) {
                Trial trial = new Trial(test, route, time.millis());
                test.trials().add(trial);
            } else {
                test.results().add(new PeerMessages.LinkResult(NAMES.get(route), 0, null, "No such way is open."));
            }
        }
        List.copyOf(test.trials()).forEach(this::probe);
        settle(test);
    }

    private void probe(Trial trial) {
        long number = out.nextNumber();
        waiting.put(number, trial);
        trial.test.channel().send(trial.test.speaker(), new PeerMessage.Probe(number, false), trial.route);
    }

    /** Somebody sends a probe, or one of ours back. */
    void heard(Speaker speaker, PeerMessage.Probe probe, Channel channel) {
        if (!probe.isAnswer()) {
            channel.send(speaker, new PeerMessage.Probe(probe.number(), true), ways.arrival());
            return;
        }
        Trial trial = waiting.get(probe.number());
        if (trial == null || !trial.test.speaker().equals(speaker) || ways.arrival() != trial.route) {
            return;
        }
        waiting.remove(probe.number());
        trial.answered++;
        if (trial.answered < PROBES) {
            probe(trial);
        } else {
            end(trial, null);
        }
    }

    private void end(Trial trial, String failure) {
        trial.over = true;
        Double millis = trial.answered == 0 ? null : (double) (time.millis() - trial.startMillis) / trial.answered;
        trial.test
                .results()
                .add(new PeerMessages.LinkResult(
                        NAMES.get(trial.route), trial.answered, failure == null ? millis : null, failure));
        settle(trial.test);
    }

    private void settle(Test test) {
        if (test.trials().stream().allMatch(trial -> trial.over)) {
            PeerId peer = test.speaker().peer();
            out.answer(
                    test.ticket(),
                    new PeerMessages.LinkTested(peer.value(), ways.to(peer), List.copyOf(test.results())));
        }
    }

    void wake() {
        Iterator<Trial> all = waiting.values().iterator();
        List<Trial> late = new ArrayList<>();
        while (all.hasNext()) {
            Trial trial = all.next();
            if (time.millis() >= trial.startMillis + PATIENCE_MILLIS) {
                all.remove();
                late.add(trial);
            }
        }
        late.forEach(trial -> end(trial, "It did not answer within " + PATIENCE_MILLIS / 1_000 + " s."));
    }

    long wakeAtMillis() {
        return waiting.values().stream()
                .mapToLong(trial -> trial.startMillis + PATIENCE_MILLIS)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** An editor that left waits for nothing any more. */
    void editorWent(EditorId editor) {
        waiting.values().removeIf(trial -> trial.test.ticket().editor().equals(editor));
    }
}
