package dev.metalog.server.authorship;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.server.authorship.UnitTokens.Place;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The hash tree over everything that one writer wrote in one document, by which one signature covers it all and any first
 * part of it can be proved.
 *
 * <p>The tokens of the writer's units ({@link UnitTokens}) are put {@value #LEAF_TOKENS} to a leaf, the last of which may
 * have fewer; leaves and nodes are hashed as in RFC 6962, section 2.1 (00 before a leaf, 01 before two nodes; the left side
 * is the largest power of two that is less than all). A writer signs the root after each batch, and who keeps the events
 * needs the last signature only.
 *
 * <pre>
 *              root ── signed
 *             ╱    ╲
 *           o        o        what is proved ends in leaf 2: the prover sends the rest of its tokens (the bridge),
 *          ╱ ╲      ╱ ╲       and of the stretches of leaves behind it one hash each (the path): here leaf 3.
 *        l0   l1  l2   l3     Whoever checks has l0, l1 and the beginning of l2, and can compute the root.
 *                  ▲
 * </pre>
 *
 * <p>So a bundle that ends anywhere in a long history is proved by the newest signature, with less than 64 tokens and 32
 * hashes more. What was proved from further on is kept as {@link Beyond}: with it, whoever has only a first part can prove
 * that again, and any part of that.
 *
 * <p>Takes 65 bytes and a few numbers for each 64 tokens, and is made of the events only when somebody needs it.
 */
final class WriterTree {
    static final int LEAF_TOKENS = 64;

    /** Gives the writer's units from one on to before another. */
    interface Source {
        EventRuns units(int fromSeq, int toSeq);
    }

    /** Where the tree can be cut back to. */
    @SuppressWarnings("ArrayRecordComponent") // changed by nobody, compared by nobody
    record Mark(int leaves, OpenLeaf open, Place place) {}

    /**
     * What was signed beyond what is here.
     *
     * @param tokens how many were signed in all
     * @param bridge the tokens behind ours that fill up the leaf we end in
     * @param path the hashes of the stretches behind that leaf
     */
    @SuppressWarnings("ArrayRecordComponent") // changed by nobody, compared by nobody
    record Beyond(int tokens, byte[] bridge, byte[] path) {}

    private static final byte[] NOTHING = {};

    private final UnitTokens tokens = new UnitTokens(Place.START);
    /** By level: the hashes of all complete nodes; level 0 are the leaves. */
    private final List<Hashes> levels = new ArrayList<>();
    /** By leaf: where it begins. */
    private final List<Place> starts = new ArrayList<>(List.of(Place.START));

    /** The last leaf, which may get more. */
    private OpenLeaf open = new OpenLeaf();
    /** One for all: to find a new one takes as long as to hash a leaf. */
    private final MessageDigest sha = Sha256.fresh();

    /** What the next unit is called that is to be appended. */
    int nextSeq() {
        return tokens.nextSeq();
    }

    /** All tokens so far. */
    int tokens() {
        return leaves() * LEAF_TOKENS + open.tokens();
    }

    /** Complete ones. */
    private int leaves() {
        return starts.size() - 1;
    }

    Mark mark() {
        return new Mark(leaves(), open.copy(), tokens.place());
    }

    void cutBack(Mark mark) {
        starts.subList(mark.leaves() + 1, starts.size()).clear();
        for (int level = 0; level < levels.size(); level++) {
            levels.get(level).truncate(mark.leaves() >> level);
        }
        open = mark.open().copy();
        tokens.goTo(mark.place());
    }

    /** Appends the writer's units in the columns that are not here yet. */
    void append(EventRuns runs, int writer) {
        tokens.tell(runs, writer, this::append);
    }

    private void append(int seq, byte[] bytes, int length) {
        open.add(seq, bytes, length);
        if (open.tokens() == LEAF_TOKENS) {
            close();
        }
    }

