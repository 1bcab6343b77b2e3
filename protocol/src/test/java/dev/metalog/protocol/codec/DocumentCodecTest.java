package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Seed;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.DocumentCodec.CachedText;
import dev.metalog.protocol.codec.DocumentCodec.Packing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class DocumentCodecTest {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");
    private static final int CHECKSUM_BYTES = 4;

    /** Anna types "Hello", Ben and Anna go on without each other. */
    private static final EventRuns BRANCHED = BundleEvents.toRuns(List.of(
            Event.insertion(new EventId(ANNA, 0), List.of(), 0, "Hello"),
            Event.insertion(new EventId(BEN, 0), List.of(new EventId(ANNA, 4)), 5, "!"),
            Event.deletion(new EventId(ANNA, 5), List.of(new EventId(ANNA, 2)), 0, 2)));

    private static final CachedText BRANCHED_TEXT =
            new CachedText(new Version(List.of(new EventId(ANNA, 6), new EventId(BEN, 0))), "llo!");

    @Test
    void whatWasWrittenIsRead() throws Exception {
        long seed = Seed.draw("document round trips");
        for (int i = 0; i < 300; i++) {
            String name = "round " + i + " of seed " + seed;
            List<Event> events = RandomEvents.history(new Random(seed + i), 60);
            EventRuns history = BundleEvents.toRuns(events);
            CachedText text = new CachedText(HistoryCheck.tip(history), "any text " + RandomEvents.SMILE + i);
            for (Packing packing : Packing.values()) {
                byte[] file = DocumentCodec.encode(history, text, packing);
                EventRuns read = DocumentCodec.readHistory(file);
                assertThat(RandomEvents.units(BundleEvents.toEvents(read)))
                        .as(name)
                        .isEqualTo(RandomEvents.units(events));
                assertThat(DocumentCodec.readText(file)).as(name).isEqualTo(text);
                DocumentCodec.check(file);
                assertThat(DocumentCodec.encode(read, text, packing)).as(name).isEqualTo(file);
                byte[] without = DocumentCodec.encode(history, packing);
                assertThat(DocumentCodec.readText(without)).isNull();
                DocumentCodec.check(without);
                assertThat(DocumentCodec.encode(DocumentCodec.readHistory(without), packing))
                        .isEqualTo(without);
            }
        }
    }

    @Test
    void aNewDocumentHasNoEvents() throws Exception {
        byte[] file = DocumentCodec.encode(EventRuns.EMPTY, new CachedText(Version.ROOT, ""), Packing.EVERYTHING);
        assertThat(DocumentCodec.readHistory(file).count()).isZero();
        assertThat(DocumentCodec.readText(file)).isEqualTo(new CachedText(Version.ROOT, ""));
        DocumentCodec.check(file);
    }

    @Test
    void theTextIsReadWithoutTheHistory() throws Exception {
        byte[] file = DocumentCodec.encode(BRANCHED, BRANCHED_TEXT, Packing.HISTORY);
        int end = DocumentCodec.textEnd(Arrays.copyOf(file, DocumentCodec.HEADER_BYTES));
        assertThat(end).isLessThan(file.length);
        assertThat(DocumentCodec.readText(Arrays.copyOf(file, end))).isEqualTo(BRANCHED_TEXT);
        assertThat(DocumentCodec.digest(file))
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest("llo!".getBytes(StandardCharsets.UTF_8)));
        refused(Arrays.copyOf(file, end), "bytes long and says");
        assertThatThrownBy(() -> DocumentCodec.readText(Arrays.copyOf(file, end - 1)))
                .hasMessageContaining("cut off");
    }

    @Test
    void aTextOfAnotherVersionIsNotWrittenAndNotBelieved() throws Exception {
        CachedText other = new CachedText(Version.of(new EventId(BEN, 0)), "llo!");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DocumentCodec.encode(BRANCHED, other, Packing.NOTHING))
                .withMessageContaining("does not lead to");
        EventRuns shorter = BundleEvents.toRuns(List.of(Event.insertion(new EventId(BEN, 0), List.of(), 0, "x")));
        byte[] right = DocumentCodec.encode(BRANCHED, BRANCHED_TEXT, Packing.NOTHING);
        byte[] wrong = DocumentCodec.encode(shorter, other, Packing.NOTHING);
        // The text and version of one file with the history of the other, all sums made right again.
        DocumentHeader header = DocumentHeader.decode(wrong);
        DocumentHeader rightHeader = DocumentHeader.decode(right);
        header.columnsBytes = rightHeader.columnsBytes;
        header.columnsPlainBytes = rightHeader.columnsPlainBytes;
        header.contentBytes = rightHeader.contentBytes;
        header.contentPlainBytes = rightHeader.contentPlainBytes;
        header.historySum = rightHeader.historySum;
        byte[] joined = ByteBuffer.allocate(header.fileEnd())
                .put(header.encode())
                .put(wrong, DocumentCodec.HEADER_BYTES, header.textEnd() - DocumentCodec.HEADER_BYTES)
                .put(right, rightHeader.textEnd(), right.length - rightHeader.textEnd())
                .array();
        assertThat(DocumentCodec.readHistory(joined).units()).isEqualTo(8);
        assertThatThrownBy(() -> DocumentCodec.check(joined)).hasMessageContaining("not the one the history leads to");
    }

    @Test
    void everyChangedByteIsSeen() {
        long seed = Seed.draw("document mutations");
        for (byte[] file : new Samples(seed).documents()) {
            for (int at = 0; at < file.length; at++) {
                byte[] changed = file.clone();
                changed[at] ^= (byte) (1 << (at % 8));
                assertThatThrownBy(() -> DocumentCodec.check(changed)).isInstanceOf(MalformedDocumentException.class);
                byte[] prefix = Arrays.copyOf(file, at);
                assertThatThrownBy(() -> DocumentCodec.check(prefix)).isInstanceOf(MalformedDocumentException.class);
            }
            byte[] longer = Arrays.copyOf(file, file.length + 1);
            assertThatThrownBy(() -> DocumentCodec.check(longer)).isInstanceOf(MalformedDocumentException.class);
        }
    }

    /** Without the sums a changed byte is a lie rather than damage: it is refused, or it is what it would be written as. */
    @Test
    @Timeout(60)
    void everyLieIsRefusedOrAnotherDocument() throws Exception {
        long seed = Seed.draw("document lies");
        int accepted = 0;
        for (byte[] file : new Samples(seed).documents()) {
            for (int at = 0; at < file.length; at++) {
                byte[] changed = file.clone();
                changed[at] ^= (byte) (1 << (at % 8));
                withRightSums(changed);
                accepted += refusedOrCanonical(changed) ? 0 : 1;
            }
        }
        assertThat(accepted).isGreaterThan(500);
    }

    static boolean refusedOrCanonical(byte[] file) {
        try {
            DocumentCodec.check(file);
            EventRuns history = DocumentCodec.readHistory(file);
            CachedText text = DocumentCodec.readText(file);
            DocumentHeader header = DocumentHeader.decode(file);
            if (!header.textPacked && !header.columnsPacked && !header.contentPacked) {
                byte[] again = text == null
                        ? DocumentCodec.encode(history, Packing.NOTHING)
                        : DocumentCodec.encode(history, text, Packing.NOTHING);
                assertThat(again).isEqualTo(file);
            }
            return false;
        } catch (MalformedDocumentException e) {
            return true;
        }
    }

    /** Makes the sums and the digest those of what the file holds now, as far as its sizes can be followed. */
    static void withRightSums(byte[] file) throws Exception {
        if (file.length < DocumentCodec.HEADER_BYTES) {
            return;
        }
        ByteBuffer sizes = ByteBuffer.wrap(file);
        int tip = sizes.getInt(10);
        int text = sizes.getInt(14);
        long textEnd = (long) DocumentCodec.HEADER_BYTES + tip + text;
        boolean plainText = (file[9] & 3) == 1;
        if (tip >= 0 && text >= 0 && textEnd <= file.length) {
            if (plainText) {
                byte[] plain = Arrays.copyOfRange(file, DocumentCodec.HEADER_BYTES + tip, (int) textEnd);
                sizes.put(38, MessageDigest.getInstance("SHA-256").digest(plain));
            }
            if ((file[9] & 1) != 0) {
                sizes.putInt(70, DocumentHeader.sum(file, DocumentCodec.HEADER_BYTES, (int) textEnd));
            }
            sizes.putInt(74, DocumentHeader.sum(file, (int) textEnd, file.length));
        }
        int headerSum = DocumentHeader.BYTES - CHECKSUM_BYTES;
        sizes.putInt(headerSum, DocumentHeader.sum(file, 0, headerSum));
    }

    static void refused(byte[] file, String why) {
        assertThatThrownBy(() -> DocumentCodec.check(file))
                .isInstanceOf(MalformedDocumentException.class)
                .hasMessageContaining(why);
    }
}
