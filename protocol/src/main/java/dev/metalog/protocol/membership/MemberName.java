package dev.metalog.protocol.membership;

import dev.metalog.protocol.Limits;
import java.text.Normalizer;

/**
 * What a person wants to be called: 1 to {@value Limits#MEMBER_NAME_CODE_POINTS} characters in Unicode form NFC that are
 * seen, without a space at either end. Two members may have one name; the fingerprint tells them apart.
 */
public record MemberName(String value) {
    public MemberName {
        if (!isName(value)) {
            throw new IllegalArgumentException("A name has 1 to " + Limits.MEMBER_NAME_CODE_POINTS
                    + " visible characters, and no space at its ends.");
        }
    }

    private static boolean isName(String value) {
        int length = value.codePointCount(0, value.length());
        boolean fits = length >= 1 && length <= Limits.MEMBER_NAME_CODE_POINTS;
        return fits
                && value.strip().length() == value.length()
                && value.codePoints().allMatch(MemberName::isSeen)
                && Normalizer.isNormalized(value, Normalizer.Form.NFC);
    }

    /** Controls, bidi controls and characters without width make one name look like another, or a line like two. */
    private static boolean isSeen(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> character == ' ';
            default -> !isBlank(character);
        };
    }

    /** Letters and marks that are drawn as nothing: Hangul fillers, the braille blank, variation selectors and their like. */
    private static boolean isBlank(int character) {
        return character == 0x034f
                || character == 0x115f
                || character == 0x1160
                || character == 0x17b4
                || character == 0x17b5
                || (character >= 0x180b && character <= 0x180f)
                || character == 0x2800
                || character == 0x3164
                || (character >= 0xfe00 && character <= 0xfe0f)
                || character == 0xffa0
                || (character >= 0xe0100 && character <= 0xe01ef);
    }

    @Override
    public String toString() {
        return value;
    }
}