    private void close() {
        byte[] hash = leafHash(NOTHING);
        starts.add(tokens.place());
        for (int level = 0; ; level++) {
            if (level == levels.size()) {
                levels.add(new Hashes());
            }
            Hashes hashes = levels.get(level);
            hashes.add(hash);
            if (hashes.size() % 2 == 1) {
                break;
            }
            hash = node(hashes.get(hashes.size() - 2), hash);
        }
        open.clear();
    }

    /** The root over all tokens that are here; there has to be one. */
    byte[] root() {
        return root(new Beyond(tokens(), NOTHING, NOTHING));
    }

    /**
     * The root that was signed, if what is here and what is said to be beyond it is all true; {@code null} if the two do not
     * fit together. They do not if they make a leaf that is longer than a leaf can be: whoever proves a first part of it to
     * others has to send the rest of it.
     */
    byte[] root(Beyond beyond) {
        int proved = open.tokens() > 0 ? leaves() + 1 : leaves();
        int all = leavesOf(beyond.tokens());
        boolean complete = beyond.tokens() == tokens();
        boolean filled = open.tokens() == 0 || beyond.tokens() == tokens();
        if (beyond.tokens() < tokens()
                || all < proved
                || (long) open.length() + beyond.bridge().length > Limits.PROOF_BRIDGE_BYTES
                || (filled && beyond.bridge().length > 0)
                || (!filled && beyond.bridge().length == 0)
                || (complete && beyond.path().length > 0)) {
            return null;
        }
        List<long[]> stretches = Stretches.behind(proved, all).fromTo();
        if (stretches.size() * WriterProof.HASH_BYTES != beyond.path().length) {
            return null;
        }
        return subRoot(0, all, new Far(beyond, stretches));
    }

    /** What is known of the leaves that are not here. */
    private record Far(Beyond beyond, List<long[]> stretches) {
        byte[] hashOf(int from, int to) {
            for (int i = 0; i < stretches.size(); i++) {
                if (stretches.get(i)[0] == from && stretches.get(i)[1] == to) {
                    return Arrays.copyOfRange(
                            beyond.path(), i * WriterProof.HASH_BYTES, (i + 1) * WriterProof.HASH_BYTES);
                }
            }
            return null;
        }
    }

    static int leavesOf(int tokens) {
        return (int) (((long) tokens + LEAF_TOKENS - 1) / LEAF_TOKENS);
    }

    /** Rows of leaves that have a node of their own. */
    record Stretches(List<long[]> fromTo) {
        /** The fewest that are together the leaves from one on. */
        static Stretches behind(int leaf, int all) {
            List<long[]> found = new ArrayList<>();
            stretchesBehind(leaf, 0, all, found);
            return new Stretches(found);
        }

        int count() {
            return fromTo.size();
        }
    }

    private static void stretchesBehind(int proved, int from, int to, List<long[]> stretches) {
        if (to <= proved) {
            return;
        }
        if (from >= proved) {
            stretches.add(new long[] {from, to});
            return;
        }
        int middle = from + leftOf(to - from);
        stretchesBehind(proved, from, middle, stretches);
        stretchesBehind(proved, middle, to, stretches);
    }

    /** The largest power of two that is less. */
    static int leftOf(int leaves) {
        return Integer.highestOneBit(leaves - 1);
    }

    private byte[] subRoot(int from, int to, Far far) {
        int size = to - from;
        if (to <= leaves() && Integer.bitCount(size) == 1 && from % size == 0) {
            return levels.get(Integer.numberOfTrailingZeros(size)).get(from / size);
        }
        byte[] known = far.hashOf(from, to);
        if (known != null) {
            return known;
        }
        if (size == 1) {
            return leafHash(far.beyond().bridge());
        }
        int middle = from + leftOf(size);
        return node(subRoot(from, middle, far), subRoot(middle, to, far));
    }

