package dev.metalog.server.authorship;

/** Finds where tokens end, of which the bytes came from somebody else; see {@link UnitTokens} for what they are. */
final class TokenReader {
    private static final int NUMBER = Integer.BYTES;
    private static final int HASH = 32;

    private final byte[] bytes;
    private int at;

    private TokenReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Where the first tokens end; -1 if the bytes do not begin with so many. */
    static int end(byte[] bytes, int count) {
        TokenReader reader = new TokenReader(bytes);
        for (int i = 0; i < count; i++) {
            if (!reader.pass()) {
                return -1;
            }
        }
        return reader.at;
    }

    private boolean pass() {
        int kind = next();
        if (kind == 4) {
            at += NUMBER;
            kind = next();
        }
        boolean passed = switch (kind) {
            case 0 -> passCharacter();
            case 1 -> skip(NUMBER) && passParents() && passCharacter();
            case 2 -> skip(2 * NUMBER) && passParents();
            default -> false;
        };
        return passed && at <= bytes.length;
    }

    /** -1 behind the end. */
    private int next() {
        return at < bytes.length ? bytes[at++] & 0xff : -1;
    }

    private boolean skip(int count) {
        at += count;
        return at <= bytes.length;
    }

    private boolean passCharacter() {
        if (at + Character.BYTES > bytes.length) {
            return false;
        }
        char unit = (char) ((bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff));
        return skip(Character.isHighSurrogate(unit) ? 2 * Character.BYTES : Character.BYTES);
    }

    private boolean passParents() {
        int count = next();
        if (count == 0xff) {
            return true;
        }
        if (count == 0xfe) {
            return skip(HASH);
        }
        if (count < 0 || count > UnitTokens.INLINE_PARENTS) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            int length = next();
            if (length < 0 || !skip(length + NUMBER)) {
                return false;
            }
        }
        return true;
    }
}
