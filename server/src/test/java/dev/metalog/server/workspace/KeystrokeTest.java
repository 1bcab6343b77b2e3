package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * That a key costs the same in any document, from {@code didChange} to the effects and from the peer's message to what is
 * offered and back; in this thread's own processor time. The figures are printed.
 */
class KeystrokeTest {
    private static final String BROKER = "mqtt://127.0.0.1:1";
    private static final String LINE = "Ein Satz mit Umlauten wie ä, ö und ü, und einem Lächeln: \uD83D\uDE00.\n";
    private static final int KEYS_A_LINE = 40;

    /** What a key costs: microseconds, and bytes of memory. */
    private record Cost(double median, double p99, double bytes) {
        static Cost of(long[] nanos, long bytes) {
            Arrays.sort(nanos);
            return new Cost(
                    nanos[nanos.length / 2] / 1e3, nanos[nanos.length * 99 / 100] / 1e3, (double) bytes / nanos.length);
        }
    }

    /** Two conductors with one editor each; what one publishes the other hears when asked to. */
    private static final class Pair {
        final Side here = new Side(1);
        final Side there = new Side(2);
        final Random random = new Random(1);
        final int lines;

        Pair(int bytes) {
            lines = bytes / LINE.getBytes(StandardCharsets.UTF_8).length;
            here.hear(new Input.Opened(here.editor, here.uri, 1, LINE.repeat(lines)));
            there.hear(new Input.Opened(there.editor, there.uri, 1, ""));
            EditorMessages.Shared shared =
                    (EditorMessages.Shared) here.ask(new Request.Share(new EditorMessages.ShareParams(here.uri)));
            there.ask(new Request.Join(new EditorMessages.JoinParams(shared.invitation(), there.uri)));
            settle();
            assertThat(there.version).isGreaterThan(1);
        }

        void settle() {
            while (!here.sent.isEmpty() || !there.sent.isEmpty()) {
                while (!here.sent.isEmpty()) {
                    there.hear(here.sent.poll());
                }
                there.applyOffer();
                while (!there.sent.isEmpty()) {
                    here.hear(there.sent.poll());
                }
            }
        }

        /** Types so many keys in a few lines; {@code remote}: the measured ones are the other side's. */
        Cost type(int keys, boolean remote) {
            long[] nanos = new long[keys];
            long bytes = 0;
            int line = 0;
            for (int i = 0; i < keys; i++) {
                if (i % KEYS_A_LINE == 0) {
                    line = random.nextInt(lines);
                }
                TextPosition at = new TextPosition(line, 5 + i % KEYS_A_LINE);
                Input key = here.change(new RangeChange(at, at, "k"));
                long allocated = allocatedBytes();
                long start = processorNanos();
                here.hear(key);
                long end = processorNanos();
                if (remote) {
                    Input received = here.sent.poll();
                    allocated = allocatedBytes();
                    start = processorNanos();
                    there.hear(received);
                    there.applyOffer();
                    end = processorNanos();
                }
                nanos[i] = end - start;
                bytes += allocatedBytes() - allocated;
                settle();
            }
            return Cost.of(nanos, bytes);
        }
    }

    /** A conductor and its editor. */
    private static final class Side {
        final EditorId editor = new EditorId(1);
        final String uri;
        final Workspace workspace;
        final Deque<Input> sent = new ArrayDeque<>();
        final List<Effect.Offer> offers = new ArrayList<>();
        Object answer;
        int version = 1;
        long nowMillis = 1_800_000_000_000L;

