package dev.metalog.server.identity;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import org.web3j.crypto.MnemonicUtils;

/**
 * The words a person writes down to get the identity back: BIP39, English list. New identities use 24 words (32 bytes
 * of entropy); 12, 15, 18 and 21 are read too.
 *
 * <p>The library underneath compares words as they stand and derives a seed from anything, so what a person types is
 * normalised (NFKD), lower-cased, stripped of spare white space and checked here, before it gets there.
 */
public final class Mnemonic {
    /** How many random bytes make the 24 words of a new identity. */
    public static final int ENTROPY_BYTES = 32;

    private static final int MAX_TYPED_CHARS = 1_024;

    private final String phrase;
    private final byte[] entropy;

    private Mnemonic(String phrase, byte[] entropy) {
        this.phrase = phrase;
        this.entropy = entropy;
    }

    /**
     * @param entropy 16, 20, 24, 28 or 32 bytes out of a secure source, drawn by the caller
     * @throws IllegalArgumentException for another length
     */
    public static Mnemonic fromEntropy(byte[] entropy) {
        if (entropy.length < 16 || entropy.length > 32 || entropy.length % 4 != 0) {
            throw new IllegalArgumentException("A mnemonic is made of 16, 20, 24, 28 or 32 random bytes.");
        }
        byte[] own = entropy.clone();
        return new Mnemonic(MnemonicUtils.generateMnemonic(own), own);
    }

    /**
     * Reads what a person typed or pasted, in any case and spacing.
     *
     * @throws IdentityRefused for a wrong number of words, a word outside the list (named by its place, never by itself)
     *     or a checksum that does not fit
     */
    public static Mnemonic parse(String typed) throws IdentityRefused {
        if (typed.length() > MAX_TYPED_CHARS) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.MNEMONIC_LENGTH,
                    "The mnemonic is longer than " + MAX_TYPED_CHARS + " characters. Enter only its words.");
        }
        String plain = Normalizer.normalize(typed, Normalizer.Form.NFKD)
                .toLowerCase(Locale.ROOT)
                .strip();
        List<String> words = plain.isEmpty() ? List.of() : List.of(plain.split("\\s+"));
        if (words.size() < 12 || words.size() > 24 || words.size() % 3 != 0) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.MNEMONIC_LENGTH,
                    "The mnemonic has " + words.size()
                            + " words; it must have 12, 15, 18, 21 or 24. Count them again.");
        }
        for (int i = 0; i < words.size(); i++) {
            if (!MnemonicUtils.getWords().contains(words.get(i))) {
                throw new IdentityRefused(
                        IdentityRefused.Reason.MNEMONIC_WORD,
                        "Word " + (i + 1) + " of the mnemonic is not in the English BIP39 list. Check its spelling.");
            }
        }
        String phrase = String.join(" ", words);
        if (!MnemonicUtils.validateMnemonic(phrase)) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.MNEMONIC_CHECKSUM,
                    "The words are all known but their checksum does not fit: a word is wrong, or two are swapped.");
        }
        return new Mnemonic(phrase, MnemonicUtils.generateEntropy(phrase));
    }

    /** The words, separated by single spaces. A secret: show it only to its owner and log it never. */
    public String phrase() {
        return phrase;
    }

    /** The random bytes behind the words. As secret as the words. */
    byte[] entropy() {
        return entropy.clone();
    }

    /**
     * The 64-byte seed of BIP39.
     *
     * @param passphrase the optional extra word of BIP39, empty for none; normalised to NFKD here
     */
    byte[] seed(String passphrase) {
        return seed(phrase, passphrase);
    }

    /** The seed of any words, of whatever list: both are normalised to NFKD, as BIP39 says. */
    static byte[] seed(String phrase, String passphrase) {
        return MnemonicUtils.generateSeed(
                Normalizer.normalize(phrase, Normalizer.Form.NFKD),
                Normalizer.normalize(passphrase, Normalizer.Form.NFKD));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mnemonic that && phrase.equals(that.phrase);
    }

    @Override
    public int hashCode() {
        return phrase.hashCode();
    }

    /** How many words; never which. */
    @Override
    public String toString() {
        return "Mnemonic(" + entropy.length * 3 / 4 + " words)";
    }
}
