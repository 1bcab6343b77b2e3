package dev.metalog.server.identity;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Speaker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Puts the messages of one share into envelopes that the relay cannot read, change, move to another topic or deliver
 * twice, and takes them out again. Owns the send counter and the replay windows; one thread may call it.
 *
 * <pre>
 *  0        1                  21        29          37
 *  ├ version┼ sender ──────────┼ boot ───┼ counter ──┼ AES-256-GCM( length ‖ message ‖ zeros ), tag ─┤
 *    1 byte   20 (its address)   8         8 (nonce)                4                         16
 * </pre>
 *
 * <p>The header and the topic are associated data. The nonce is four zero bytes and the counter; the subkey is the
 * sender's own for this boot (see {@link DocumentKey}), so no nonce is used twice. The plain text is padded with zeros to
 * a bucket (powers of two from 256 bytes to 64 KiB, then multiples of 64 KiB), so that lengths do not spell what is typed.
 *
 * <p>A window is kept for each (sender, boot) that proved to hold the secret, {@value #MAX_SENDERS} at most; then the one
 * heard longest ago is forgotten. An envelope of a forgotten boot would open again: everything above is idempotent.
 *
 * <p>So does one that lies behind its sender's window. All holders of the secret can seal under the name of another; if what
 * lies behind counted as seen, one envelope with a counter far ahead would silence that other for good. What is repeated
 * out of the last {@value ReplayWindow#WIDTH} is dropped here, and older repetitions change nothing above, where so much of each
 * speaker is listened to.
 */
public final class Envelopes {
    /** The largest envelope that is opened. */
    public static final int MAX_ENVELOPE_BYTES = 1 << 20;

    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 1 + DocumentKey.SENDER_BYTES + DocumentKey.BOOT_BYTES + Long.BYTES;
    private static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int SMALLEST_BUCKET = 256;
    private static final int LARGE_BUCKET = 1 << 16;
    private static final int LARGEST_BUCKET = 15 * LARGE_BUCKET;

    /** The longest message that is sealed; whoever has more to say says it in parts. */
    public static final int MAX_MESSAGE_BYTES = LARGEST_BUCKET - Integer.BYTES;

    static final int MAX_SENDERS = 1_024;

    private static final HexFormat HEX = HexFormat.of();

    /** One boot of one sender, from the first envelope of it that opened. */
    private record Sender(Speaker speaker, SecretKey subkey, ReplayWindow window) {}

    private final DocumentKey key;
    private final Speaker self;
    private final byte[] sender;
    private final byte[] boot;
    private final SecretKey ownSubkey;
    private final Cipher sealer = newCipher();
    private final Cipher opener = newCipher();
    /** By the 28 bytes of sender and boot, in the order of when they were heard last. */
    private final Map<ByteBuffer, Sender> senders = new LinkedHashMap<>(16, 0.75f, true);

    private long nextCounter;

    Envelopes(DocumentKey key, PeerId self, byte[] bootId) {
        if (bootId.length != DocumentKey.BOOT_BYTES) {
            throw new IllegalArgumentException("A boot id has " + DocumentKey.BOOT_BYTES + " bytes.");
        }
        this.key = key;
        this.sender = HEX.parseHex(self.value().substring("peer-".length()));
        this.boot = bootId.clone();
        this.self = new Speaker(self, ByteBuffer.wrap(boot).getLong());
        this.ownSubkey = key.subkey(sender, boot);
    }

    /** As whom others hear what is sealed here. */
    public Speaker self() {
        return self;
    }

    /**
     * Seals a message for a topic.
     *
     * @param message at most {@link #MAX_MESSAGE_BYTES} bytes
     * @throws IllegalArgumentException for a longer one
     */
    public byte[] seal(String topic, byte[] message) {
        if (message.length > MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException(
                    "A message of " + message.length + " bytes does not fit an envelope; send it in parts.");
        }
        int bucket = bucket(message.length + Integer.BYTES);
        byte[] envelope = new byte[HEADER_BYTES + bucket + TAG_BYTES];
        long counter = nextCounter++;
        ByteBuffer.wrap(envelope).put(VERSION).put(sender).put(boot).putLong(counter);
        byte[] plain = new byte[bucket];
        ByteBuffer.wrap(plain).putInt(message.length).put(message);
        try {
            ready(sealer, Cipher.ENCRYPT_MODE, ownSubkey, topic, envelope, counter);
            sealer.doFinal(plain, 0, bucket, envelope, HEADER_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Sealing cannot fail on bytes that are in memory.", e);
        }
        return envelope;
    }

    /**
     * Who an envelope says it is from, or {@code null} when it is none. Nothing proves that before it was opened, and even
     * then only that its sender holds the secret.
     */
    public static PeerId claimedSender(byte[] envelope) {
        if (envelope.length < HEADER_BYTES || envelope[0] != VERSION) {
            return null;
        }
        return new PeerId("peer-" + HEX.formatHex(envelope, 1, 1 + DocumentKey.SENDER_BYTES));
    }

    /** Opens what arrived on a topic. Costs nothing but arithmetic until the envelope has proved itself. */
    public Opened open(String topic, byte[] envelope) {
        if (envelope.length > MAX_ENVELOPE_BYTES) {
            return new Opened.TooLarge();
        }
        int bucket = envelope.length - HEADER_BYTES - TAG_BYTES;
        if (bucket < SMALLEST_BUCKET || bucket != bucket(bucket) || envelope[0] != VERSION) {
            return new Opened.NotOurs();
        }
        long counter = ByteBuffer.wrap(envelope).getLong(HEADER_BYTES - Long.BYTES);
        if (counter < 0) {
            return new Opened.NotOurs();
        }
        if (Arrays.equals(envelope, 1, 21, sender, 0, 20) && Arrays.equals(envelope, 21, 29, boot, 0, 8)) {
            return new Opened.Echo();
        }
        ByteBuffer name = ByteBuffer.wrap(Arrays.copyOfRange(envelope, 1, 29));
        Sender from = senders.get(name);
        boolean isBehind = from != null && from.window().isBehind(counter);
        if (from != null && !isBehind && !from.window().isNew(counter)) {
            return new Opened.Replay();
        }
        if (from == null) {
            from = stranger(envelope);
        }
        byte[] plain = decrypt(from.subkey(), topic, envelope, counter);
        if (plain == null) {
            return new Opened.Forged();
        }
        if (!isBehind) {
            from.window().mark(counter);
        }
        remember(name, from);
        return unpad(from.speaker(), plain);
    }

    private Sender stranger(byte[] envelope) {
        byte[] address = Arrays.copyOfRange(envelope, 1, 21);
        return new Sender(
                new Speaker(
                        new PeerId("peer-" + HEX.formatHex(address)),
                        ByteBuffer.wrap(envelope).getLong(1 + DocumentKey.SENDER_BYTES)),
                key.subkey(address, Arrays.copyOfRange(envelope, 21, 29)),
                new ReplayWindow());
    }

    private void remember(ByteBuffer name, Sender from) {
        if (senders.putIfAbsent(name, from) == null && senders.size() > MAX_SENDERS) {
            senders.remove(senders.keySet().iterator().next());
        }
    }

    private byte[] decrypt(SecretKey subkey, String topic, byte[] envelope, long counter) {
        try {
            ready(opener, Cipher.DECRYPT_MODE, subkey, topic, envelope, counter);
            return opener.doFinal(envelope, HEADER_BYTES, envelope.length - HEADER_BYTES);
        } catch (AEADBadTagException forged) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Opening fails only by a wrong tag.", e);
        }
    }

    /** An honest sender's padding is the smallest bucket, all zeros: nothing can hide behind the message. */
    private static Opened unpad(Speaker from, byte[] plain) {
        int length = ByteBuffer.wrap(plain).getInt();
        if (length < 0 || length > plain.length - Integer.BYTES || bucket(length + Integer.BYTES) != plain.length) {
            return new Opened.NotOurs();
        }
        for (int i = Integer.BYTES + length; i < plain.length; i++) {
            if (plain[i] != 0) {
                return new Opened.NotOurs();
            }
        }
        return new Opened.Message(from, Arrays.copyOfRange(plain, Integer.BYTES, Integer.BYTES + length));
    }

    private static void ready(Cipher cipher, int mode, SecretKey subkey, String topic, byte[] envelope, long counter)
            throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES)
                .putLong(NONCE_BYTES - Long.BYTES, counter)
                .array();
        cipher.init(mode, subkey, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        cipher.updateAAD(envelope, 0, HEADER_BYTES);
        cipher.updateAAD(topic.getBytes(StandardCharsets.UTF_8));
    }

    private static int bucket(int bytes) {
        if (bytes <= SMALLEST_BUCKET) {
            return SMALLEST_BUCKET;
        }
        if (bytes <= LARGE_BUCKET) {
            return Integer.highestOneBit(bytes - 1) << 1;
        }
        return (bytes + LARGE_BUCKET - 1) / LARGE_BUCKET * LARGE_BUCKET;
    }

    private static Cipher newCipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has AES in Galois/counter mode.", e);
        }
    }
}
