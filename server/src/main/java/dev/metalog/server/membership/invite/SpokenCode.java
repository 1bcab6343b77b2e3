package dev.metalog.server.membership.invite;

import dev.metalog.protocol.Base32;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.web3j.crypto.MnemonicUtils;

/**
 * A code that one person reads to another: {@code 123456-word-word}. The digits say where the two meet, and anybody may know
 * them; the words, of the English list of BIP39, are what they prove to each other without telling. They are 22 bits, so
 * there is one guess, and then the code is burnt.
 */
public final class SpokenCode {
    /** How long a code can be used. */
    public static final long VALID_MILLIS = 10 * 60 * 1_000L;

    /** How many random bytes make one. */
    public static final int RANDOM_BYTES = 12;

    private static final int MAILBOXES = 1_000_000;
    private static final int MOST_CHARS = 128;
    private static final int WORD_BITS = 11;
    private static final Pattern SHAPE = Pattern.compile("([0-9]{6})[\\s-]+([a-z]+)[\\s-]+([a-z]+)");
    private static final List<String> WORDS = MnemonicUtils.getWords();

    private final String digits;
    private final String words;

    private SpokenCode(String digits, String words) {
        this.digits = digits;
        this.words = words;
    }

    /** @param random {@value #RANDOM_BYTES} bytes out of a secure source */
    public static SpokenCode fromRandom(byte[] random) {
        if (random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException("A code is made of " + RANDOM_BYTES + " random bytes.");
        }
        ByteBuffer bytes = ByteBuffer.wrap(random);
        String digits = String.format(Locale.ROOT, "%06d", Long.remainderUnsigned(bytes.getLong(), MAILBOXES));
        int mask = (1 << WORD_BITS) - 1;
        return new SpokenCode(digits, WORDS.get(bytes.getShort() & mask) + "-" + WORDS.get(bytes.getShort() & mask));
    }

    /**
     * Reads what a person typed, in any case, with spaces or hyphens.
     *
     * @throws IllegalArgumentException with a message for that person; it does not repeat the words
     */
    public static SpokenCode parse(String typed) {
        String plain = typed.length() > MOST_CHARS ? "" : typed.strip().toLowerCase(Locale.ROOT);
        Matcher shape = SHAPE.matcher(plain);
        if (!shape.matches()) {
            throw new IllegalArgumentException("A code is six digits and two words, as in 123456-word-word.");
        }
        for (int word = 2; word <= 3; word++) {
            if (!WORDS.contains(shape.group(word))) {
                throw new IllegalArgumentException("The " + (word == 2 ? "first" : "second")
                        + " word of the code is none that codes are made of. Nothing was used up: type it again.");
            }
        }
        return new SpokenCode(shape.group(1), shape.group(2) + "-" + shape.group(3));
    }

    /** What is read out. */
    public String spoken() {
        return digits + "-" + words;
    }

    /** The leaf of the topic where the two meet, from the digits alone. */
    public String topicTag() {
        byte[] input = ("meta-log/mailbox/1" + digits).getBytes(StandardCharsets.US_ASCII);
        SHA256Digest hash = new SHA256Digest();
        hash.update(input, 0, input.length);
        byte[] digest = new byte[hash.getDigestSize()];
        hash.doFinal(digest, 0);
        return Base32.encode(Arrays.copyOf(digest, 16));
    }

    char[] password() {
        return spoken().toCharArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SpokenCode that && spoken().equals(that.spoken());
    }

    @Override
    public int hashCode() {
        return spoken().hashCode();
    }

    /** Without the words, so that a log line never holds them. */
    @Override
    public String toString() {
        return "SpokenCode(" + digits + ")";
    }
}
