package dev.metalog.server.trace;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayList;
import java.util.List;

/** Replays traces: all their events go into a fresh graph as another replica's would, and the text is compared. */
final class Replay {
    private Replay() {}

    /**
     * What came of the traces of one file.
     *
     * @param cases 1, or as many as the suite has
     * @param units inserted and deleted UTF-16 code units
     * @param millis from the first event to the text, reading the file not included
     * @param different the cases that ended in another text, in order
     */
    record Outcome(int cases, int transactions, int units, double millis, List<Difference> different) {
        boolean isEqual() {
            return different.isEmpty();
        }
    }

    /**
     * Where a replayed text first differs from the recorded one.
     *
     * @param trace its name
     * @param position in UTF-16 code units
     * @param expected what is recorded there, at most a few words of it
     * @param found what is replayed there
     */
    record Difference(String trace, int position, String expected, String found) {
        private static final int SHOWN_UNITS = 24;

        /** Of two texts that are not equal. */
        static Difference between(String trace, String expected, String found) {
            int at = 0;
            int shorter = Math.min(expected.length(), found.length());
            while (at < shorter && expected.charAt(at) == found.charAt(at)) {
                at++;
            }
            if (at > 0 && Character.isHighSurrogate(expected.charAt(at - 1))) {
                at--;
            }
            return new Difference(trace, at, part(expected, at), part(found, at));
        }

        private static String part(String text, int from) {
            int to = Math.min(text.length(), from + SHOWN_UNITS);
            if (to > from && to < text.length() && Character.isLowSurrogate(text.charAt(to))) {
                to--;
            }
            return text.substring(from, to);
        }
    }

    /** Replays the traces of one file; an event that the graph refuses is as bad as a file that cannot be read. */
    static Outcome of(List<Trace> traces) throws BadTraceException {
        int transactions = 0;
        int units = 0;
        long nanos = 0;
        List<Difference> different = new ArrayList<>();
        for (Trace trace : traces) {
            List<Bundle> bundles = BundleCodec.pack(trace.events());
            long began = System.nanoTime();
            String text = textOf(trace, bundles);
            nanos += System.nanoTime() - began;
            transactions += trace.transactions().size();
            units += trace.units();
            if (!text.equals(trace.endContent())) {
                different.add(Difference.between(trace.name(), trace.endContent(), text));
            }
        }
        return new Outcome(traces.size(), transactions, units, nanos / 1e6, List.copyOf(different));
    }

    private static String textOf(Trace trace, List<Bundle> bundles) throws BadTraceException {
        EventGraph graph = new EventGraph();
        for (Bundle bundle : bundles) {
            Admission admission = graph.admit(bundle);
            if (admission instanceof Admission.Refused refused) {
                throw new BadTraceException(
                        placeOf(trace, refused) + " of " + trace.name(),
                        refused.explanation() + " Is this the whole, unchanged recording?");
            }
            if (!(admission instanceof Admission.Added)) {
                throw new IllegalStateException("Events of a trace that stand in order were not added: " + admission);
            }
        }
        return graph.text();
    }

    private static String placeOf(Trace trace, Admission.Refused refused) {
        for (int i = 0; i < trace.transactions().size(); i++) {
            boolean here = trace.transactions().get(i).events().stream()
                    .anyMatch(
                            event -> event.id().replica().equals(refused.event().replica())
                                    && event.id().seq() <= refused.event().seq()
                                    && refused.event().seq() <= event.lastId().seq());
            if (here) {
                return "transaction " + i;
            }
        }
        return "event " + refused.event();
    }
}
