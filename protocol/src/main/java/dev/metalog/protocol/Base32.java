package dev.metalog.protocol;

/** Base32 of RFC 4648, section 6, in lower case and without padding: what topic names and invitations are written in. */
public final class Base32 {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    private Base32() {}

    public static String encode(byte[] bytes) {
        char[] text = new char[(bytes.length * 8 + 4) / 5];
        int at = 0;
        int buffer = 0;
        int bits = 0;
        for (byte next : bytes) {
            buffer = (buffer << 8) | (next & 0xff);
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text[at++] = ALPHABET.charAt((buffer >> bits) & 31);
            }
        }
        if (bits > 0) {
            text[at] = ALPHABET.charAt((buffer << (5 - bits)) & 31);
        }
        return new String(text);
    }

    /**
     * The bytes that {@link #encode} wrote as this text.
     *
     * @throws IllegalArgumentException for a foreign character, an impossible length, or spare bits that are not zero
     */
    public static byte[] decode(String text) {
        byte[] bytes = new byte[text.length() * 5 / 8];
        int buffer = 0;
        int bits = 0;
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = ALPHABET.indexOf(text.charAt(i));
            if (digit < 0) {
                throw new IllegalArgumentException("Not a base32 character at index " + i + ".");
            }
            buffer = ((buffer << 5) | digit) & 0xfff;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes[at++] = (byte) (buffer >> bits);
            }
        }
        if (bits >= 5 || (buffer & ((1 << bits) - 1)) != 0) {
            throw new IllegalArgumentException("The base32 text is cut off or has spare bits.");
        }
        return bytes;
    }
}
