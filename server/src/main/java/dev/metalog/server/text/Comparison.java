package dev.metalog.server.text;

import java.util.Arrays;

/**
 * Compares two trees and leaves out what they share: wherever both stand at the same node, it is passed whole. Texts that
 * were made of one another by edits mostly consist of the same nodes, at the same offsets once the edits agree.
 */
final class Comparison {
    private Comparison() {}

    static int commonPrefix(Node one, Node other) {
        return common(Cursor.atStart(one), Cursor.atStart(other), false);
    }

    static int commonSuffix(Node one, Node other) {
        return common(Cursor.atEnd(one), Cursor.atEnd(other), true);
    }

    private static int common(Cursor one, Cursor other, boolean backwards) {
        int same = 0;
        // How many units of each cursor's leaf were passed.
        int onePassed = 0;
        int otherPassed = 0;
        while (one.hasNode() && other.hasNode()) {
            boolean atNodes = onePassed == 0 && otherPassed == 0;
            if (atNodes && one.node() == other.node()) {
                same += one.node().length;
                one.next();
                other.next();
                continue;
            }
            if (!one.node().isLeaf() && one.node().height >= other.node().height) {
                one.down();
                continue;
            }
            if (!other.node().isLeaf()) {
                other.down();
                continue;
            }
            int length = Math.min(one.node().length - onePassed, other.node().length - otherPassed);
            int equal = backwards
                    ? commonSuffix(one.node(), onePassed, other.node(), otherPassed, length)
                    : commonPrefix(one.node(), onePassed, other.node(), otherPassed, length);
            same += equal;
            if (equal < length) {
                return same;
            }
            onePassed += length;
            otherPassed += length;
            if (onePassed == one.node().length) {
                one.next();
                onePassed = 0;
            }
            if (otherPassed == other.node().length) {
                other.next();
                otherPassed = 0;
            }
        }
        return same;
    }

    private static int commonPrefix(Node one, int onePassed, Node other, int otherPassed, int length) {
        int mismatch = Arrays.mismatch(
                one.units, onePassed, onePassed + length, other.units, otherPassed, otherPassed + length);
        return mismatch < 0 ? length : mismatch;
    }

    private static int commonSuffix(Node one, int onePassed, Node other, int otherPassed, int length) {
        int oneLast = one.length - 1 - onePassed;
        int otherLast = other.length - 1 - otherPassed;
        int same = 0;
        while (same < length && one.units[oneLast - same] == other.units[otherLast - same]) {
            same++;
        }
        return same;
    }
}
