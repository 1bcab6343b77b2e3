package dev.metalog.server.workspace;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * What two sequences have in common, in order: E. W. Myers, An O(ND) Difference Algorithm and Its Variations (1986), in
 * linear space: from both ends to a middle, and so on in both halves.
 *
 * <p>Little work when little differs, however long the sequences are. When much does, the search for a middle is given up
 * after so many differences, and they are divided where it had got furthest, as GNU diff does: what is found then may not be
 * the most there is, and it is never nothing.
 *
 * @param onlyInOne the places of the one that have no counterpart in the other; the rest of both are the same, one by one
 * @param onlyInOther the places of the other that have none in the one
 */
record Alignment(BitSet onlyInOne, BitSet onlyInOther) {
    private static final int FEW = 1_000;

    /**
     * Compares two sequences of symbols, which are not negative.
     *
     * @param mostDifferences 1 or more: how far the search for a middle goes. It takes at most about so many steps for each
     *     symbol.
     */
    static Alignment of(int[] one, int[] other, int mostDifferences) {
        if ((long) one.length + other.length <= FEW) {
            Comparison comparison = new Comparison(one, other, mostDifferences);
            comparison.run();
            return new Alignment(comparison.onlyInOne, comparison.onlyInOther);
        }
        // What is in one of them alone has no counterpart, and would only be in the way.
        BitSet common = symbols(one);
        common.and(symbols(other));
        int[] places = placesOf(one, common);
        int[] placesInOther = placesOf(other, common);
        Comparison comparison = new Comparison(at(places, one), at(placesInOther, other), mostDifferences);
        comparison.run();
        return new Alignment(
                without(one.length, places, comparison.onlyInOne),
                without(other.length, placesInOther, comparison.onlyInOther));
    }

    private static BitSet symbols(int[] sequence) {
        BitSet symbols = new BitSet();
        for (int symbol : sequence) {
            symbols.set(symbol);
        }
        return symbols;
    }

    private static int[] placesOf(int[] sequence, BitSet symbols) {
        return IntStream.range(0, sequence.length)
                .filter(place -> symbols.get(sequence[place]))
                .toArray();
    }

    private static int[] at(int[] places, int[] sequence) {
        return Arrays.stream(places).map(place -> sequence[place]).toArray();
    }

    /** All places but those that have a counterpart. */
    private static BitSet without(int length, int[] places, BitSet only) {
        BitSet rest = new BitSet(length);
        rest.set(0, length);
        for (int i = only.nextClearBit(0); i < places.length; i = only.nextClearBit(i + 1)) {
            rest.clear(places[i]);
        }
        return rest;
    }

    private record Place(int inOne, int inOther) {
        int sum() {
            return inOne + inOther;
        }
    }

    private static final class Comparison {
        private final int[] one;
        private final int[] other;
        private final BitSet onlyInOne = new BitSet();
        private final BitSet onlyInOther = new BitSet();
        private final int most;
        /** By diagonal, the furthest place in {@code one} that so many differences lead to from the beginning. */
        private final int[] forward;
        /** The same from the end. */
        private final int[] backward;
        /** Where in these two arrays the diagonal of the corner is that they begin in. */
        private final int origin;

        Comparison(int[] one, int[] other, int mostDifferences) {
            this.one = one;
            this.other = other;
            most = (int) Math.min(mostDifferences, (long) one.length + other.length + 1);
            origin = most + 2;
            forward = new int[2 * origin + 1];
            backward = new int[2 * origin + 1];
        }

        void run() {
            compare(0, one.length, 0, other.length);
        }

        private void compare(int oneFrom, int oneTo, int otherFrom, int otherTo) {
            int from = oneFrom;
            int to = oneTo;
            int fromOther = otherFrom;
            int toOther = otherTo;
            while (true) {
                while (from < to && fromOther < toOther && one[from] == other[fromOther]) {
                    from++;
                    fromOther++;
                }
                while (from < to && fromOther < toOther && one[to - 1] == other[toOther - 1]) {
                    to--;
                    toOther--;
                }
                if (from == to || fromOther == toOther) {
                    onlyInOne.set(from, to);
                    onlyInOther.set(fromOther, toOther);
                    return;
                }
                Place middle = new Search(from, to, fromOther, toOther).middle();
                // The shorter half by a call: they never nest deeper than some dozens.
                if (middle.sum() - from - fromOther < to + toOther - middle.sum()) {
                    compare(from, middle.inOne(), fromOther, middle.inOther());
                    from = middle.inOne();
                    fromOther = middle.inOther();
                } else {
                    compare(middle.inOne(), to, middle.inOther(), toOther);
                    to = middle.inOne();
                    toOther = middle.inOther();
                }
            }
        }

