package dev.metalog.server.eventgraph;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.EventRunsBuilder;
import dev.metalog.protocol.codec.RunKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Histories built to be slow, each of any size: every one of them is what somebody could have written. */
enum HostileGraphs {
    /** Two branches, each event of which joins the other branch as it was an event before. */
    LADDER(2_047) {
        @Override
        void write(Script b, int n) {
            int[] left = {start(b)};
            int[] right = left.clone();
            for (int i = 0; i < n; i++) {
                int[] both = left[0] == right[0] ? left : new int[] {left[0], right[0]};
                int l = b.insert(0, both, 0, 1);
                int r = b.insert(1, both, 0, 1);
                left = new int[] {l};
                right = new int[] {r};
            }
        }
    },
    /** Two branches that arrive interleaved and never meet. */
    INTERLEAVED(2_047) {
        @Override
        void write(Script b, int n) {
            int left = start(b);
            int right = left;
            for (int i = 0; i < n; i++) {
                left = b.insert(0, new int[] {left}, 0, 1);
                right = b.insert(1, new int[] {right}, i, 1);
            }
        }
    },
    /** Everybody types at the same place of an empty text, in the order of their names or against it. */
    CROWD_ASCENDING(3_600) {
        @Override
        void write(Script b, int n) {
            for (int i = 0; i < n; i++) {
                b.insert(i, new int[0], 0, 1);
            }
        }
    },
    CROWD_DESCENDING(3_500) {
        @Override
        void write(Script b, int n) {
            for (int i = 0; i < n; i++) {
                b.insert(1_000_000 - i, new int[0], 0, 1);
            }
        }
    },
    /** One writer does. */
    CROWD_OF_ONE(4_095) {
        @Override
        void write(Script b, int n) {
            for (int i = 0; i < n; i++) {
                b.insert(0, new int[0], 0, 1);
            }
        }
    },
    /** Branches of two units each, the second before the first. */
    CROWD_BACKWARDS(2_047) {
        @Override
        void write(Script b, int n) {
            for (int i = 0; i < n; i++) {
                b.insert(0, new int[0], 0, 1);
                b.insert(0, null, 0, 1);
            }
        }
    },
    /** The same in the middle of a text, so that what stands behind is not simply the end. */
    CROWD_IN_A_TEXT(2_046) {
        @Override
        void write(Script b, int n) {
            int text = b.insert(0, new int[0], 0, 2);
            for (int i = 0; i < n; i++) {
                b.insert(1, new int[] {text}, 1, 1);
                b.insert(1, null, 1, 1);
            }
        }
    },
    /** A spine with a tooth at every unit. */
    COMB(2_047) {
        @Override
        void write(Script b, int n) {
            int spine = start(b);
            for (int i = 0; i < n; i++) {
                b.insert(1, new int[] {spine}, 0, 1);
                spine = b.insert(0, new int[] {spine}, i % 7, 1);
            }
        }
    },
    /** Two long branches, and then events that each join some place of the one with some place of the other. */
    GRID(1_365) {
        @Override
        void write(Script b, int n) {
            Random random = new Random(n);
            int[] left = branch(b, 0, n, random);
            int[] right = branch(b, 1, n, random);
            for (int i = 0; i < n; i++) {
                b.insert(2, new int[] {left[random.nextInt(n)], right[random.nextInt(n)]}, 0, 1);
            }
        }
    },
    /** The same, each time from the one end to the other. */
    PENDULUM(1_365) {
        @Override
        void write(Script b, int n) {
            Random random = new Random(n);
            int[] left = branch(b, 0, n, random);
            int[] right = branch(b, 1, n, random);
            for (int i = 0; i < n; i++) {
                int from = i % 2 == 0 ? left[n - 1] : right[n - 1];
                b.insert(2, new int[] {from}, 0, 1);
            }
        }
    },
    /** Joins an old unit with the end of an interleaved branch, again and again. */
    FAR_PARENTS(1_364) {
        @Override
        void write(Script b, int n) {
            int old = b.insert(2, new int[0], 0, 1);
            int left = b.insert(0, new int[0], 0, 1);
            int right = b.insert(1, new int[0], 0, 1);
            for (int i = 0; i < n; i++) {
                left = b.insert(0, new int[] {left}, 0, 1);
                right = b.insert(1, new int[] {right}, 0, 1);
            }
            for (int i = 0; i < n; i++) {
                b.insert(2, new int[] {old, left}, 0, 1);
            }
        }
    },
    /** As many parents as are allowed, as often as fits. */
    WIDE_MERGES(118) {
        @Override
        void write(Script b, int n) {
            int[] heads = new int[256];
            for (int i = 0; i < heads.length; i++) {
                heads[i] = b.insert(i, new int[0], 0, 1);
            }
            for (int i = 0; i < n; i++) {
                b.insert(i % 256, heads, 0, 1);
            }
        }
    },
    /** One unit after the other, each by another of two writers. */
    ALTERNATION(4_094) {
        @Override
        void write(Script b, int n) {
            int last = start(b);
            for (int i = 0; i < n; i++) {
                last = b.insert(i % 2, new int[] {last}, i % 3, 1);
            }
        }
    },
    /** A long text, and many who delete all of it at the same time. */
    MANY_DELETE_ALL(255) {
        @Override
        void write(Script b, int n) {
            int text = b.insert(0, new int[0], 0, 8 * n);
            for (int i = 0; i < n; i++) {
                b.delete(RunKind.DELETION, 1, new int[] {text}, 0, 8 * n);
            }
        }
    },
    /** The same, key by key, as often as so many keys are allowed. */
    MANY_BACKSPACE_ALL(4_000) {
        @Override
        void write(Script b, int n) {
            int text = b.insert(0, new int[0], 0, 50);
            for (int i = 0; i < n / 50; i++) {
                b.delete(RunKind.BACKSPACES, 1, new int[] {text}, 49, 50);
            }
        }
    },
    /** A text in single pieces, deleted in a few long steps by two branches, and events that see some steps of each. */
    HEAVY_GRID(4_000) {
        @Override
        void write(Script b, int n) {
            Random random = new Random(n);
            int pieces = n / 2;
            int text = b.insert(0, new int[0], 0, pieces);
            for (int i = 0; i < pieces; i++) {
                text = b.insert(0, new int[] {text}, 2 * i, 1);
            }
            int steps = 8;
            int[] left = new int[steps];
            int[] right = new int[steps];
            for (int i = 0; i < steps; i++) {
                left[i] = b.delete(
                        RunKind.DELETION, 1, new int[] {i == 0 ? text : left[i - 1]}, 0, 2 * pieces / steps / 2);
                right[i] = b.delete(
                        RunKind.DELETION, 2, new int[] {i == 0 ? text : right[i - 1]}, 0, 2 * pieces / steps / 2);
            }
            for (int i = 0; i < n - pieces - 2 * steps; i++) {
                b.insert(3, new int[] {left[random.nextInt(steps)], right[random.nextInt(steps)]}, 0, 1);
            }
        }
    },
    /** A long text cut into single characters, and deletions of all of it by turns with what was inserted since. */
    MANY_DELETE_PIECES(910) {
        @Override
        void write(Script b, int n) {
            int text = b.insert(0, new int[0], 0, 2 * n);
            int last = text;
            for (int i = 0; i < n; i++) {
                last = b.insert(0, new int[] {last}, 3 * i % (2 * n), 1);
            }
            for (int i = 0; i < n / 8; i++) {
                b.delete(RunKind.DELETION, 1, new int[] {text}, 0, 2 * n);
                b.delete(RunKind.DELETION, 2, new int[] {last}, 0, 3 * n);
            }
        }
    },
    /** Siblings whose right neighbours differ, so that the place of each has to be compared. */
    STAIRS(2_047) {
        @Override
        void write(Script b, int n) {
            int text = b.insert(0, new int[0], 0, n + 1);
            int last = text;
            for (int i = 0; i < n; i++) {
                // Deleting the character to the right leaves the next insertion with another right neighbour.
                b.insert(1, new int[] {last}, 0, 1);
                last = b.delete(RunKind.DELETION, 0, new int[] {last}, 0, 1);
            }
        }
    },
    /** Each event in a branch of its own, from random places in the past. */
    RANDOM_PAST(4_094) {
        @Override
        void write(Script b, int n) {
            Random random = new Random(n);
            List<Integer> all = new ArrayList<>(List.of(start(b)));
            for (int i = 0; i < n; i++) {
                int parent = all.get(random.nextInt(all.size()));
                all.add(b.insert(random.nextInt(5), new int[] {parent}, 0, 1));
            }
        }
    },
    /** Branches, each heavier than the one before, which the plan sorts. */
    HEAVIER(1_364) {
        @Override
        void write(Script b, int n) {
            int text = start(b);
            for (int i = 0; i < n; i++) {
                b.insert(i % 3, new int[] {text}, 0, 1);
            }
            for (int i = 0; i < n; i++) {
                int first = b.insert(i % 3, new int[] {text}, 0, 1);
                b.insert((i + 1) % 3, new int[] {first}, 0, 1);
            }
        }
    };

