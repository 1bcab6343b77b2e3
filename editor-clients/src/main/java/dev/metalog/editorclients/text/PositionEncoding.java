package dev.metalog.editorclients.text;

import java.util.Optional;

/**
 * What one unit of a column is, as agreed in {@code initialize} (LSP 3.17, {@code PositionEncodingKind}). Text is kept as
 * UTF-16 whatever the encoding; only columns are counted differently.
 */
public enum PositionEncoding {
    UTF_8("utf-8") {
        @Override
        int unitsOf(int codePoint) {
            if (codePoint < 0x80) {
                return 1;
            }
            if (codePoint < 0x800) {
                return 2;
            }
            return codePoint < 0x10000 ? 3 : 4;
        }
    },
    UTF_16("utf-16") {
        @Override
        int unitsOf(int codePoint) {
            return Character.charCount(codePoint);
        }
    },
    UTF_32("utf-32") {
        @Override
        int unitsOf(int codePoint) {
            return 1;
        }
    };

    private final String wireName;

    PositionEncoding(String wireName) {
        this.wireName = wireName;
    }

    /** The name LSP uses, such as {@code utf-16}. */
    public String wireName() {
        return wireName;
    }

    public static Optional<PositionEncoding> ofWireName(String name) {
        for (PositionEncoding encoding : values()) {
            if (encoding.wireName.equals(name)) {
                return Optional.of(encoding);
            }
        }
        return Optional.empty();
    }

    abstract int unitsOf(int codePoint);

    /** How many units the UTF-16 range {@code [from, to)} takes. */
    int count(CharSequence text, int from, int to) {
        int units = 0;
        int at = from;
        while (at < to) {
            int codePoint = Character.codePointAt(text, at);
            units += unitsOf(codePoint);
            at += Character.charCount(codePoint);
        }
        return units;
    }

    /**
     * The UTF-16 offset that lies {@code units} after {@code from}.
     *
     * @throws BadTextException when that is beyond {@code to}, or inside a character
     */
    int advance(CharSequence text, int from, int to, int units) {
        int left = units;
        int at = from;
        while (left > 0) {
            if (at >= to) {
                throw new BadTextException(
                        "column " + units + " is " + left + " " + wireName + " units beyond the end of its line");
            }
            int codePoint = Character.codePointAt(text, at);
            left -= unitsOf(codePoint);
            at += Character.charCount(codePoint);
        }
        if (left < 0) {
            throw new BadTextException("column " + units + " is inside a character, counted in " + wireName + " units");
        }
        return at;
    }
}