        /**
         * For a place that a shortest way from one corner to the other goes through. On diagonal k the place in {@code one} is
         * the place in {@code other} plus k.
         */
        private final class Search {
            private final int from;
            private final int to;
            private final int fromOther;
            private final int toOther;
            /** The diagonals that there are. */
            private final int lowest;

            private final int highest;
            /** To find a diagonal in {@link #forward} and in {@link #backward}. */
            private final int forwardShift;

            private final int backwardShift;
            /** The diagonals that were got to from the beginning, and from the end. */
            private int low;

            private int high;
            private int lowBack;
            private int highBack;

            Search(int from, int to, int fromOther, int toOther) {
                this.from = from;
                this.to = to;
                this.fromOther = fromOther;
                this.toOther = toOther;
                lowest = from - toOther;
                highest = to - fromOther;
                low = from - fromOther;
                high = low;
                lowBack = to - toOther;
                highBack = lowBack;
                forwardShift = origin - low;
                backwardShift = origin - lowBack;
            }

            Place middle() {
                boolean meetsForward = ((low - lowBack) & 1) != 0;
                forward[origin] = from;
                backward[origin] = to;
                for (int differences = 1; ; differences++) {
                    Place met = goForward(meetsForward);
                    if (met == null) {
                        met = goBackward(!meetsForward);
                    }
                    if (met != null) {
                        return met;
                    }
                    if (differences >= most) {
                        return furthest();
                    }
                }
            }

            /** One difference more on each diagonal. Returns where it met the search from the end, or {@code null}. */
            private Place goForward(boolean mayMeet) {
                if (low > lowest) {
                    forward[--low - 1 + forwardShift] = -1;
                } else {
                    low++;
                }
                if (high < highest) {
                    forward[++high + 1 + forwardShift] = -1;
                } else {
                    high--;
                }
                for (int diagonal = high; diagonal >= low; diagonal -= 2) {
                    int at = diagonal + forwardShift;
                    int place = Math.max(forward[at - 1] + 1, forward[at + 1]);
                    while (place < to && place - diagonal < toOther && one[place] == other[place - diagonal]) {
                        place++;
                    }
                    forward[at] = place;
                    if (mayMeet
                            && lowBack <= diagonal
                            && diagonal <= highBack
                            && backward[diagonal + backwardShift] <= place) {
                        return new Place(place, place - diagonal);
                    }
                }
                return null;
            }

            private Place goBackward(boolean mayMeet) {
                if (lowBack > lowest) {
                    backward[--lowBack - 1 + backwardShift] = Integer.MAX_VALUE;
                } else {
                    lowBack++;
                }
                if (highBack < highest) {
                    backward[++highBack + 1 + backwardShift] = Integer.MAX_VALUE;
                } else {
                    highBack--;
                }
                for (int diagonal = highBack; diagonal >= lowBack; diagonal -= 2) {
                    int at = diagonal + backwardShift;
                    int place = Math.min(backward[at - 1], backward[at + 1] - 1);
                    while (place > from
                            && place - diagonal > fromOther
                            && one[place - 1] == other[place - diagonal - 1]) {
                        place--;
                    }
                    backward[at] = place;
                    if (mayMeet && low <= diagonal && diagonal <= high && place <= forward[diagonal + forwardShift]) {
                        return new Place(place, place - diagonal);
                    }
                }
                return null;
            }

            /** The place furthest from the beginning, or from the end, that the search came to. */
            private Place furthest() {
                Place best = new Place(from, fromOther);
                for (int diagonal = high; diagonal >= low; diagonal -= 2) {
                    int place = Math.min(Math.min(forward[diagonal + forwardShift], to), toOther + diagonal);
                    best = place + place - diagonal > best.sum() ? new Place(place, place - diagonal) : best;
                }
                Place bestBack = new Place(to, toOther);
                for (int diagonal = highBack; diagonal >= lowBack; diagonal -= 2) {
                    int place = Math.max(Math.max(backward[diagonal + backwardShift], from), fromOther + diagonal);
                    bestBack =
                            place + place - diagonal < bestBack.sum() ? new Place(place, place - diagonal) : bestBack;
                }
                return best.sum() - from - fromOther > to + toOther - bestBack.sum() ? best : bestBack;
            }
        }
    }
}