    private final int largest;

    /** @param largest about the largest n whose events one bundle of 64 KiB may hold */
    HostileGraphs(int largest) {
        this.largest = largest;
    }

    int largest() {
        return largest;
    }

    abstract void write(Script script, int n);

    /** The history of this shape and size. */
    EventRuns of(int n) {
        Script script = new Script();
        write(script, n);
        return script.builder.build();
    }

    /** The same, and at its end an event that cannot be: behind the end of any text. */
    EventRuns withABadEvent(int n) {
        Script script = new Script();
        write(script, n);
        script.insert(9, new int[] {script.builder.units() - 1}, 1 << 30, 1);
        return script.builder.build();
    }

    private static int start(Script b) {
        return b.insert(0, new int[0], 0, 1);
    }

    private static int[] branch(Script b, int writer, int n, Random random) {
        int[] units = new int[n];
        int last = -1;
        for (int i = 0; i < n; i++) {
            last = b.insert(writer, last < 0 ? new int[0] : new int[] {last}, random.nextInt(i + 1), 1);
            units[i] = last;
        }
        return units;
    }

    /** Events by numbered writers; each method returns the last unit that it wrote. */
    static final class Script {
        private final EventRunsBuilder builder = new EventRunsBuilder();
        private final Map<Integer, Integer> nextSeqs = new HashMap<>();

        int insert(int writer, int[] parents, int position, int length) {
            builder.insertion(
                    replica(writer),
                    seq(writer, length),
                    parents,
                    position,
                    "x".repeat(length).toCharArray(),
                    0,
                    length);
            return builder.units() - 1;
        }

        int delete(RunKind kind, int writer, int[] parents, int position, int length) {
            builder.deletion(kind, replica(writer), seq(writer, length), parents, position, length);
            return builder.units() - 1;
        }

        private int replica(int writer) {
            return builder.replica(new ReplicaId(String.format(Locale.ROOT, writer < 10 ? "w%d" : "w%07d", writer)));
        }

        private int seq(int writer, int length) {
            return nextSeqs.merge(writer, length, Integer::sum) - length;
        }
    }
}