    /**
     * What proves the units before {@code seq}, by a signature over what is here and beyond it.
     *
     * @param seq where an event begins, or {@link #nextSeq}
     * @param signed what was signed beyond what is here
     */
    Beyond cut(int seq, Beyond signed, Source source) {
        int leaf = leafOf(seq);
        byte[] bridge = leaf == leaves() ? openRest(seq, signed) : restBehindStart(leaf, seq, source);
        int proved = bridge == null ? leaf : leaf + 1;
        int all = leavesOf(signed.tokens());
        return new Beyond(signed.tokens(), bridge == null ? NOTHING : bridge, hashesBehind(proved, all, signed));
    }

    /**
     * How the tree that was signed begins.
     *
     * @param first so many tokens, all of which are here
     * @param signed what was signed beyond what is here
     */
    PrefixProof prefix(int first, Beyond signed, Source source) {
        if (first == signed.tokens()) {
            return new PrefixProof(first, first, root(signed), NOTHING, NOTHING);
        }
        int leaf = first / LEAF_TOKENS;
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        for (int rest = leaf, from = 0; rest > 0; ) {
            int size = Integer.highestOneBit(rest);
            before.writeBytes(levels.get(Integer.numberOfTrailingZeros(size)).get(from / size));
            from += size;
            rest -= size;
        }
        byte[] whole = first % LEAF_TOKENS == 0 ? NOTHING : whole(leaf, signed, source);
        byte[] behind = hashesBehind(leavesOf(first), leavesOf(signed.tokens()), signed);
        return new PrefixProof(first, signed.tokens(), before.toByteArray(), whole, behind);
    }

    private byte[] whole(int leaf, Beyond signed, Source source) {
        if (leaf < leaves()) {
            return rest(leaf, starts.get(leaf).nextSeq(), source);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(open.bytes());
        whole.writeBytes(signed.bridge());
        return whole.toByteArray();
    }

    /** Of the fewest stretches of leaves from one on. */
    private byte[] hashesBehind(int leaf, int all, Beyond signed) {
        Far far = new Far(
                signed,
                Stretches.behind(open.tokens() > 0 ? leaves() + 1 : leaves(), all)
                        .fromTo());
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        for (long[] stretch : Stretches.behind(leaf, all).fromTo()) {
            hashes.writeBytes(subRoot((int) stretch[0], (int) stretch[1], far));
        }
        return hashes.toByteArray();
    }

    /** The leaf in which the unit's token is, or the one that it would begin. */
    private int leafOf(int seq) {
        int low = 0;
        int high = leaves();
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (starts.get(middle).nextSeq() <= seq) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The tokens of the open leaf from one on, and those beyond; {@code null} if nothing of the leaf comes before them. */
    private byte[] openRest(int seq, Beyond signed) {
        byte[] ours = open.from(seq);
        if (ours == null) {
            return null;
        }
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        rest.writeBytes(ours);
        rest.writeBytes(signed.bridge());
        return rest.toByteArray();
    }

    /** The same of a complete leaf. */
    private byte[] restBehindStart(int leaf, int seq, Source source) {
        return starts.get(leaf).nextSeq() == seq ? null : rest(leaf, seq, source);
    }

    private byte[] rest(int leaf, int seq, Source source) {
        Place start = starts.get(leaf);
        EventRuns units = source.units(start.nextSeq(), starts.get(leaf + 1).nextSeq());
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        new UnitTokens(start).tell(units, 0, (at, bytes, length) -> {
            if (at >= seq) {
                rest.write(bytes, 0, length);
            }
        });
        if (rest.size() > Limits.PROOF_BRIDGE_BYTES) {
            throw new IllegalStateException("A leaf is longer than leaves can be.");
        }
        return rest.toByteArray();
    }

    /** Of the open one and what is said to be behind it. */
    private byte[] leafHash(byte[] bridge) {
        sha.update((byte) 0);
        open.tellHash(sha);
        sha.update(bridge);
        return sha.digest();
    }

    private byte[] node(byte[] left, byte[] right) {
        sha.update((byte) 1);
        sha.update(left);
        sha.update(right);
        return sha.digest();
    }
}