        Side(int number) {
            byte[] entropy = new byte[Mnemonic.ENTROPY_BYTES];
            entropy[0] = (byte) number;
            Random random = new Random(number);
            PeerIdentity identity = PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(entropy), "");
            workspace = new Workspace(
                    new Settings("file:///w" + number, false, "canvasl", BROKER, true),
                    identity,
                    TestDevices.of(identity, number),
                    new Notary(),
                    new ReplicaId("r" + number),
                    count -> {
                        byte[] bytes = new byte[count];
                        random.nextBytes(bytes);
                        return bytes;
                    });
            uri = "file:///w" + number + "/a.txt";
            perform(workspace.boot(List.of(), StoredPeers.NONE, nowMillis));
            hear(new Input.LinkUp(BROKER));
            hear(new Input.EditorCame(editor, PositionEncoding.UTF_8, "test", 1));
        }

        Input.Changed change(RangeChange... changes) {
            return new Input.Changed(editor, uri, ++version, List.of(changes));
        }

        void hear(Input input) {
            nowMillis += 20;
            perform(workspace.on(input, nowMillis));
        }

        Object ask(Request request) {
            hear(new Input.Asked(editor, 1, request));
            return answer;
        }

        /** As an editor would: what was offered comes back part by part, last one first. */
        void applyOffer() {
            while (!offers.isEmpty()) {
                Effect.Offer offer = offers.remove(0);
                List<RangeChange> changes = new ArrayList<>();
                for (RangeEdit edit : offer.edits()) {
                    changes.add(0, new RangeChange(edit.start(), edit.end(), edit.text()));
                }
                assertThat(offer.version()).isEqualTo(version);
                hear(change(changes.toArray(new RangeChange[0])));
                hear(new Input.Answered(editor, uri, offer.editId(), EditOutcome.APPLIED));
            }
        }

        private void perform(List<Effect> effects) {
            List<Input> later = new ArrayList<>();
            for (Effect effect : effects) {
                if (effect instanceof Effect.Send send) {
                    sent.add(new Input.Received(BROKER, send.topic(), send.envelope(), false));
                    later.add(new Input.Acknowledged(BROKER, send.token()));
                } else if (effect instanceof Effect.Publish publish) {
                    later.add(new Input.Acknowledged(BROKER, publish.token()));
                } else if (effect instanceof Effect.Offer offer) {
                    offers.add(offer);
                } else if (effect instanceof Effect.Answer told) {
                    answer = told.result();
                } else if (effect instanceof Effect.Refuse refused) {
                    throw new AssertionError(refused.explanation());
                } else if (effect instanceof Effect.Show shown) {
                    throw new AssertionError(shown.explanation());
                }
            }
            for (Input input : later) {
                perform(workspace.on(input, nowMillis));
            }
        }
    }

    @Test
    void aKeyCostsTheSameInAnyDocument() {
        String sizes = System.getProperty("keystroke.bytes", "65536,16000000");
        int keys = Integer.getInteger("keystroke.keys", 1_000);
        List<Cost> locals = new ArrayList<>();
        List<Cost> remotes = new ArrayList<>();
        for (String size : sizes.split(",")) {
            Pair pair = new Pair(Integer.parseInt(size));
            pair.type(keys, true);
            Cost local = pair.type(keys, false);
            Cost remote = pair.type(keys, true);
            print("a key here", size, local);
            print("a key from a peer", size, remote);
            locals.add(local);
            remotes.add(remote);
        }
        // A copy of the text, or one look at all of it, would cost some hundred times as much.
        assertFlat(locals);
        assertFlat(remotes);
    }

    private static void assertFlat(List<Cost> costs) {
        Cost shortest = costs.get(0);
        Cost longest = costs.get(costs.size() - 1);
        assertThat(longest.median()).as("microseconds a key").isLessThan(8 * Math.max(10, shortest.median()));
        assertThat(longest.bytes()).as("bytes a key").isLessThan(2 * shortest.bytes());
    }

    private static void print(String what, String size, Cost cost) {
        System.out.println(String.format(
                Locale.ROOT,
                "%s in %s bytes: median %.1f µs, p99 %.1f µs, %.1f kB of memory",
                what,
                size,
                cost.median(),
                cost.p99(),
                cost.bytes() / 1e3));
    }

    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long allocatedBytes() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
