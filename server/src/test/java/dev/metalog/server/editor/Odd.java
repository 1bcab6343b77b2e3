package dev.metalog.server.editor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One odd thing an editor may send, and what must come of it.
 *
 * @param greeted whether {@code initialize} went before
 * @param replies what is sent back, in short: {@code error CODE ID}, {@code result ID} or the method of a notification
 * @param heard how the lines begin that the listener hears
 * @param end null when the session goes on; then a good request behind it must be answered
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Odd(String name, boolean greeted, byte[] sent, List<String> replies, List<String> heard, EndReason end) {
    /** A message that is framed as it should be, after the greeting. */
    static Odd message(String name, String json) {
        return new Odd(name, true, TestEditor.framed(json), List.of(), List.of(), null);
    }

    /** The same before the greeting. */
    static Odd early(String name, String json) {
        return new Odd(name, false, TestEditor.framed(json), List.of(), List.of(), null);
    }

    /** Bytes of any kind, each character one byte, after the greeting. */
    static Odd bytes(String name, String latin1) {
        return new Odd(name, true, latin1.getBytes(StandardCharsets.ISO_8859_1), List.of(), List.of(), null);
    }

    static Odd bytes(String name, byte[] sent) {
        return new Odd(name, true, sent, List.of(), List.of(), null);
    }

    Odd replies(String... expected) {
        return new Odd(name, greeted, sent, List.of(expected), heard, end);
    }

    Odd heard(String... expected) {
        return new Odd(name, greeted, sent, replies, List.of(expected), end);
    }

    Odd ends(EndReason reason) {
        return new Odd(name, greeted, sent, replies, heard, reason);
    }

    /** One more message behind it. */
    Odd then(String json) {
        byte[] more = TestEditor.framed(json);
        byte[] all = Arrays.copyOf(sent, sent.length + more.length);
        System.arraycopy(more, 0, all, sent.length, more.length);
        return new Odd(name, greeted, all, replies, heard, end);
    }

    /** For the name of the test. */
    @Override
    public String toString() {
        return name;
    }
}
